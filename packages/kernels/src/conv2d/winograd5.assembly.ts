/**
 * Convolutions of stride one with fewer multiplications: four neighbouring outputs at a time, by the transforms of
 * `winograd.assembly.ts`.
 *
 * Five columns: each row of x becomes, for every four outputs of a row, eight numbers, one for each *point*. Under one point
 * the rest is a convolution along rows, which `conv2d` does on an image of one row whose columns are the rows. Its outputs
 * at the eight points become four columns of y. All four outputs take a bias that is added at the point one.
 */
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from './conv2d.assembly';
import { placeOf } from './winograd.assembly';
import { inputTransform5, inputTransformGrad5, outputTransform5, outputTransformGrad5 } from './winograd5-transforms.assembly';

export const winograd5Points: usize = 8;

/**
 * Eight columns of x from column `w` on, row by row to the eight points: `bytes` of each pixel, which lie `pixel` apart, to
 * places `toPixel` apart.
 */
@inline
export function transformColumnsOfX(
  x: usize,
  to: usize,
  toPoint: usize,
  toPixel: usize,
  zeros: usize,
  w: isize,
  endRow: isize,
  inWidth: isize,
  pixel: usize,
  bytes: usize,
  padTop: isize,
): void {
  for (let h: isize = 0; h < endRow; h++) {
    const row = x + <usize>(h * inWidth) * pixel;
    inputTransform5(
      placeOf(w, inWidth, row, pixel, zeros),
      placeOf(w + 1, inWidth, row, pixel, zeros),
      placeOf(w + 2, inWidth, row, pixel, zeros),
      placeOf(w + 3, inWidth, row, pixel, zeros),
      placeOf(w + 4, inWidth, row, pixel, zeros),
      placeOf(w + 5, inWidth, row, pixel, zeros),
      placeOf(w + 6, inWidth, row, pixel, zeros),
      placeOf(w + 7, inWidth, row, pixel, zeros),
      to + <usize>(h + padTop) * toPixel,
      toPoint,
      bytes,
    );
  }
}

/** Four columns of dy from column `j` on, row by row to the eight points: pixels of `bytes` bytes, `toPixel` apart. */
@inline
function transformColumnsOfDy(
  dy: usize,
  to: usize,
  toPoint: usize,
  toPixel: usize,
  zeros: usize,
  j: isize,
  outHeight: isize,
  outWidth: isize,
  bytes: usize,
): void {
  for (let i: isize = 0; i < outHeight; i++) {
    const row = dy + <usize>(i * outWidth) * bytes;
    outputTransformGrad5(
      row + <usize>j * bytes,
      placeOf(j + 1, outWidth, row, bytes, zeros),
      placeOf(j + 2, outWidth, row, bytes, zeros),
      placeOf(j + 3, outWidth, row, bytes, zeros),
      to + <usize>i * toPixel,
      toPoint,
      bytes,
    );
  }
}

/**
 * y from x by eight points for four columns.
 *
 * @param weight transformed, point by point, `weightPoint` bytes each, in the order that `conv2d` reads
 * @param zeros zeros: a pixel of x, and a bias for each output
 * @param discard room for a pixel of y
 * @param v room for eight times a column of padded pixels of x, `vPoint` bytes each; zero above and below the image
 * @param m room for eight times a column of pixels of y, `mPoint` bytes each
 */
export function conv2dWinograd5(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  zeros: usize,
  discard: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  kernelHeight: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * batchStride;
  const outPixel = outChannels * batchStride;
  const rows = outHeight + <isize>kernelHeight - 1;
  const endRow = min(inHeight, rows - padTop);
  for (let j: isize = 0; j < outWidth; j += 4) {
    transformColumnsOfX(x, v, vPoint, pixel, zeros, j - padLeft, endRow, inWidth, pixel, pixel, padTop);
    const blockStep = (kernelHeight * inChannels) << 3;
    for (let point: usize = 0; point < winograd5Points; point++) {
      const from = v + point * vPoint;
      const to = m + point * mPoint;
      const start = point == 1 ? bias : zeros;
      const by = weight + point * weightPoint;
      conv2d(from, by, start, to, batchStride, rows, inChannels, 1, outHeight, outChannels, 1, kernelHeight, 1, 1, 8, 4, blockStep);
    }
    for (let i: isize = 0; i < outHeight; i++) {
      const row = y + <usize>(i * outWidth) * outPixel;
      outputTransform5(
        m + <usize>i * outPixel,
        mPoint,
        row + <usize>j * outPixel,
        placeOf(j + 1, outWidth, row, outPixel, discard),
        placeOf(j + 2, outWidth, row, outPixel, discard),
        placeOf(j + 3, outWidth, row, outPixel, discard),
        outPixel,
      );
    }
  }
}

/**
 * dx from dy, each step the transpose of {@link conv2dWinograd5}'s: the eight columns that four outputs read collect from them.
 *
 * @param zeros zeros: a pixel of y
 * @param discard room for a pixel of x
 * @param v room for eight times a column of pixels of y
 * @param m room for eight times a column of pixels of x
 */
export function conv2dWinograd5InputGrad(
  dy: usize,
  weight: usize,
  dx: usize,
  zeros: usize,
  discard: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: isize,
  kernelHeight: isize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * batchStride;
  const outPixel = <usize>outChannels * batchStride;
  const kernelRow = <usize>(kernelHeight * outChannels) << 3;
  memory.fill(dx, 0, <usize>(inHeight * inWidth) * pixel);
  for (let j: isize = 0; j < outWidth; j += 4) {
    transformColumnsOfDy(dy, v, vPoint, outPixel, zeros, j, outHeight, outWidth, outPixel);
    for (let point: usize = 0; point < winograd5Points; point++) {
      const from = v + point * vPoint;
      const to = m + point * mPoint;
      const by = weight + point * weightPoint;
      conv2dInputGrad(
        from,
        by,
        to,
        batchStride,
        1,
        inHeight,
        inChannels,
        1,
        outHeight,
        outChannels,
        1,
        kernelHeight,
        1,
        1,
        0,
        padTop,
        8,
        4,
        kernelRow,
        kernelRow,
      );
    }
    const w = j - padLeft;
    for (let h: isize = 0; h < inHeight; h++) {
      const row = dx + <usize>(h * inWidth) * pixel;
      inputTransformGrad5(
        m + <usize>h * pixel,
        mPoint,
        placeOf(w, inWidth, row, pixel, discard),
        placeOf(w + 1, inWidth, row, pixel, discard),
        placeOf(w + 2, inWidth, row, pixel, discard),
        placeOf(w + 3, inWidth, row, pixel, discard),
        placeOf(w + 4, inWidth, row, pixel, discard),
        placeOf(w + 5, inWidth, row, pixel, discard),
        placeOf(w + 6, inWidth, row, pixel, discard),
        placeOf(w + 7, inWidth, row, pixel, discard),
        pixel,
      );
    }
  }
}

/**
 * dWeight at the eight points from x and dy: under each point the gradient of a convolution along rows, summed over the
 * columns. `atOnce` columns are transformed, then met, so that both stay in the second cache.
 *
 * @param sum where the gradient comes, `point` bytes for each point
 * @param part room for as much, of some columns
 * @param taps the distance of each tap from the first, by rows of v
 * @param zeros zeros: a pixel of x, or of y
 * @param v room for eight times `atOnce` columns of padded pixels of x, `vPixel` bytes each; zero above and below the image
 * @param e room for eight times as many columns of pixels of y, `ePixel` bytes each
 */
export function conv2dWinograd5WeightGrad(
  x: usize,
  dy: usize,
  sum: usize,
  part: usize,
  taps: usize,
  zeros: usize,
  v: usize,
  e: usize,
  vPoint: usize,
  ePoint: usize,
  vPixel: usize,
  ePixel: usize,
  point: usize,
  atOnce: isize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: usize,
  kernelHeight: usize,
  padTop: isize,
  padLeft: isize,
): void {
  const pixel = inChannels * batchStride;
  const outPixel = outChannels * batchStride;
  const rows = outHeight + <isize>kernelHeight - 1;
  const endRow = min(inHeight, rows - padTop);
  const tapCount = kernelHeight * inChannels;
  const vColumn = <usize>rows * vPixel;
  const eColumn = <usize>outHeight * ePixel;
  const columns = (outWidth + 3) >> 2;
  for (let from: isize = 0; from < columns; from += atOnce) {
    const count = min(atOnce, columns - from);
    for (let column: isize = 0; column < count; column++) {
      const j = (from + column) << 2;
      const toV = v + <usize>column * vColumn;
      const toE = e + <usize>column * eColumn;
      transformColumnsOfX(x, toV, vPoint, vPixel, zeros, j - padLeft, endRow, inWidth, pixel, pixel, padTop);
      transformColumnsOfDy(dy, toE, ePoint, ePixel, zeros, j, outHeight, outWidth, outPixel);
    }
    for (let k: usize = 0; k < winograd5Points; k++) {
      conv2dWeightGrad(
        v + k * vPoint,
        e + k * ePoint,
        (from == 0 ? sum : part) + k * point,
        taps,
        tapCount,
        batchStride,
        <usize>count,
        <usize>outHeight,
        outChannels,
        vPixel,
        vColumn,
        ePixel,
        batchStride,
      );
    }
    if (from == 0) continue;
    for (let k: usize = 0; k < winograd5Points * point; k += 16) {
      v128.store(sum + k, f32x4.add(v128.load(sum + k), v128.load(part + k)));
    }
  }
}
