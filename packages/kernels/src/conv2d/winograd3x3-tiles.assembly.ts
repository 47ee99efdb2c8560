/**
 * The transforms of Winograd F(4×4, 3×3): one tile of 4×4 outputs, or the 6×6 inputs that it reads, to or from 36 *points*.
 * Those of `winograd.assembly.ts` in one direction, along the columns and then along the rows.
 *
 * They take `part` bytes of a pixel at a time, so that what lies between the two directions stays in the first cache.
 */
import { addressColumns, ImageColumns } from './winograd.assembly';
import {
  inputTransform3,
  inputTransformGrad3,
  outputTransform3,
  outputTransformGrad3,
  weightTransform3,
  weightTransformGrad3,
} from './winograd3-transforms.assembly';

/** Points in each direction. */
export const side: usize = 6;
/** Bytes that a transform takes at a time; 36 times as many fit into the first cache. */
const part: usize = 512;
/** Bytes between two rows of 6 parts in the scratch memory. */
const scratchRow: usize = side * part;

/** An image and the array of one of its tiles at the points. `outside` are `part` bytes, or a pixel that is discarded. */
@unmanaged
export class Winograd3x3Tiles extends ImageColumns {
  /** `[6, 6 points, channels, batch]` */
  points: usize;
  pointStride: usize;
  /** 36 parts, between the two directions. */
  scratch: usize;
}

/** V = Bᵀ d B of a tile d: rows of x from `h` to `h + 5`, columns from `w` to `w + 5`, zeros outside of the image. */
export function transformInput3x3(t: Winograd3x3Tiles, h: isize, w: isize, pointsOffset: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let r: usize = 0; r < side; r++) {
      addressRow(t, side, h + <isize>r, w, k);
      inputTransform3(t.addresses, scratch + r * scratchRow, part, bytes);
    }
    for (let q: usize = 0; q < side; q++) {
      addressScratch(t, side, q);
      inputTransform3(t.addresses, t.points + pointsOffset + q * pointStride + k, side * pointStride, bytes);
    }
  }
}

/** dM = A dy Aᵀ of a tile: rows of dy from `i` to `i + 3`, columns from `j` to `j + 3`, zeros outside of the image. */
export function transformOutputGrad3x3(t: Winograd3x3Tiles, i: isize, j: isize, pointsOffset: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let r: usize = 0; r < 4; r++) {
      addressRow(t, 4, i + <isize>r, j, k);
      outputTransformGrad3(t.addresses, scratch + r * scratchRow, part, bytes);
    }
    for (let q: usize = 0; q < side; q++) {
      addressScratch(t, 4, q);
      outputTransformGrad3(t.addresses, t.points + pointsOffset + q * pointStride + k, side * pointStride, bytes);
    }
  }
}

/**
 * y = Aᵀ M A + bias, a tile of y from row `i` and column `j` on.
 *
 * @param bias of one pixel, `[outChannels, batch]`
 * @param zeros `part` bytes
 */
export function transformOutput3x3(t: Winograd3x3Tiles, i: isize, j: isize, bias: usize, zeros: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  const rows = min(4, t.height - i);
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let q: usize = 0; q < side; q++) {
      addressScratch(t, 4, q);
      outputTransform3(t.points + q * pointStride + k, side * pointStride, zeros, t.addresses, bytes);
    }
    for (let r: isize = 0; r < rows; r++) {
      addressColumns(t, 4, t.image + <usize>((i + r) * t.width) * pixel + k, j);
      outputTransform3(scratch + <usize>r * scratchRow, part, bias + k, t.addresses, bytes);
    }
  }
}

/** dx += B dV Bᵀ, the 6×6 inputs of a tile from row `h` and column `w` on. */
export function transformInputGrad3x3(t: Winograd3x3Tiles, h: isize, w: isize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let q: usize = 0; q < side; q++) {
      addressScratch(t, side, q);
      inputTransformGrad3(t.points + q * pointStride + k, side * pointStride, t.addresses, false, bytes);
    }
    for (let r: isize = 0; r < <isize>side; r++) {
      if (h + r < 0 || h + r >= t.height) continue;
      addressColumns(t, side, t.image + <usize>((h + r) * t.width) * pixel + k, w);
      inputTransformGrad3(scratch + <usize>r * scratchRow, part, t.addresses, true, bytes);
    }
  }
}

/** The addresses of columns of row `h`, which may lie outside of the image; `offset` bytes into each pixel. */
@inline
function addressRow(t: Winograd3x3Tiles, count: usize, h: isize, first: isize, offset: usize): void {
  const inside = h >= 0 && h < t.height;
  // Of a row outside every column is: as if all were left of the first.
  const row = inside ? t.image + <usize>(h * t.width) * t.pixel + offset : t.outside;
  addressColumns(t, count, row, inside ? first : -(<isize>count));
}

/** The addresses of column `q` in the rows of the scratch memory. */
@inline
function addressScratch(t: Winograd3x3Tiles, count: usize, q: usize): void {
  const addresses = t.addresses;
  const from = t.scratch + q * part;
  for (let r: usize = 0; r < count; r++) store<usize>(addresses + (r << 2), from + r * scratchRow);
}

/**
 * U = G g Gᵀ: weights `[3, 3, bytes]`, all channels of each tap, to 36 points.
 *
 * @param scratch 18 times `bytes`
 */
export function weightTransform3x3(from: usize, to: usize, scratch: usize, bytes: usize): void {
  for (let p: usize = 0; p < 3; p++) weightTransform3(from + 3 * p * bytes, bytes, scratch + side * p * bytes, bytes, bytes);
  for (let q: usize = 0; q < side; q++) weightTransform3(scratch + q * bytes, side * bytes, to + q * bytes, side * bytes, bytes);
}

/** dg = Gᵀ dU G, the transpose of {@link weightTransform3x3}. */
export function weightTransformGrad3x3(from: usize, to: usize, scratch: usize, bytes: usize): void {
  for (let p: usize = 0; p < side; p++) {
    weightTransformGrad3(from + side * p * bytes, bytes, scratch + 3 * p * bytes, bytes, bytes);
  }
  for (let q: usize = 0; q < 3; q++) weightTransformGrad3(scratch + q * bytes, 3 * bytes, to + q * bytes, 3 * bytes, bytes);
}
