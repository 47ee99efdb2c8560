/**
 * Winograd F(4, 5) for one input channel under 5×5: the formulas of `winograd5.assembly.ts` with its loops in another order.
 *
 *   M[k, i, o, n] = Σ_p V[k, i + p, n] · U[k, o, p]
 *
 * These sums have five terms only, too few for loops over them. So loops run over rows, and the five weights of one output
 * channel at one point stay in registers. It goes by sixteen images and one channel of y at a time: their V and M,
 * `[rows, 8 points, 16 images]`, are small enough for the first cache.
 */
import { fma, held, storePair, zeros } from '../assembly/vector.assembly';
import { columnAddress } from './winograd.assembly';
import { transformInput5, Winograd5Columns, winograd5Points } from './winograd5-columns.assembly';
import { heldFour, outputVectors5 } from './winograd5-transforms.assembly';

/** Bytes of sixteen images, a cache line. */
const part: usize = 64;
/** Bytes of the weights of one output at one point. */
const weights: usize = 5 * 4;
/** Bytes from one row of V or M to the next: all points of a row are neighbors. */
const row: usize = winograd5Points * part;

@unmanaged
export class Conv2dWinograd5OneChannelArguments {
  /** x, `[inHeight, inWidth, 1, batch]`, transformed to the rows of `v` behind the padding, sixteen images at a time. */
  x: Winograd5Columns;
  /** V of sixteen images, `outHeight + 5` rows, the last one to be read only; zero above and below the image. */
  v: usize;
  /** U, `weightPoint` bytes for each point, `[outChannels, 5]`. */
  weight: usize;
  weightPoint: usize;
  /** `[outChannels]` */
  bias: usize;
  /** M of sixteen images, `outHeight + 1` rows. */
  m: usize;
  /** `[outHeight, outWidth, outChannels, batch]` */
  y: usize;
  /** Memory for sixteen images, written for columns behind the last one. */
  discard: usize;
  batchStride: usize;
  outHeight: isize;
  outWidth: isize;
  outChannels: usize;
  padLeft: isize;
  /** 1: for an engine that makes a wide vector of two. */
  wide: usize;
}

/** y from x. */
export function conv2dWinograd5OneChannel(args: Conv2dWinograd5OneChannelArguments): void {
  const v = args.v;
  const weight = args.weight;
  const weightPoint = args.weightPoint;
  const bias = args.bias;
  const m = args.m;
  const y = args.y;
  const discard = args.discard;
  const batchStride = args.batchStride;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const outChannels = args.outChannels;
  const pixel = outChannels * batchStride;
  const outRow = <usize>outWidth * pixel;
  const wide = args.wide != 0;
  const four = held(heldFour);
  for (let image: usize = 0; image < batchStride; image += part) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformInput5(args.x, j - args.padLeft, image, 0);
      // All rows of a column behind the last one go to the same memory.
      const step1 = j + 1 < outWidth ? outRow : 0;
      const step2 = j + 2 < outWidth ? outRow : 0;
      const step3 = j + 3 < outWidth ? outRow : 0;
      for (let o: usize = 0; o < outChannels; o++) {
        for (let point: usize = 0; point < winograd5Points; point++) {
          const start = point == 1 ? bias + (o << 2) : zeros;
          const u = weight + point * weightPoint + o * weights;
          if (wide) sumsOfRowsWide(v + point * part, u, start, m + point * part, outHeight);
          else sumsOfRows(v + point * part, u, start, m + point * part, outHeight);
        }
        let at = m;
        const columns = y + image + o * batchStride;
        let to0 = columns + <usize>j * pixel;
        let to1 = columnAddress(j + 1, outWidth, columns, pixel, discard);
        let to2 = columnAddress(j + 2, outWidth, columns, pixel, discard);
        let to3 = columnAddress(j + 3, outWidth, columns, pixel, discard);
        const end = at + <usize>outHeight * row;
        do {
          for (let k: usize = 0; k < part; k += 32) {
            outputVectors5(at + k, part, to0 + k, to1 + k, to2 + k, to3 + k, four);
          }
          at += row;
          to0 += outRow;
          to1 += step1;
          to2 += step2;
          to3 += step3;
        } while (at != end);
      }
    }
  }
}

/** The convolution of a column under five weights, begun with the number at `start`: two rows at once, with one too many of an odd number. */
@inline
function sumsOfRows(v: usize, weight: usize, start: usize, m: usize, outHeight: isize): void {
  const first = v128.load32_splat(start);
  const w0 = v128.load32_splat(weight);
  const w1 = v128.load32_splat(weight, 4);
  const w2 = v128.load32_splat(weight, 8);
  const w3 = v128.load32_splat(weight, 12);
  const w4 = v128.load32_splat(weight, 16);
  for (let k: usize = 0; k < part; k += 16) {
    let at = v + k;
    let to = m + k;
    const end = to + <usize>outHeight * row;
    do {
      const d1 = v128.load(at, row);
      const d2 = v128.load(at, 2 * row);
      const d3 = v128.load(at, 3 * row);
      const d4 = v128.load(at, 4 * row);
      let sum = fma(v128.load(at), w0, first);
      let next = fma(d1, w0, first);
      sum = fma(d1, w1, sum);
      next = fma(d2, w1, next);
      sum = fma(d2, w2, sum);
      next = fma(d3, w2, next);
      sum = fma(d3, w3, sum);
      next = fma(d4, w3, next);
      sum = fma(d4, w4, sum);
      next = fma(v128.load(at, 5 * row), w4, next);
      v128.store(to, sum);
      v128.store(to, next, row);
      at += 2 * row;
      to += 2 * row;
    } while (to < end);
  }
}

/** The same of two neighboring vectors, which an engine with wide ones makes one. */
@inline
function sumsOfRowsWide(v: usize, weight: usize, start: usize, m: usize, outHeight: isize): void {
  const first = v128.load32_splat(start);
  const w0 = v128.load32_splat(weight);
  const w1 = v128.load32_splat(weight, 4);
  const w2 = v128.load32_splat(weight, 8);
  const w3 = v128.load32_splat(weight, 12);
  const w4 = v128.load32_splat(weight, 16);
  for (let k: usize = 0; k < part; k += 32) {
    let at = v + k;
    let to = m + k;
    const end = to + <usize>outHeight * row;
    do {
      const d1 = v128.load(at, row);
      const e1 = v128.load(at, row + 16);
      const d2 = v128.load(at, 2 * row);
      const e2 = v128.load(at, 2 * row + 16);
      const d3 = v128.load(at, 3 * row);
      const e3 = v128.load(at, 3 * row + 16);
      const d4 = v128.load(at, 4 * row);
      const e4 = v128.load(at, 4 * row + 16);
      const last = v128.load(at, 5 * row);
      const lastE = v128.load(at, 5 * row + 16);
      let sum = fma(v128.load(at), w0, first);
      let sumE = fma(v128.load(at, 16), w0, first);
      sum = fma(d4, w4, fma(d3, w3, fma(d2, w2, fma(d1, w1, sum))));
      sumE = fma(e4, w4, fma(e3, w3, fma(e2, w2, fma(e1, w1, sumE))));
      storePair(to, sum, sumE);
      sum = fma(last, w4, fma(d4, w3, fma(d3, w2, fma(d2, w1, fma(d1, w0, first)))));
      sumE = fma(lastE, w4, fma(e4, w3, fma(e3, w2, fma(e2, w1, fma(e1, w0, first)))));
      storePair(to + row, sum, sumE);
      at += 2 * row;
      to += 2 * row;
    } while (to < end);
  }
}
