/**
 * The gradients of a convolution's parameters in vectors.
 *
 *   dWeight[o, c, p, q] = Σ_{i, j, n} dy[i, j, o, n] · x[i·s + p, j·s' + q, c, n]      (PyTorch's `conv2d_weight`)
 *   dBias[o]            = Σ_{i, j, n} dy[i, j, o, n]
 *
 * A *register tile* of two outputs by four taps keeps eight sums, one lane for each image, while it runs over all outputs of
 * the image. Lanes are added up at its end.
 */
import { fma, splat, sumsOfLanes } from '../assembly/vector.assembly';
import { addWeightProducts } from './weight-products.assembly';

/** Distances are in bytes, since x and dy may be copies in another layout (`copyImage`). */
@unmanaged
export class Conv2dWeightGradShape {
  /** Bytes of one entry of all images: 4 · batch. */
  batchStride: usize;
  outWidth: usize;
  outChannels: usize;
  /** For each tap the distance from a window's corner to what it reads, u32, in the order of the weights in dWeight. */
  taps: usize;
  /** Bytes in x between the corners of windows j and j + 1. */
  xPixel: usize;
  /** Bytes in x between the corners of windows i and i + 1. */
  xRow: usize;
  dyPixel: usize;
  dyChannel: usize;
}

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

/** The same for other kernels, which need the gradient of many arrays of one shape. */
export function convolveWeightGrad(
  shape: Conv2dWeightGradShape,
  outHeight: usize,
  tapCount: usize,
  x: usize,
  dy: usize,
  dWeight: usize,
): void {
  const batchStride = shape.batchStride;
  const outChannels = shape.outChannels;
  const taps = shape.taps;
  const xPixel = shape.xPixel;
  const xRow = shape.xRow;
  const dyPixel = shape.dyPixel;
  const dyChannel = shape.dyChannel;
  const dyRow = shape.outWidth * dyPixel;
  for (let o: usize = 0; o < outChannels; o += 2) {
    const paired = o + 1 < outChannels;
    const pair = paired ? dyChannel : 0;
    const dyOfPair = dy + o * dyChannel;
    const out = dWeight + ((o * tapCount) << 2);
    let k: usize = 0;
    for (; k + 4 <= tapCount; k += 4) {
      let a0 = splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      const tap = taps + (k << 2);
      const first = load<u32>(tap);
      const tap1 = load<u32>(tap, 4) - first;
      const tap2 = load<u32>(tap, 8) - first;
      const tap3 = load<u32>(tap, 12) - first;
      for (let i: usize = 0; i < outHeight; i++) {
        for (let image: usize = 0; image < batchStride; image += 16) {
          let xAt = x + first + i * xRow + image;
          let dyAt = dyOfPair + i * dyRow + image;
          const end = dyAt + dyRow;
          do {
            const u = v128.load(dyAt);
            const v = v128.load(dyAt + pair);
            let t = v128.load(xAt);
            a0 = fma(t, u, a0);
            b0 = fma(t, v, b0);
            t = v128.load(xAt + tap1);
            a1 = fma(t, u, a1);
            b1 = fma(t, v, b1);
            t = v128.load(xAt + tap2);
            a2 = fma(t, u, a2);
            b2 = fma(t, v, b2);
            t = v128.load(xAt + tap3);
            a3 = fma(t, u, a3);
            b3 = fma(t, v, b3);
            xAt += xPixel;
            dyAt += dyPixel;
          } while (dyAt != end);
        }
      }
      v128.store(out + (k << 2), sumsOfLanes(a0, a1, a2, a3));
      if (paired) v128.store(out + ((tapCount + k) << 2), sumsOfLanes(b0, b1, b2, b3));
    }
    // Up to three taps are left, each a tile of its own: two outputs by two vectors of images.
    for (; k < tapCount; k++) {
      let a0 = splat(0);
      let a1 = a0;
      let b0 = a0;
      let b1 = a0;
      const first = load<u32>(taps + (k << 2));
      for (let i: usize = 0; i < outHeight; i++) {
        for (let image: usize = 0; image < batchStride; image += 32) {
          let xAt = x + first + i * xRow + image;
          let dyAt = dyOfPair + i * dyRow + image;
          const end = dyAt + dyRow;
          do {
            let t = v128.load(xAt);
            a0 = fma(t, v128.load(dyAt), a0);
            b0 = fma(t, v128.load(dyAt + pair), b0);
            t = v128.load(xAt, 16);
            a1 = fma(t, v128.load(dyAt, 16), a1);
            b1 = fma(t, v128.load(dyAt + pair, 16), b1);
            xAt += xPixel;
            dyAt += dyPixel;
          } while (dyAt != end);
        }
      }
      const sums = sumsOfLanes(f32x4.add(a0, a1), f32x4.add(b0, b1), a0, b0);
      store<f32>(out + (k << 2), f32x4.extract_lane(sums, 0));
      if (paired) store<f32>(out + ((tapCount + k) << 2), f32x4.extract_lane(sums, 1));
    }
  }
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
