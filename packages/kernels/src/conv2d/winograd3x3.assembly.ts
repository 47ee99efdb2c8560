/**
 * Convolutions of 3×3 and stride one by Winograd F(4×4, 3×3): a tile of 4×4 outputs at a time, by 36 products where the sum
 * has 144. `winograd.assembly.ts` has the sources and the formulas.
 *
 *   V = Bᵀ d B, for the 6×6 inputs d of a tile, each channel and image       input transform
 *   M[k, o, n] = Σ_c V[k, c, n] · U[k, o, c]                                 at each of 36 points k: channels meet
 *   y = Aᵀ M A + bias, 4×4 outputs                                           output transform
 *
 * with U = G g Gᵀ of each 3×3 kernel g. At a point channels meet as in a dense layer, which the kernels of `conv2d.assembly.ts`
 * do on an image of one pixel. It goes tile by tile, so that all of it stays in the second cache.
 *
 * Layout: x, y and the rest as in `conv2d.assembly.ts`; V and M are `[36 points, channels, batch]`.
 */
import { convolve, Conv2dShape } from './conv2d.assembly';
import { convolveWeightGrad, Conv2dWeightGradShape } from './conv2d-weight-grad.assembly';
import {
  side,
  transformInput3x3,
  transformInputGrad3x3,
  transformOutput3x3,
  transformOutputGrad3x3,
  Winograd3x3Tiles,
} from './winograd3x3-tiles.assembly';

/** Channels of x that meet all of dy at a time, so that they stay in the first cache. */
const block: usize = 8;

@unmanaged
export class Conv2dWinograd3x3Arguments {
  /** x, transformed to V. */
  x: Winograd3x3Tiles;
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
  y: Winograd3x3Tiles;
  padTop: isize;
  padLeft: isize;
}

/** y from x. */
export function conv2dWinograd3x3(args: Conv2dWinograd3x3Arguments): void {
  const outHeight = args.y.height;
  const outWidth = args.y.width;
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformInput3x3(args.x, i - args.padTop, j - args.padLeft, 0);
      multiplyPoints(args.convolution, args.x, args.weight, args.weightPoint, args.zeros, args.y);
      transformOutput3x3(args.y, i, j, args.bias, args.zeros);
    }
  }
}

@unmanaged
export class Conv2dWinograd3x3InputGradArguments {
  /** dy, transformed to dM. */
  dy: Winograd3x3Tiles;
  /** U, `weightPoint` bytes for each point, with inputs for outputs. */
  weight: usize;
  weightPoint: usize;
  /** A zero for each channel of x. */
  zeros: usize;
  /** dM and U to dV at one point: inputs for outputs. */
  convolution: Conv2dShape;
  /** dx, transformed from dV. */
  dx: Winograd3x3Tiles;
  padTop: isize;
  padLeft: isize;
}

/** dx from dy, each step the transpose of {@link conv2dWinograd3x3}'s: 6×6 entries of dx collect from a tile of dy. */
export function conv2dWinograd3x3InputGrad(args: Conv2dWinograd3x3InputGradArguments): void {
  const outHeight = args.dy.height;
  const outWidth = args.dy.width;
  memory.fill(args.dx.image, 0, <usize>(args.dx.height * args.dx.width) * args.dx.pixel);
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformOutputGrad3x3(args.dy, i, j, 0);
      multiplyPoints(args.convolution, args.dy, args.weight, args.weightPoint, args.zeros, args.dx);
      transformInputGrad3x3(args.dx, i - args.padTop, j - args.padLeft);
    }
  }
}

/** `to` = `from` ⊙ U at each of the 36 points, summed over the channels of `from`. */
function multiplyPoints(
  convolution: Conv2dShape,
  from: Winograd3x3Tiles,
  weight: usize,
  weightPoint: usize,
  zeros: usize,
  to: Winograd3x3Tiles,
): void {
  let v = from.points;
  let m = to.points;
  for (let point: usize = 0; point < side * side; point++) {
    convolve(convolution, v, weight, zeros, m);
    v += from.pointStride;
    m += to.pointStride;
    weight += weightPoint;
  }
}

@unmanaged
export class Conv2dWinograd3x3WeightGradArguments {
  /** x, transformed to V of all tiles, `[36 points, tiles]`, `vTile` bytes each. */
  x: Winograd3x3Tiles;
  vTile: usize;
  /** dy, transformed to dM of all tiles, `[36 points, tiles]`, `dmTile` bytes each. */
  dy: Winograd3x3Tiles;
  dmTile: usize;
  /** V and dM to dU for a block of input channels at one point; a column of its image is a tile. */
  convolution: Conv2dWeightGradShape;
  batchStride: usize;
  inChannels: usize;
  outChannels: usize;
  /** `[36 points, inChannels / 8, outChannels, 8]`, `weightPoint` bytes for each point. */
  dU: usize;
  weightPoint: usize;
  padTop: isize;
  padLeft: isize;
}

/** dU = V ⊙ dM summed over all tiles and images; `weightTransformGrad3x3` makes dWeight of it. */
export function conv2dWinograd3x3WeightGrad(args: Conv2dWinograd3x3WeightGradArguments): void {
  const outHeight = args.dy.height;
  const outWidth = args.dy.width;
  let tile: usize = 0;
  for (let i: isize = 0; i < outHeight; i += 4) {
    for (let j: isize = 0; j < outWidth; j += 4) {
      transformInput3x3(args.x, i - args.padTop, j - args.padLeft, tile * args.vTile);
      transformOutputGrad3x3(args.dy, i, j, tile * args.dmTile);
      tile++;
    }
  }
  const inChannels = args.inChannels;
  for (let point: usize = 0; point < side * side; point++) {
    const v = args.x.points + point * args.x.pointStride;
    const dm = args.dy.points + point * args.dy.pointStride;
    const dU = args.dU + point * args.weightPoint;
    for (let c: usize = 0; c < inChannels; c += block) {
      const count = min(block, inChannels - c);
      convolveWeightGrad(args.convolution, 1, count, v + c * args.batchStride, dm, dU + ((c * args.outChannels) << 2));
    }
  }
}
