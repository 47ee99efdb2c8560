/**
 * The convolution of one channel under five rows and columns: what `winograd5.assembly.ts` does, in another order.
 *
 * Here the sums at each point have five terms only, too few for loops over them. So the loops run over rows, and the five
 * weights that make one channel of y at one point stay in registers. It goes by sixteen images and one channel of y at a
 * time: their v and m are small enough for the processor's first cache.
 */
import { fma, splat } from '../assembly/vector.assembly';
import { placeOf } from './winograd.assembly';
import { transformColumnsOfX, winograd5Points } from './winograd5.assembly';
import { outputVectors5 } from './winograd5-transforms.assembly';

/** Bytes of sixteen images. */
const part: usize = 64;
/** Bytes of the weights of one output at one point. */
const weights: usize = 5 * 4;
/** From one row of v or m to the next: all points of a row are neighbours. */
const row: usize = winograd5Points * part;

/**
 * y from x.
 *
 * @param weight transformed, `weightPoint` bytes for each point: the five rows of the first output, then those of the next
 * @param zeros zeros: sixteen images, and a bias for each output
 * @param discard room for sixteen images
 * @param v room for the rows that `outHeight` windows cover and one more; zero above and below the image
 * @param m room for `outHeight` rows and one more
 */
export function conv2dWinograd5OneChannel(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  zeros: usize,
  discard: usize,
  v: usize,
  m: usize,
  weightPoint: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const endRow = min(inHeight, outHeight + 4 - padTop);
  const pixel = outChannels * batchStride;
  const outRow = <usize>outWidth * pixel;
  for (let image: usize = 0; image < batchStride; image += part) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformColumnsOfX(x + image, v, part, row, zeros, j - padLeft, endRow, inWidth, batchStride, part, padTop);
      // Columns behind the last one all go to one place, again and again.
      const step1 = j + 1 < outWidth ? outRow : 0;
      const step2 = j + 2 < outWidth ? outRow : 0;
      const step3 = j + 3 < outWidth ? outRow : 0;
      for (let o: usize = 0; o < outChannels; o++) {
        for (let point: usize = 0; point < winograd5Points; point++) {
          const start = point == 1 ? v128.load32_splat(bias + (o << 2)) : splat(0);
          sumsOfRows(v + point * part, weight + point * weightPoint + o * weights, start, m + point * part, outHeight);
        }
        let at = m;
        const columns = y + image + o * batchStride;
        let to0 = columns + <usize>j * pixel;
        let to1 = placeOf(j + 1, outWidth, columns, pixel, discard);
        let to2 = placeOf(j + 2, outWidth, columns, pixel, discard);
        let to3 = placeOf(j + 3, outWidth, columns, pixel, discard);
        const end = at + <usize>outHeight * row;
        do {
          for (let k: usize = 0; k < part; k += 16) outputVectors5(at + k, part, to0 + k, to1 + k, to2 + k, to3 + k);
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

/** The convolution of a column under five weights, begun with `start`: two rows at once, with one too many of an odd number. */
@inline
function sumsOfRows(v: usize, weight: usize, start: v128, m: usize, outHeight: isize): void {
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
      let sum = fma(v128.load(at), w0, start);
      let next = fma(d1, w0, start);
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
