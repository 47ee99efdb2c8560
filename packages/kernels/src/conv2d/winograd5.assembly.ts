/**
 * Convolutions of five columns and stride one by Winograd F(4, 5): four neighboring outputs of a row at a time, by 8 products
 * where the sum has 20. `winograd.assembly.ts` derives it; `algorithm.ts` says where it pays.
 *
 * Only columns are transformed. A *block* is four neighboring columns of y, j to j + 3, with the eight columns of x that they
 * read, w to w + 7 for w = j − left. For every block, at each point k (numbered from 0) and in every row:
 *
 *   V[k, r, c, n] = Σ_q  Bᵀ[k, q] · x[r − top, w + q, c, n],  q = 0 … 7    input transform; x is zero outside of the image
 *   M[k, i, o, n] = Σ_{p, c} V[k, i + p, c, n] · U[k, o, c, p]             a convolution along the rows
 *   y[i, j + t, o, n] = Σ_k Aᵀ[t, k] · M[k, i, o, n],  t = 0 … 3           output transform; columns past the last are dropped
 *
 * with U[k, o, c, p] = Σ_q G[k, q] · weight[o, c, p, q], q = 0 … 4, which the caller makes before the first block.
 *
 * The convolution at a point is done by the kernels of `conv2d.assembly.ts`. For them V is an image of one row whose columns are
 * the rows r, since neighboring columns are what they run over in one loop. A bias is added once, at point 1. There a₁ = 1, so
 * its column of Aᵀ is all ones: every output gets the bias.
 *
 * Layout: x, y and the rest as in `conv2d.assembly.ts`. V and M are `[8 points, rows, channels, batch]` and hold one block, which
 * the next one overwrites. The gradient of the weights has several blocks at a time: `[8 points, blocks, rows, channels, batch]`.
 */
import { convolve, convolveInputGrad, Conv2dInputGradShape, Conv2dShape } from './conv2d.assembly';
import { convolveWeightGrad, Conv2dWeightGradShape } from './weight-sums.assembly';
import {
  transformInput5,
  transformInputGrad5,
  transformOutput5,
  transformOutputGrad5,
  Winograd5Columns,
  winograd5Points,
} from './winograd5-columns.assembly';

@unmanaged
export class Conv2dWinograd5Arguments {
  /** x; its points are the rows of `v` that belong to rows of x: those behind the padding at the top. */
  x: Winograd5Columns;
  /** V, `[8 points, outHeight + kernelHeight − 1, inChannels, batch]`. Rows above and below the image stay zero. */
  v: usize;
  /** U, `weightPoint` bytes for each point, in the order that `convolve` reads. */
  weight: usize;
  weightPoint: usize;
  /** `[outChannels]` */
  bias: usize;
  /** A zero for each output channel: what is added at the points other than 1. */
  zeros: usize;
  /** Sizes of the convolution of V by U to M at one point. */
  convolution: Conv2dShape;
  /** y; its points are M. */
  y: Winograd5Columns;
  /** Columns of zeros to the left of the image. */
  padLeft: isize;
}

/** y from x. */
export function conv2dWinograd5(args: Conv2dWinograd5Arguments): void {
  const outWidth = args.y.width;
  for (let j: isize = 0; j < outWidth; j += 4) {
    transformInput5(args.x, j - args.padLeft, 0, 0);
    for (let point: usize = 0; point < winograd5Points; point++) {
      const from = args.v + point * args.x.pointStride;
      const weight = args.weight + point * args.weightPoint;
      convolve(args.convolution, from, weight, point == 1 ? args.bias : args.zeros, args.y.points + point * args.y.pointStride);
    }
    transformOutput5(args.y, j);
  }
}

@unmanaged
export class Conv2dWinograd5InputGradArguments {
  /** dy; its points are dM, `[8 points, outHeight, outChannels, batch]`. */
  dy: Winograd5Columns;
  /** U, `weightPoint` bytes for each point, in the order that `convolveInputGrad` reads. */
  weight: usize;
  weightPoint: usize;
  /** Sizes of the gradient from dM and U to dV at one point. It knows the padding, so dV has rows of the image alone. */
  convolution: Conv2dInputGradShape;
  /** dx; its points are dV, `[8 points, inHeight, inChannels, batch]`. */
  dx: Winograd5Columns;
  /** Columns of zeros to the left of the image. */
  padLeft: isize;
}

/**
 * dx from dy, each step the transpose of {@link conv2dWinograd5}'s. A block adds to its eight columns of dx, which it shares with
 * its neighbors, so dx begins as zeros.
 */
export function conv2dWinograd5InputGrad(args: Conv2dWinograd5InputGradArguments): void {
  const outWidth = args.dy.width;
  memory.fill(args.dx.image, 0, <usize>(args.dx.height * args.dx.width) * args.dx.pixel);
  for (let j: isize = 0; j < outWidth; j += 4) {
    transformOutputGrad5(args.dy, j, 0);
    for (let point: usize = 0; point < winograd5Points; point++) {
      const from = args.dy.points + point * args.dy.pointStride;
      const weight = args.weight + point * args.weightPoint;
      convolveInputGrad(args.convolution, from, weight, args.dx.points + point * args.dx.pointStride);
    }
    transformInputGrad5(args.dx, j - args.padLeft);
  }
}

@unmanaged
export class Conv2dWinograd5WeightGradArguments {
  /** x; its points are the rows of `v` behind the padding at the top, in the first block. */
  x: Winograd5Columns;
  /** V of up to `blocks` blocks, `vBlock` bytes each. Rows above and below the image stay zero. */
  v: usize;
  vBlock: usize;
  /** dy; its points are dM of as many blocks, `dyBlock` bytes each. */
  dy: Winograd5Columns;
  dyBlock: usize;
  /** The most blocks that are transformed before their products are added up: they fit into half of the L2 cache. */
  blocks: isize;
  /** Sizes of the gradient from V and dM to dU at one point, on an image whose rows are the blocks. */
  convolution: Conv2dWeightGradShape;
  /** kernelHeight · inChannels */
  tapCount: usize;
  /** dU, `[8 points, outChannels, kernelHeight, inChannels]`, `weightPoint` bytes for each point. */
  dU: usize;
  weightPoint: usize;
  /** Scratch like dU: the sum over the blocks that were transformed last. */
  part: usize;
  /** Columns of zeros to the left of the image. */
  padLeft: isize;
}

/**
 * dU[k, o, p, c] = Σ V[k, i + p, c, n] · dM[k, i, o, n] over blocks, rows i and images n. The caller makes dWeight of it by
 * `weightTransformGrad5`.
 *
 * Blocks are transformed several at a time, since the kernel at a point adds up its lanes once for all blocks that it is given.
 */
export function conv2dWinograd5WeightGrad(args: Conv2dWinograd5WeightGradArguments): void {
  const allBlocks = (args.dy.width + 3) >> 2;
  const weightPoint = args.weightPoint;
  for (let from: isize = 0; from < allBlocks; from += args.blocks) {
    const count = min(args.blocks, allBlocks - from);
    for (let block: isize = 0; block < count; block++) {
      const j = (from + block) << 2;
      transformInput5(args.x, j - args.padLeft, 0, <usize>block * args.vBlock);
      transformOutputGrad5(args.dy, j, <usize>block * args.dyBlock);
    }
    const to = from == 0 ? args.dU : args.part;
    for (let point: usize = 0; point < winograd5Points; point++) {
      const v = args.v + point * args.x.pointStride;
      const dm = args.dy.points + point * args.dy.pointStride;
      convolveWeightGrad(args.convolution, <usize>count, args.tapCount, v, dm, to + point * weightPoint);
    }
    if (from == 0) continue;
    const sum = args.dU;
    const part = args.part;
    for (let k: usize = 0; k < winograd5Points * weightPoint; k += 16) {
      v128.store(sum + k, f32x4.add(v128.load(sum + k), v128.load(part + k)));
    }
  }
}
