/**
 * Convolutions of stride one with fewer multiplications: four neighbouring outputs at a time, by the transforms of
 * `transforms.assembly.ts`.
 *
 * Five columns: each row of x becomes, for every four outputs of a row, eight numbers, one for each *point*. Under one point
 * the rest is a convolution along rows, which `conv2d` does on an image of one row whose columns are the rows. Its outputs
 * at the eight points become four columns of y. All four outputs take a bias that is added at the point one.
 */
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from './conv2d.assembly';
import { addInputGradsOfFive, errorsOfFive, inputsOfFive, outputsOfFive } from './transforms-of-five.assembly';

export const pointsOfFive: usize = 8;

/** Where place number `index` of `count` begins, `step` bytes each; `outside` for what is before or behind them. */
@inline
export function placeOf(index: isize, count: isize, from: usize, step: usize, outside: usize): usize {
  return index >= 0 && index < count ? from + <usize>index * step : outside;
}

/**
 * Eight columns of x from column `w` on, row by row to the eight points: `bytes` of each pixel, which lie `pixel` apart, to
 * places `toPixel` apart.
 */
@inline
export function transformInputs(
  x: usize,
  to: usize,
  toPoint: usize,
  toPixel: usize,
  none: usize,
  w: isize,
  endRow: isize,
  inWidth: isize,
  pixel: usize,
  bytes: usize,
  padTop: isize,
): void {
  for (let h: isize = 0; h < endRow; h++) {
    const row = x + <usize>(h * inWidth) * pixel;
    inputsOfFive(
      placeOf(w, inWidth, row, pixel, none),
      placeOf(w + 1, inWidth, row, pixel, none),
      placeOf(w + 2, inWidth, row, pixel, none),
      placeOf(w + 3, inWidth, row, pixel, none),
      placeOf(w + 4, inWidth, row, pixel, none),
      placeOf(w + 5, inWidth, row, pixel, none),
      placeOf(w + 6, inWidth, row, pixel, none),
      placeOf(w + 7, inWidth, row, pixel, none),
      to + <usize>(h + padTop) * toPixel,
      toPoint,
      bytes,
    );
  }
}

/** Four columns of dy from column `j` on, row by row to the eight points: pixels of `bytes` bytes, `toPixel` apart. */
@inline
function transformErrors(
  dy: usize,
  to: usize,
  toPoint: usize,
  toPixel: usize,
  none: usize,
  j: isize,
  outHeight: isize,
  outWidth: isize,
  bytes: usize,
): void {
  for (let i: isize = 0; i < outHeight; i++) {
    const row = dy + <usize>(i * outWidth) * bytes;
    errorsOfFive(
      row + <usize>j * bytes,
      placeOf(j + 1, outWidth, row, bytes, none),
      placeOf(j + 2, outWidth, row, bytes, none),
      placeOf(j + 3, outWidth, row, bytes, none),
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
 * @param none zeros: a pixel of x, and a bias for each output
 * @param waste room for a pixel of y
 * @param v room for eight times a column of padded pixels of x, `vPoint` bytes each; zero above and below the image
 * @param m room for eight times a column of pixels of y, `mPoint` bytes each
 */
export function conv2dOfFive(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  none: usize,
  waste: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  line: usize,
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
  const pixel = inChannels * line;
  const outPixel = outChannels * line;
  const rows = outHeight + <isize>kernelHeight - 1;
  const endRow = min(inHeight, rows - padTop);
  for (let j: isize = 0; j < outWidth; j += 4) {
    transformInputs(x, v, vPoint, pixel, none, j - padLeft, endRow, inWidth, pixel, pixel, padTop);
    const blockStep = (kernelHeight * inChannels) << 3;
    for (let point: usize = 0; point < pointsOfFive; point++) {
      const from = v + point * vPoint;
      const to = m + point * mPoint;
      const start = point == 1 ? bias : none;
      const by = weight + point * weightPoint;
      conv2d(from, by, start, to, line, rows, inChannels, 1, outHeight, outChannels, 1, kernelHeight, 1, 1, 8, 4, blockStep);
    }
    for (let i: isize = 0; i < outHeight; i++) {
      const row = y + <usize>(i * outWidth) * outPixel;
      outputsOfFive(
        m + <usize>i * outPixel,
        mPoint,
        row + <usize>j * outPixel,
        placeOf(j + 1, outWidth, row, outPixel, waste),
        placeOf(j + 2, outWidth, row, outPixel, waste),
        placeOf(j + 3, outWidth, row, outPixel, waste),
        outPixel,
      );
    }
  }
}

/**
 * dx from dy, each step the transpose of {@link conv2dOfFive}'s: the eight columns that four outputs read collect from them.
 *
 * @param none zeros: a pixel of y
 * @param waste room for a pixel of x
 * @param v room for eight times a column of pixels of y
 * @param m room for eight times a column of pixels of x
 */
export function conv2dInputGradOfFive(
  dy: usize,
  weight: usize,
  dx: usize,
  none: usize,
  waste: usize,
  v: usize,
  m: usize,
  vPoint: usize,
  mPoint: usize,
  weightPoint: usize,
  line: usize,
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
  const pixel = inChannels * line;
  const outPixel = <usize>outChannels * line;
  const kernelRow = <usize>(kernelHeight * outChannels) << 3;
  memory.fill(dx, 0, <usize>(inHeight * inWidth) * pixel);
  for (let j: isize = 0; j < outWidth; j += 4) {
    transformErrors(dy, v, vPoint, outPixel, none, j, outHeight, outWidth, outPixel);
    for (let point: usize = 0; point < pointsOfFive; point++) {
      const from = v + point * vPoint;
      const to = m + point * mPoint;
      const by = weight + point * weightPoint;
      conv2dInputGrad(
        from,
        by,
        to,
        line,
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
      addInputGradsOfFive(
        m + <usize>h * pixel,
        mPoint,
        placeOf(w, inWidth, row, pixel, waste),
        placeOf(w + 1, inWidth, row, pixel, waste),
        placeOf(w + 2, inWidth, row, pixel, waste),
        placeOf(w + 3, inWidth, row, pixel, waste),
        placeOf(w + 4, inWidth, row, pixel, waste),
        placeOf(w + 5, inWidth, row, pixel, waste),
        placeOf(w + 6, inWidth, row, pixel, waste),
        placeOf(w + 7, inWidth, row, pixel, waste),
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
 * @param none zeros: a pixel of x, or of y
 * @param v room for eight times `atOnce` columns of padded pixels of x, `vPixel` bytes each; zero above and below the image
 * @param e room for eight times as many columns of pixels of y, `ePixel` bytes each
 */
export function conv2dWeightGradOfFive(
  x: usize,
  dy: usize,
  sum: usize,
  part: usize,
  taps: usize,
  none: usize,
  v: usize,
  e: usize,
  vPoint: usize,
  ePoint: usize,
  vPixel: usize,
  ePixel: usize,
  point: usize,
  atOnce: isize,
  line: usize,
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
  const pixel = inChannels * line;
  const outPixel = outChannels * line;
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
      transformInputs(x, toV, vPoint, vPixel, none, j - padLeft, endRow, inWidth, pixel, pixel, padTop);
      transformErrors(dy, toE, ePoint, ePixel, none, j, outHeight, outWidth, outPixel);
    }
    for (let k: usize = 0; k < pointsOfFive; k++) {
      conv2dWeightGrad(
        v + k * vPoint,
        e + k * ePoint,
        (from == 0 ? sum : part) + k * point,
        taps,
        tapCount,
        line,
        <usize>count,
        <usize>outHeight,
        outChannels,
        vPixel,
        vColumn,
        ePixel,
        line,
      );
    }
    if (from == 0) continue;
    for (let k: usize = 0; k < pointsOfFive * point; k += 16) {
      v128.store(sum + k, f32x4.add(v128.load(sum + k), v128.load(part + k)));
    }
  }
}
