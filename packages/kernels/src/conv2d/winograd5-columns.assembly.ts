/**
 * The transforms of Winograd F(4, 5) over a block of columns: for every row of an image, four columns of outputs or the
 * eight columns of inputs that they read, to or from eight *points*. `winograd.assembly.ts` derives them.
 */
import { addressColumns, ImageColumns } from './winograd.assembly';
import { inputTransform5, inputTransformGrad5, outputTransform5, outputTransformGrad5 } from './winograd5-transforms.assembly';

/** Points of F(4, 5). */
export const winograd5Points: usize = 8;

/** An image and the array of its block of columns at the points. */
@unmanaged
export class Winograd5Columns extends ImageColumns {
  /** `[8 points, rows, channels, batch]` */
  points: usize;
  pointStride: usize;
  /** Bytes between two rows at one point. */
  rowStride: usize;
  /** Bytes of a pixel that are transformed: all, or one channel of sixteen images. */
  bytes: usize;
}

/**
 * V = Bᵀ x: the columns of x from `w` to `w + 7`, of which those outside of the image are zeros.
 *
 * @param imageOffset bytes into each pixel: which sixteen images, where not all are transformed
 * @param pointsOffset bytes into the points: which block, where several are kept
 */
export function transformInput5(c: Winograd5Columns, w: isize, imageOffset: usize, pointsOffset: usize): void {
  const rowBytes = <usize>c.width * c.pixel;
  let row = c.image + imageOffset;
  let to = c.points + pointsOffset;
  for (let h = c.height; h > 0; h--) {
    addressColumns(c, 8, row, w);
    inputTransform5(c.addresses, to, c.pointStride, c.bytes);
    row += rowBytes;
    to += c.rowStride;
  }
}

/** dx += B dV, the transpose of {@link transformInput5}. */
export function transformInputGrad5(c: Winograd5Columns, w: isize): void {
  const rowBytes = <usize>c.width * c.pixel;
  let row = c.image;
  let from = c.points;
  for (let h = c.height; h > 0; h--) {
    addressColumns(c, 8, row, w);
    inputTransformGrad5(from, c.pointStride, c.addresses, c.bytes);
    row += rowBytes;
    from += c.rowStride;
  }
}

/** y = Aᵀ M: the columns of y from `j` to `j + 3`, of which those behind the last are discarded. */
export function transformOutput5(c: Winograd5Columns, j: isize): void {
  const rowBytes = <usize>c.width * c.pixel;
  let row = c.image;
  let from = c.points;
  for (let i = c.height; i > 0; i--) {
    addressColumns(c, 4, row, j);
    outputTransform5(from, c.pointStride, c.addresses, c.bytes);
    row += rowBytes;
    from += c.rowStride;
  }
}

/** dM = A dy, the transpose of {@link transformOutput5}. */
export function transformOutputGrad5(c: Winograd5Columns, j: isize, pointsOffset: usize): void {
  const rowBytes = <usize>c.width * c.pixel;
  let row = c.image;
  let to = c.points + pointsOffset;
  for (let i = c.height; i > 0; i--) {
    addressColumns(c, 4, row, j);
    outputTransformGrad5(c.addresses, to, c.pointStride, c.bytes);
    row += rowBytes;
    to += c.rowStride;
  }
}
