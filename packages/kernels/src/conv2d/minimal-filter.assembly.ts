/**
 * Convolutions of stride one with fewer multiplications: four neighbouring outputs at a time, by the transforms of
 * `transforms.assembly.ts`.
 *
 * Five columns: each row of x becomes, for every four outputs of a row, eight numbers, one for each *point*. Under one point
 * the rest is a convolution along rows, which `conv2d` does on an image of one row whose columns are the rows. Its outputs
 * at the eight points become four columns of y. All four outputs take a bias that is added at the point one.
 */
import { conv2d, conv2dInputGrad } from './conv2d.assembly';
import { addInputGradsOfFive, errorsOfFive, inputsOfFive, outputsOfFive } from './transforms.assembly';

const pointsOfFive: usize = 8;

/** Where place number `index` of `count` begins, `step` bytes each; `outside` for what is before or behind them. */
@inline
function placeOf(index: isize, count: isize, from: usize, step: usize, outside: usize): usize {
  return index >= 0 && index < count ? from + <usize>index * step : outside;
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
  const first = max(0, -padTop);
  const last = min(inHeight, rows - padTop);
  for (let j: isize = 0; j < outWidth; j += 4) {
    const w = j - padLeft;
    for (let h = first; h < last; h++) {
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
        v + <usize>(h + padTop) * pixel,
        vPoint,
        pixel,
      );
    }
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
    for (let i: isize = 0; i < outHeight; i++) {
      const row = dy + <usize>(i * outWidth) * outPixel;
      errorsOfFive(
        row + <usize>j * outPixel,
        placeOf(j + 1, outWidth, row, outPixel, none),
        placeOf(j + 2, outWidth, row, outPixel, none),
        placeOf(j + 3, outWidth, row, outPixel, none),
        v + <usize>i * outPixel,
        vPoint,
        outPixel,
      );
    }
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
