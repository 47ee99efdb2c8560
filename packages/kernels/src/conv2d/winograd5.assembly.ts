/**
 * Convolutions of five columns and stride one by Winograd F(4, 5): four neighboring outputs of a row at a time, by 8 products
 * where the sum has 20. `winograd.assembly.ts` has the sources and the formulas.
 *
 *   V[k, h, c, n] = Σ_q  Bᵀ[k, q] · x[h, w + q, c, n]                      input transform, w = j − left
 *   M[k, i, o, n] = Σ_{p, c} V[k, i + p, c, n] · U[k, o, c, p]             at each point k a convolution along the rows
 *   y[i, j + t, o, n] = Σ_k Aᵀ[t, k] · M[k, i, o, n],  t = 0 … 3           output transform
 *
 * with U[k, o, c, p] = Σ_q G[k, q] · weight[o, c, p, q]. Only columns are transformed. What is left at a point is done by the
 * kernels of `conv2d.assembly.ts`, on an image of one row whose columns are the rows of x. A bias is added once, at the
 * point 1, since its row of Aᵀ is all ones: every output gets it.
 *
 * Layout: x, y and the rest as in `conv2d.assembly.ts`; V and M are `[8 points, rows, channels, batch]`.
 */
import { convolve, convolveInputGrad, Conv2dInputGradShape, Conv2dShape } from './conv2d.assembly';
import { convolveWeightGrad, Conv2dWeightGradShape } from './conv2d-weight-grad.assembly';
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
  /** x, transformed to the rows of `v` behind the padding. */
  x: Winograd5Columns;
  /** V, `[8 points, outHeight + kernelHeight − 1, inChannels, batch]`; zero above and below the image. */
  v: usize;
  /** U, `weightPoint` bytes for each point, in the order that `convolve` reads. */
  weight: usize;
  weightPoint: usize;
  /** `[outChannels]` */
  bias: usize;
  /** A zero for each output. */
  zeros: usize;
  /** V and U to M at one point. */
  convolution: Conv2dShape;
  /** y, transformed from M. */
  y: Winograd5Columns;
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
  /** dy, transformed to dM, `[8 points, outHeight, outChannels, batch]`. */
  dy: Winograd5Columns;
  /** U, `weightPoint` bytes for each point, in the order that `convolveInputGrad` reads. */
  weight: usize;
  weightPoint: usize;
  /** dM and U to dV at one point. */
  convolution: Conv2dInputGradShape;
  /** dx, transformed from dV, `[8 points, inHeight, inChannels, batch]`. */
  dx: Winograd5Columns;
  padLeft: isize;
}

/** dx from dy, each step the transpose of {@link conv2dWinograd5}'s: eight columns of dx collect from four of dy. */
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
  /** x, transformed to the rows of `v` behind the padding. */
  x: Winograd5Columns;
  /** V of several blocks of columns, `vBlock` bytes each; zero above and below the image. */
  v: usize;
  vBlock: usize;
  /** dy, transformed to dM of as many blocks. */
  dy: Winograd5Columns;
  dyBlock: usize;
  /** How many blocks are transformed before they meet: as many as fit into half of the second cache. */
  blocks: isize;
  /** V and dM to dU at one point; a row of its image is a block. */
  convolution: Conv2dWeightGradShape;
  /** kernelHeight · inChannels */
  tapCount: usize;
  /** `[8 points, outChannels, kernelHeight, inChannels]`, `weightPoint` bytes for each point. */
  dU: usize;
  weightPoint: usize;
  /** Scratch like dU, for the sum over some of the blocks. */
  part: usize;
  padLeft: isize;
}

/** dU = V ⊙ dM summed over all outputs and images; `weightTransformGrad5` makes dWeight of it. */
export function conv2dWinograd5WeightGrad(args: Conv2dWinograd5WeightGradArguments): void {
  const blocks = (args.dy.width + 3) >> 2;
  const weightPoint = args.weightPoint;
  for (let from: isize = 0; from < blocks; from += args.blocks) {
    const count = min(args.blocks, blocks - from);
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
