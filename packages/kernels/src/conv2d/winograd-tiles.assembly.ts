/**
 * Convolutions of stride one by Winograd in two dimensions, a tile of outputs at a time: F(4×4, 3×3), by 36 products where the sum
 * has 144, F(3×3, 4×4), by as many for as many, and F(2×4, 5×5), by 48 for 200. `winograd.assembly.ts` has the sources and the formulas.
 *
 *   V = Bᵀ d B, for the inputs d of a tile, each channel and image           input transform
 *   M[k, o, n] = Σ_c V[k, c, n] · U[k, o, c]                                 at each of the points k: channels meet
 *   y = Aᵀ M A + bias                                                        output transform
 *
 * with U = G g Gᵀ of each kernel g. At a point channels meet as in a dense layer, which the kernel of `conv2d.assembly.ts`
 * does on an image of one pixel. It goes tile by tile, so that all of it stays in the second cache.
 *
 * A larger kernel comes in *parts* of three or four rows and columns: 7×7 in four of 4×4, filled up with zeros. Each part has a tile of
 * inputs of its own, and the products of all parts are added up at the points: there the inputs have parts · channels channels.
 *
 * Layout: x, y and the rest as in `conv2d.assembly.ts`; V and M are `[points, parts, channels, batch]`.
 */
import { transpose } from '../dense/dense.assembly';
import { convolve, Conv2dShape } from './conv2d.assembly';
import { addWeightProducts } from './weight-products.assembly';
import {
  transformInputTile,
  transformInputTileGrad,
  transformOutputTile,
  transformOutputTileGrad,
  WinogradTiles,
} from './winograd-tile-transforms.assembly';

/** The parts that a kernel is divided into. */
@unmanaged
export class KernelParts {
  /** Rows and columns of parts. */
  partRows: isize;
  partColumns: isize;
  /** Rows and columns of the kernel in each of them. */
  rowTaps: isize;
  columnTaps: isize;
  padTop: isize;
  padLeft: isize;
}

/** V of all parts, for a tile of outputs from row `i` and column `j` on. */
@inline
function transformInputParts(parts: KernelParts, x: WinogradTiles, i: isize, j: isize, pointsOffset: usize): void {
  let to = pointsOffset;
  for (let a: isize = 0; a < parts.partRows; a++) {
    for (let b: isize = 0; b < parts.partColumns; b++) {
      transformInputTile(x, i + a * parts.rowTaps - parts.padTop, j + b * parts.columnTaps - parts.padLeft, to);
      to += x.pixel;
    }
  }
}

@unmanaged
export class Conv2dWinogradTilesArguments extends KernelParts {
  /** x, transformed to V. */
  x: WinogradTiles;
  /** U, `weightPoint` bytes for each point, in the order that `convolve` reads. */
  weight: usize;
  weightPoint: usize;
  /** `[outChannels, batch]`: that of each output, once for every image. */
  bias: usize;
  /** Zeros: 512 bytes, and a number for each output. */
  zeros: usize;
  /** V and U to M at one point. */
  convolution: Conv2dShape;
  /** y, transformed from M. */
  y: WinogradTiles;
}

/** y from x. */
export function conv2dWinogradTiles(args: Conv2dWinogradTilesArguments): void {
  const outHeight = args.y.height;
  const outWidth = args.y.width;
  const rows = args.y.tileRows;
  const columns = args.y.tileColumns;
  for (let i: isize = 0; i < outHeight; i += rows) {
    for (let j: isize = 0; j < outWidth; j += columns) {
      transformInputParts(args, args.x, i, j, 0);
      multiplyPoints(args.convolution, args.x, args.weight, args.weightPoint, args.zeros, args.y);
      transformOutputTile(args.y, i, j, args.bias, args.zeros);
    }
  }
}

@unmanaged
export class Conv2dWinogradTilesInputGradArguments extends KernelParts {
  /** dy, transformed to dM. */
  dy: WinogradTiles;
  /** U, `weightPoint` bytes for each point, with inputs for outputs. */
  weight: usize;
  weightPoint: usize;
  /** A zero for each channel of x. */
  zeros: usize;
  /** dM and U to dV at one point: inputs for outputs. */
  convolution: Conv2dShape;
  /** dx, transformed from dV. */
  dx: WinogradTiles;
}

/** dx from dy, each step the transpose of {@link conv2dWinogradTiles}'s: the inputs of a tile collect from a tile of dy. */
export function conv2dWinogradTilesInputGrad(args: Conv2dWinogradTilesInputGradArguments): void {
  const outHeight = args.dy.height;
  const outWidth = args.dy.width;
  const rows = args.dy.tileRows;
  const columns = args.dy.tileColumns;
  memory.fill(args.dx.image, 0, <usize>(args.dx.height * args.dx.width) * args.dx.pixel);
  for (let i: isize = 0; i < outHeight; i += rows) {
    for (let j: isize = 0; j < outWidth; j += columns) {
      transformOutputTileGrad(args.dy, i, j, 0);
      multiplyPoints(args.convolution, args.dy, args.weight, args.weightPoint, args.zeros, args.dx);
      let from: usize = 0;
      for (let a: isize = 0; a < args.partRows; a++) {
        for (let b: isize = 0; b < args.partColumns; b++) {
          const w = j + b * args.columnTaps - args.padLeft;
          transformInputTileGrad(args.dx, i + a * args.rowTaps - args.padTop, w, from);
          from += args.dx.pixel;
        }
      }
    }
  }
}

/** `to` = `from` ⊙ U at each of the points, summed over the channels of `from`. */
function multiplyPoints(
  convolution: Conv2dShape,
  from: WinogradTiles,
  weight: usize,
  weightPoint: usize,
  zeros: usize,
  to: WinogradTiles,
): void {
  let v = from.points;
  let m = to.points;
  for (let point = 6 * from.rowPoints; point > 0; point--) {
    convolve(convolution, v, weight, zeros, m);
    v += from.pointStride;
    m += to.pointStride;
    weight += weightPoint;
  }
}

@unmanaged
export class Conv2dWinogradTilesWeightGradArguments extends KernelParts {
  /** x, transformed to V of a few tiles, `[points, tiles]`, `vTile` bytes each. */
  x: WinogradTiles;
  vTile: usize;
  /** dy, transformed to dM of a few tiles, `[points, tiles]`, `dmTile` bytes each. */
  dy: WinogradTiles;
  dmTile: usize;
  /** The most tiles that are transformed before their products are added up. */
  tiles: usize;
  batchStride: usize;
  /** Parts · channels of x. */
  inChannels: usize;
  outChannels: usize;
  /** V at one point, transposed: `[tiles, batch, dURow / 4]`. */
  transposed: usize;
  /** `[36 points, outChannels, inChannels]`: rows of `dURow` bytes, a multiple of four numbers, and rows in fours. */
  dU: usize;
  dURow: usize;
  dUPoint: usize;
}

/** dU = V ⊙ dM, summed over all tiles and images; `weightTransformGradTiles` makes dWeight of it. Not for 5×5. */
export function conv2dWinogradTilesWeightGrad(args: Conv2dWinogradTilesWeightGradArguments): void {
  const outHeight = args.dy.height;
  const outWidth = args.dy.width;
  const rows = args.dy.tileRows;
  const columns = args.dy.tileColumns;
  memory.fill(args.dU, 0, 36 * args.dUPoint);
  let count: usize = 0;
  for (let i: isize = 0; i < outHeight; i += rows) {
    for (let j: isize = 0; j < outWidth; j += columns) {
      transformInputParts(args, args.x, i, j, count * args.vTile);
      transformOutputTileGrad(args.dy, i, j, count * args.dmTile);
      count++;
      const last = i + rows >= outHeight && j + columns >= outWidth;
      if (count != args.tiles && !last) continue;
      addProducts(args, count);
      count = 0;
    }
  }
}

/** Adds the products of the tiles that have been transformed. Lanes are channels of x, so that nothing is summed across them. */
function addProducts(args: Conv2dWinogradTilesWeightGradArguments, tiles: usize): void {
  const batchStride = args.batchStride;
  const row = args.dURow;
  const tileBytes = (batchStride >> 2) * row;
  let v = args.x.points;
  let dm = args.dy.points;
  let dU = args.dU;
  for (let point = 36; point > 0; point--) {
    for (let tile: usize = 0; tile < tiles; tile++) {
      transpose(v + tile * args.vTile, args.transposed + tile * tileBytes, batchStride, args.inChannels, row);
    }
    addWeightProducts(
      args.transposed,
      row,
      tileBytes,
      dm,
      batchStride,
      args.dmTile,
      batchStride,
      tiles,
      args.outChannels,
      dU,
      row,
      row >> 2,
    );
    v += args.x.pointStride;
    dm += args.dy.pointStride;
    dU += args.dUPoint;
  }
}
