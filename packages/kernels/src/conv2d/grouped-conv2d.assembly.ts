/**
 * Convolution with groups and dilation in vectors.
 *
 *   y[i, j, o, n]        = bias[o] + Σ_{p, q, c} x[i·s + p·d, j·s' + q·d', first(o) + c, n] · weight[o, c, p, q]
 *   dWeight[o, c, p, q]  = Σ_{i, j, n} dy[i, j, o, n] · x[i·s + p·d, j·s' + q·d', first(o) + c, n]
 *
 * with first(o) the first input channel of o's group. Layouts are those of `conv2d.assembly.ts`. The taps of a window are no
 * neighbors here, so a table says how far each lies from the window's corner. Near the borders of the image, windows have other
 * taps than inside: they are convolved apart, with a shorter table, and x needs no padding.
 *
 * Where a group has several outputs, a *register tile* is two of them by four vectors, as in the plain convolution. A depthwise
 * convolution has one output in each group: its tile is one output by four vectors.
 */
import { fma, splat, storePart, sumsOfLanes } from '../assembly/vector.assembly';
import { Conv2dWeightGradShape, convolveWeightGrad } from './weight-sums.assembly';

/** Distances are in bytes. Pixels written by one call meet the same taps: `grouped-conv2d.simd.ts` divides the image so. */
@unmanaged
export class GroupedConv2dArguments {
  /** Bytes of one entry of all images: 4 · batch. */
  batchStride: usize;
  /** How many rows and columns of y are written. */
  outHeight: usize;
  outWidth: usize;
  groups: usize;
  /** The outputs of one group. */
  groupOutputs: usize;
  /** For each tap of a group, u32: from a window's corner to what it reads, and four times its number among all taps. */
  taps: usize;
  tapCount: usize;
  /** Between the corners of windows i and i + 1. */
  xRow: usize;
  /** Between the corners of windows j and j + 1. */
  xPixel: usize;
  xGroup: usize;
  yRow: usize;
  yPixel: usize;
  /** The packed weights of two outputs, or of one that is left over. */
  pairBytes: usize;
  singleBytes: usize;
  x: usize;
  /** Group by group, pairs of outputs, then an odd one left over; tap by tap, a pair's weights of a tap side by side. */
  weight: usize;
  /** `[groups · groupOutputs]` */
  bias: usize;
  y: usize;
}

/** y from x: `torch.nn.functional.conv2d` with `groups` and `dilation`, at the pixels that meet these taps. */
export function groupedConv2d(args: GroupedConv2dArguments): void {
  const batchStride = args.batchStride;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const groups = args.groups;
  const groupOutputs = args.groupOutputs;
  const taps = args.taps;
  const tapsEnd = taps + (args.tapCount << 3);
  const xGroup = args.xGroup;
  const pairBytes = args.pairBytes;
  const singleBytes = args.singleBytes;
  for (let image: usize = 0; image < batchStride; image += 64) {
    for (let i: usize = 0; i < outHeight; i++) {
      for (let j: usize = 0; j < outWidth; j++) {
        let corner = args.x + i * args.xRow + j * args.xPixel + image;
        let out = args.y + i * args.yRow + j * args.yPixel + image;
        let w = args.weight;
        let bias = args.bias;
        for (let group: usize = 0; group < groups; group++) {
          let o: usize = 0;
          for (; o + 2 <= groupOutputs; o += 2) {
            let a0 = v128.load32_splat(bias);
            let a1 = a0;
            let a2 = a0;
            let a3 = a0;
            let b0 = v128.load32_splat(bias, 4);
            let b1 = b0;
            let b2 = b0;
            let b3 = b0;
            for (let tap = taps; tap != tapsEnd; tap += 8) {
              const at = corner + load<u32>(tap);
              const from = w + (load<u32>(tap, 4) << 1);
              const u = v128.load32_splat(from);
              const v = v128.load32_splat(from, 4);
              let t = v128.load(at);
              a0 = fma(t, u, a0);
              b0 = fma(t, v, b0);
              t = v128.load(at, 16);
              a1 = fma(t, u, a1);
              b1 = fma(t, v, b1);
              t = v128.load(at, 32);
              a2 = fma(t, u, a2);
              b2 = fma(t, v, b2);
              t = v128.load(at, 48);
              a3 = fma(t, u, a3);
              b3 = fma(t, v, b3);
            }
            v128.store(out, a0);
            v128.store(out, a1, 16);
            v128.store(out, a2, 32);
            v128.store(out, a3, 48);
            out += batchStride;
            v128.store(out, b0);
            v128.store(out, b1, 16);
            v128.store(out, b2, 32);
            v128.store(out, b3, 48);
            out += batchStride;
            w += pairBytes;
            bias += 8;
          }
          if (o < groupOutputs) {
            let a0 = v128.load32_splat(bias);
            let a1 = a0;
            let a2 = a0;
            let a3 = a0;
            for (let tap = taps; tap != tapsEnd; tap += 8) {
              const at = corner + load<u32>(tap);
              const u = v128.load32_splat(w + load<u32>(tap, 4));
              a0 = fma(v128.load(at), u, a0);
              a1 = fma(v128.load(at, 16), u, a1);
              a2 = fma(v128.load(at, 32), u, a2);
              a3 = fma(v128.load(at, 48), u, a3);
            }
            v128.store(out, a0);
            v128.store(out, a1, 16);
            v128.store(out, a2, 32);
            v128.store(out, a3, 48);
            out += batchStride;
            w += singleBytes;
            bias += 4;
          }
          corner += xGroup;
        }
      }
    }
  }
}

@unmanaged
export class GroupedConv2dWeightGradArguments extends Conv2dWeightGradShape {
  outHeight: usize;
  /** Taps of one group. */
  tapCount: usize;
  groups: usize;
  /** Bytes in x between the first channels of two groups. */
  xGroup: usize;
  /** `[height, width, inChannels, batch]`, padded, in the order that `taps`, `xPixel`, `xRow` and `xGroup` say. */
  x: usize;
  /** `[outHeight, outWidth, groups · outChannels, batch]`, in the order that `dyPixel` and `dyChannel` say. */
  dy: usize;
  /** `[groups · outChannels, tapCount]` */
  dWeight: usize;
}

/** dWeight from x and dy, group by group; `outChannels` is the number of outputs of one group. */
export function groupedConv2dWeightGrad(args: GroupedConv2dWeightGradArguments): void {
  const outChannels = args.outChannels;
  let x = args.x;
  let dy = args.dy;
  let dWeight = args.dWeight;
  for (let group: usize = 0; group < args.groups; group++) {
    if (outChannels == 1) weightGradOfOneOutput(args, x, dy, dWeight);
    else convolveWeightGrad(args, args.outHeight, args.tapCount, x, dy, dWeight);
    x += args.xGroup;
    dy += outChannels * args.dyChannel;
    dWeight += (outChannels * args.tapCount) << 2;
  }
}

/** One output of a depthwise convolution. A register tile is three taps by two vectors: the row of a 3×3 kernel. */
function weightGradOfOneOutput(args: GroupedConv2dWeightGradArguments, x: usize, dy: usize, dWeight: usize): void {
  const batchStride = args.batchStride;
  const outHeight = args.outHeight;
  const tapCount = args.tapCount;
  const taps = args.taps;
  const xPixel = args.xPixel;
  const dyPixel = args.dyPixel;
  const dyRow = args.outWidth * dyPixel;
  for (let k: usize = 0; k < tapCount; k += 3) {
    const left = min<usize>(3, tapCount - k);
    // Taps that are not there are the first once more, and not stored.
    const first = load<u32>(taps + (k << 2));
    const tap1 = left > 1 ? load<u32>(taps + (k << 2), 4) - first : 0;
    const tap2 = left > 2 ? load<u32>(taps + (k << 2), 8) - first : 0;
    let a0 = splat(0);
    let a1 = a0;
    let a2 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    for (let i: usize = 0; i < outHeight; i++) {
      for (let image: usize = 0; image < batchStride; image += 32) {
        let xAt = x + first + i * args.xRow + image;
        let dyAt = dy + i * dyRow + image;
        const end = dyAt + dyRow;
        do {
          const u = v128.load(dyAt);
          const v = v128.load(dyAt, 16);
          a0 = fma(v128.load(xAt), u, a0);
          b0 = fma(v128.load(xAt, 16), v, b0);
          a1 = fma(v128.load(xAt + tap1), u, a1);
          b1 = fma(v128.load(xAt + tap1, 16), v, b1);
          a2 = fma(v128.load(xAt + tap2), u, a2);
          b2 = fma(v128.load(xAt + tap2, 16), v, b2);
          xAt += xPixel;
          dyAt += dyPixel;
        } while (dyAt != end);
      }
    }
    a0 = f32x4.add(a0, b0);
    storePart(dWeight + (k << 2), sumsOfLanes(a0, f32x4.add(a1, b1), f32x4.add(a2, b2), a0), left);
  }
}
