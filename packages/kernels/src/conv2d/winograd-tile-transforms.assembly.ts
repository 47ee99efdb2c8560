/**
 * The transforms of Winograd convolutions in two dimensions: one tile of outputs, or the inputs that it reads, to or from its
 * *points*. Those of `winograd.assembly.ts` in one direction, along the columns and then along the rows.
 *
 *   3×3   F(4×4, 3×3)   4×4 outputs from 6×6 inputs, 6 rows of 6 points    F(4, 3) along columns and rows
 *   4×4   F(3×3, 4×4)   3×3 outputs from 6×6 inputs, 6 rows of 6 points    F(3, 4) along columns and rows
 *   5×5   F(2×4, 5×5)   2×4 outputs from 6×8 inputs, 6 rows of 8 points    F(4, 5) along columns, F(2, 5) along rows
 *
 * and 3×4 and 4×3 by one of each of the first two.
 * They take `part` bytes of a pixel at a time, so that what lies between the two directions stays in the first cache.
 */
import { addressColumns, ImageColumns } from './winograd.assembly';
import {
  outputTransform2,
  outputTransformGrad2,
  weightTransform2,
} from './winograd2x5-transforms.assembly';
import {
  addInputTransformGrad3,
  inputTransform3,
  inputTransformGrad3,
  outputTransform3,
  outputTransformGrad3,
  weightTransform3,
  weightTransformGrad3,
} from './winograd3-transforms.assembly';
import {
  outputTransform3x4,
  outputTransformGrad3x4,
  weightTransform3x4,
  weightTransformGrad3x4,
} from './winograd3x4-transforms.assembly';
import {
  inputTransform5,
  inputTransformGrad5,
  outputTransform5,
  outputTransformGrad5,
  weightTransform5,
} from './winograd5-transforms.assembly';

/** Rows of points, and rows of inputs. */
const side: usize = 6;
/** Bytes that a transform takes at a time; 48 times as many fit into the first cache. */
const part: usize = 512;

/** An image and the array of one of its tiles at the points. `outside` are `part` bytes, or a pixel that is discarded. */
@unmanaged
export class WinogradTiles extends ImageColumns {
  /** `[6, rowPoints, channels, batch]` */
  points: usize;
  pointStride: usize;
  /** Points in a row: 8 for kernels of 5×5, 6 for others. */
  rowPoints: usize;
  /** Rows and columns of outputs in a tile. */
  tileRows: isize;
  tileColumns: isize;
  /** A part for each point, between the two directions. */
  scratch: usize;
}

/** V = Bᵀ d B of a tile d: rows of x from `h` on, columns from `w` on, zeros outside of the image. */
export function transformInputTile(t: WinogradTiles, h: isize, w: isize, pointsOffset: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  const rowPoints = t.rowPoints;
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let r: usize = 0; r < side; r++) {
      addressRow(t, rowPoints, h + <isize>r, w, k);
      const to = scratch + r * rowPoints * part;
      if (rowPoints == 6) inputTransform3(t.addresses, to, part, bytes);
      else inputTransform5(t.addresses, to, part, bytes);
    }
    for (let q: usize = 0; q < rowPoints; q++) {
      addressScratch(t, side, q);
      inputTransform3(t.addresses, t.points + pointsOffset + q * pointStride + k, rowPoints * pointStride, bytes);
    }
  }
}

/** dM = A dy Aᵀ of a tile: rows of dy from `i` on, columns from `j` on, zeros outside of the image. */
export function transformOutputTileGrad(t: WinogradTiles, i: isize, j: isize, pointsOffset: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  const rowPoints = t.rowPoints;
  const rows = t.tileRows;
  const columns = t.tileColumns;
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let r: isize = 0; r < rows; r++) {
      addressRow(t, <usize>columns, i + r, j, k);
      const to = scratch + <usize>r * rowPoints * part;
      if (rowPoints == 8) outputTransformGrad5(t.addresses, to, part, bytes);
      else if (columns == 4) outputTransformGrad3(t.addresses, to, part, bytes);
      else outputTransformGrad3x4(t.addresses, to, part, bytes);
    }
    for (let q: usize = 0; q < rowPoints; q++) {
      addressScratch(t, <usize>rows, q);
      const to = t.points + pointsOffset + q * pointStride + k;
      if (rows == 4) outputTransformGrad3(t.addresses, to, rowPoints * pointStride, bytes);
      else if (rows == 3) outputTransformGrad3x4(t.addresses, to, rowPoints * pointStride, bytes);
      else outputTransformGrad2(t.addresses, to, rowPoints * pointStride, bytes);
    }
  }
}

/**
 * y = Aᵀ M A + bias, a tile of y from row `i` and column `j` on. Under 5×5 the bias is added between the two directions, at point 1
 * of a row: there a₁ = 1, so every output gets it.
 *
 * @param bias of one pixel, `[outChannels, batch]`
 * @param zeros `part` bytes
 */
export function transformOutputTile(t: WinogradTiles, i: isize, j: isize, bias: usize, zeros: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  const rowPoints = t.rowPoints;
  const tile = t.tileRows;
  const columns = t.tileColumns;
  const rows = min(tile, t.height - i);
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let q: usize = 0; q < rowPoints; q++) {
      addressScratch(t, <usize>tile, q);
      const from = t.points + q * pointStride + k;
      if (tile == 4) outputTransform3(from, rowPoints * pointStride, zeros, t.addresses, bytes);
      else if (tile == 3) outputTransform3x4(from, rowPoints * pointStride, zeros, t.addresses, bytes);
      else outputTransform2(from, rowPoints * pointStride, q == 1 ? bias + k : zeros, t.addresses, bytes);
    }
    for (let r: isize = 0; r < rows; r++) {
      addressColumns(t, <usize>columns, t.image + <usize>((i + r) * t.width) * pixel + k, j);
      const from = scratch + <usize>r * rowPoints * part;
      if (rowPoints == 8) outputTransform5(from, part, t.addresses, bytes);
      else if (columns == 4) outputTransform3(from, part, bias + k, t.addresses, bytes);
      else outputTransform3x4(from, part, bias + k, t.addresses, bytes);
    }
  }
}

/** dx += B dV Bᵀ, the inputs of a tile from row `h` and column `w` on. */
export function transformInputTileGrad(t: WinogradTiles, h: isize, w: isize, pointsOffset: usize): void {
  const pixel = t.pixel;
  const scratch = t.scratch;
  const pointStride = t.pointStride;
  const rowPoints = t.rowPoints;
  for (let k: usize = 0; k < pixel; k += part) {
    const bytes = min(part, pixel - k);
    for (let q: usize = 0; q < rowPoints; q++) {
      addressScratch(t, side, q);
      inputTransformGrad3(t.points + pointsOffset + q * pointStride + k, rowPoints * pointStride, t.addresses, bytes);
    }
    for (let r: isize = 0; r < <isize>side; r++) {
      if (h + r < 0 || h + r >= t.height) continue;
      addressColumns(t, rowPoints, t.image + <usize>((h + r) * t.width) * pixel + k, w);
      const from = scratch + <usize>r * rowPoints * part;
      if (rowPoints == 6) addInputTransformGrad3(from, part, t.addresses, bytes);
      else inputTransformGrad5(from, part, t.addresses, bytes);
    }
  }
}

/** The addresses of columns of row `h`, which may lie outside of the image; `offset` bytes into each pixel. */
@inline
function addressRow(t: WinogradTiles, count: usize, h: isize, first: isize, offset: usize): void {
  const inside = h >= 0 && h < t.height;
  // Of a row outside every column is: as if all were left of the first.
  const row = inside ? t.image + <usize>(h * t.width) * t.pixel + offset : t.outside;
  addressColumns(t, count, row, inside ? first : -(<isize>count));
}

/** The addresses of column `q` in the rows of the scratch memory. */
@inline
function addressScratch(t: WinogradTiles, count: usize, q: usize): void {
  const addresses = t.addresses;
  const from = t.scratch + q * part;
  const row = t.rowPoints * part;
  for (let r: usize = 0; r < count; r++) store<usize>(addresses + (r << 2), from + r * row);
}

/**
 * U = G g Gᵀ: weights `[rowTaps, columnTaps, bytes]`, all channels of each tap, to the points.
 *
 * @param rowTaps 3 or 4, or 5 of a kernel of 5×5; so is `columnTaps`
 * @param scratch as many rows of points as there are rows of taps
 */
export function weightTransformTiles(
  from: usize,
  to: usize,
  scratch: usize,
  bytes: usize,
  rowTaps: usize,
  columnTaps: usize,
): void {
  const row = (columnTaps == 5 ? 8 : 6) * bytes;
  for (let p: usize = 0; p < rowTaps; p++) {
    const taps = from + p * columnTaps * bytes;
    if (columnTaps == 3) weightTransform3(taps, bytes, scratch + p * row, bytes, bytes);
    else if (columnTaps == 4) weightTransform3x4(taps, bytes, scratch + p * row, bytes, bytes);
    else weightTransform5(taps, bytes, scratch + p * row, bytes, bytes);
  }
  if (rowTaps == 3) weightTransform3(scratch, row, to, row, row);
  else if (rowTaps == 4) weightTransform3x4(scratch, row, to, row, row);
  else weightTransform2(scratch, row, to, row, row);
}

/** dg = Gᵀ dU G, the transpose of {@link weightTransformTiles} for three or four taps in either direction. */
export function weightTransformGradTiles(
  from: usize,
  to: usize,
  scratch: usize,
  bytes: usize,
  rowTaps: usize,
  columnTaps: usize,
): void {
  const row = side * bytes;
  if (rowTaps == 3) weightTransformGrad3(from, row, scratch, row, row);
  else weightTransformGrad3x4(from, row, scratch, row, row);
  for (let p: usize = 0; p < rowTaps; p++) {
    const taps = to + p * columnTaps * bytes;
    if (columnTaps == 3) weightTransformGrad3(scratch + p * row, bytes, taps, bytes, bytes);
    else weightTransformGrad3x4(scratch + p * row, bytes, taps, bytes, bytes);
  }
}
