/**
 * The gradients of a convolution's parameters in vectors.
 *
 *   dWeight[o, c, p, q] = Σ_{i, j, n} dy[i, j, o, n] · x[i·s + p, j·s' + q, c, n]      (PyTorch's `conv2d_weight`)
 *   dBias[o]            = Σ_{i, j, n} dy[i, j, o, n]
 *
 * Sums have one lane for each image (`weight-sums.assembly.ts`), or lanes are neighboring numbers (`weight-products.assembly.ts`).
 */
import { splat, sumsOfLanes } from '../assembly/vector.assembly';
import { addWeightProducts } from './weight-products.assembly';
import { Conv2dWeightGradShape, convolveWeightGrad } from './weight-sums.assembly';

@unmanaged
export class Conv2dWeightGradArguments extends Conv2dWeightGradShape {
  outHeight: usize;
  tapCount: usize;
  /** `[height, width, inChannels, batch]`, padded, in the order that `taps`, `xPixel` and `xRow` say. */
  x: usize;
  /** `[outHeight, outWidth, outChannels, batch]`, in the order that `dyPixel` and `dyChannel` say. */
  dy: usize;
  /** `[outChannels, tapCount]` */
  dWeight: usize;
}

/** dWeight from x and dy. */
export function conv2dWeightGrad(args: Conv2dWeightGradArguments): void {
  convolveWeightGrad(args, args.outHeight, args.tapCount, args.x, args.dy, args.dWeight);
}

@unmanaged
export class BiasGradArguments {
  /** `[pixels, channels, batch]`, in the order that the strides say. */
  dy: usize;
  /** `[channels]` */
  dBias: usize;
  batchStride: usize;
  pixels: usize;
  channels: usize;
  pixelStride: usize;
  channelStride: usize;
}

/** dBias[o] = Σ_{k, n} dy[k, o, n]: the sum of dy over all pixels and images. */
export function biasGrad(args: BiasGradArguments): void {
  const dy = args.dy;
  const dBias = args.dBias;
  const batchStride = args.batchStride;
  const pixels = args.pixels;
  const channels = args.channels;
  const pixelStride = args.pixelStride;
  const channelStride = args.channelStride;
  for (let o: usize = 0; o < channels; o++) {
    let a0 = splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (let image: usize = 0; image < batchStride; image += 64) {
      let at = dy + o * channelStride + image;
      // Eight images have no more.
      if (batchStride == 32) {
        for (let k: usize = 0; k < pixels; k++, at += pixelStride) {
          a0 = f32x4.add(a0, v128.load(at));
          a1 = f32x4.add(a1, v128.load(at, 16));
        }
        break;
      }
      for (let k: usize = 0; k < pixels; k++) {
        a0 = f32x4.add(a0, v128.load(at));
        a1 = f32x4.add(a1, v128.load(at, 16));
        a2 = f32x4.add(a2, v128.load(at, 32));
        a3 = f32x4.add(a3, v128.load(at, 48));
        at += pixelStride;
      }
    }
    const sum = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
    store<f32>(dBias + (o << 2), f32x4.extract_lane(sumsOfLanes(sum, sum, sum, sum), 0));
  }
}

@unmanaged
export class Conv2dRunWeightGradArguments {
  /** x image by image, `[batch, inHeight, width, inChannels]`, with columns of padding, `xImage` bytes for each image. */
  x: usize;
  xImage: usize;
  /** Bytes in x between the corners of windows j and j + 1. */
  xPixel: usize;
  /** Bytes between two rows of x. */
  row: usize;
  inHeight: isize;
  strideHeight: isize;
  padTop: isize;
  /** `[outHeight, outWidth, outChannels, batch]` */
  dy: usize;
  batchStride: usize;
  outHeight: isize;
  outWidth: usize;
  outChannels: usize;
  kernelHeight: isize;
  /** Neighboring numbers of x under a row of the kernel: kernelWidth · inChannels. */
  run: usize;
  /** `[outChannels, kernelHeight, run]`: rows of `sumsRow` bytes, which come in fours, `runBytes` for each row of the kernel. */
  sums: usize;
  sumsRow: usize;
  runBytes: usize;
}

/**
 * dWeight where many numbers are neighbors under a row of the kernel: they are the lanes. It goes row by row of dy, and leaves out the
 * rows of the kernel that lie in the padding.
 */
export function conv2dRunWeightGrad(args: Conv2dRunWeightGradArguments): void {
  const dyPixel = args.outChannels * args.batchStride;
  memory.fill(args.sums, 0, ((args.outChannels + 3) & ~3) * args.sumsRow);
  for (let i: isize = 0; i < args.outHeight; i++) {
    const h = i * args.strideHeight - args.padTop;
    const end = min(args.kernelHeight, args.inHeight - h);
    for (let p = max<isize>(0, -h); p < end; p++) {
      addWeightProducts(
        args.x + <usize>(h + p) * args.row,
        args.xImage,
        args.xPixel,
        args.dy + <usize>i * args.outWidth * dyPixel,
        args.batchStride,
        dyPixel,
        args.batchStride,
        args.outWidth,
        args.outChannels,
        args.sums + <usize>p * args.runBytes,
        args.sumsRow,
        args.run,
      );
    }
  }
}
