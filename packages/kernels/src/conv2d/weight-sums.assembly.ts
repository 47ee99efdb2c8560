/**
 * Products of x and dy summed over images and pixels, one lane for each image:
 *
 *   dWeight[o, k] = Σ_{i, j, n} dy[i, j, o, n] · x[i·s + p, j·s' + q, c, n]      for the tap k = (c, p, q)
 *
 * A *register tile* of two outputs by four taps keeps eight sums while it runs over all outputs of the image, lanes are added up at its
 * end. With wide vectors it is two outputs by five taps.
 */
import { fma, splat, storePair, storeUpTo4, sumsOfLanes, zeros } from '../assembly/vector.assembly';

/** Pixels of dy in a band of rows. */
const bandPixels: usize = 160;
/** Bytes of the sums of one output: five taps by two vectors. */
const sumsOfOutput: usize = 160;

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
  /** Scratch: twenty vectors. */
  sums: usize;
  /** 1: for an engine that makes a wide vector of two. */
  wide: usize;
}

/** dWeight of one array, `[outChannels, tapCount]`: for kernels that need the gradient of many arrays of one shape, too. */
export function convolveWeightGrad(
  shape: Conv2dWeightGradShape,
  outHeight: usize,
  tapCount: usize,
  x: usize,
  dy: usize,
  dWeight: usize,
): void {
  const outChannels = shape.outChannels;
  const dyChannel = shape.dyChannel;
  for (let o: usize = 0; o < outChannels; o += 2) {
    // An odd output left over is paired with itself.
    const pair = o + 1 < outChannels ? dyChannel : 0;
    const out = dWeight + ((o * tapCount) << 2);
    if (shape.wide != 0) weightGradOfPairWide(shape, outHeight, tapCount, x, dy + o * dyChannel, pair, out);
    else weightGradOfPair(shape, outHeight, tapCount, x, dy + o * dyChannel, pair, out);
  }
}

/**
 * Two outputs, four taps at a time. Images 0 to 3 and 8 to 11 are added up first, then the others, and both sums at last: that is how wide
 * vectors do.
 */
function weightGradOfPair(
  shape: Conv2dWeightGradShape,
  outHeight: usize,
  tapCount: usize,
  x: usize,
  dy: usize,
  pair: usize,
  out: usize,
): void {
  const batchStride = shape.batchStride;
  const taps = shape.taps;
  const xPixel = shape.xPixel;
  const xRow = shape.xRow;
  const dyPixel = shape.dyPixel;
  const dyRow = shape.outWidth * dyPixel;
  const sums = shape.sums;
  // Rows whose numbers the first cache has still when the other half of the images comes.
  const band = max<usize>(1, bandPixels / shape.outWidth);
  let k: usize = 0;
  for (; k + 4 <= tapCount; k += 4) {
    const tap = taps + (k << 2);
    const first = load<u32>(tap);
    const tap1 = load<u32>(tap, 4) - first;
    const tap2 = load<u32>(tap, 8) - first;
    const tap3 = load<u32>(tap, 12) - first;
    for (let from: usize = 0; from < outHeight; from += band) {
      const end = min(outHeight, from + band);
      for (let half: usize = 0; half < 32; half += 16) {
        const to = sums + half;
        let a0 = splat(0);
        let a1 = a0;
        let a2 = a0;
        let a3 = a0;
        let b0 = a0;
        let b1 = a0;
        let b2 = a0;
        let b3 = a0;
        if (from > 0) {
          a0 = v128.load(to);
          a1 = v128.load(to, 32);
          a2 = v128.load(to, 64);
          a3 = v128.load(to, 96);
          b0 = v128.load(to, sumsOfOutput);
          b1 = v128.load(to, sumsOfOutput + 32);
          b2 = v128.load(to, sumsOfOutput + 64);
          b3 = v128.load(to, sumsOfOutput + 96);
        }
        for (let i = from; i < end; i++) {
          for (let image = half; image < batchStride; image += 32) {
            let xAt = x + first + i * xRow + image;
            let dyAt = dy + i * dyRow + image;
            const dyEnd = dyAt + dyRow;
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
            } while (dyAt != dyEnd);
          }
        }
        v128.store(to, a0);
        v128.store(to, a1, 32);
        v128.store(to, a2, 64);
        v128.store(to, a3, 96);
        v128.store(to, b0, sumsOfOutput);
        v128.store(to, b1, sumsOfOutput + 32);
        v128.store(to, b2, sumsOfOutput + 64);
        v128.store(to, b3, sumsOfOutput + 96);
      }
    }
    storeSums(sums, out + (k << 2), 4);
    if (pair != 0) storeSums(sums + sumsOfOutput, out + ((tapCount + k) << 2), 4);
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
        let dyAt = dy + i * dyRow + image;
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
    const both = sumsOfLanes(f32x4.add(a0, a1), f32x4.add(b0, b1), a0, b0);
    store<f32>(out + (k << 2), f32x4.extract_lane(both, 0));
    if (pair != 0) store<f32>(out + ((tapCount + k) << 2), f32x4.extract_lane(both, 1));
  }
}

/**
 * Two outputs, five taps at a time: ten sums of eight images, for engines that make a wide vector of two. Others run out of registers, with
 * the same bits.
 */
function weightGradOfPairWide(
  shape: Conv2dWeightGradShape,
  outHeight: usize,
  tapCount: usize,
  x: usize,
  dy: usize,
  pair: usize,
  out: usize,
): void {
  const batchStride = shape.batchStride;
  const xPixel = shape.xPixel;
  const xRow = shape.xRow;
  const dyPixel = shape.dyPixel;
  const dyRow = shape.outWidth * dyPixel;
  const sums = shape.sums;
  const last = shape.taps + ((tapCount - 1) << 2);
  for (let k: usize = 0; k < tapCount; k += 5) {
    // Taps behind the last are the last once more, and not stored.
    const tap = shape.taps + (k << 2);
    const first = load<u32>(tap);
    const tap1 = load<u32>(min(tap + 4, last)) - first;
    const tap2 = load<u32>(min(tap + 8, last)) - first;
    const tap3 = load<u32>(min(tap + 12, last)) - first;
    const tap4 = load<u32>(min(tap + 16, last)) - first;
    let a0 = v128.load(zeros);
    let nextA0 = v128.load(zeros, 16);
    let a1 = v128.load(zeros);
    let nextA1 = v128.load(zeros, 16);
    let a2 = v128.load(zeros);
    let nextA2 = v128.load(zeros, 16);
    let a3 = v128.load(zeros);
    let nextA3 = v128.load(zeros, 16);
    let a4 = v128.load(zeros);
    let nextA4 = v128.load(zeros, 16);
    let b0 = v128.load(zeros);
    let nextB0 = v128.load(zeros, 16);
    let b1 = v128.load(zeros);
    let nextB1 = v128.load(zeros, 16);
    let b2 = v128.load(zeros);
    let nextB2 = v128.load(zeros, 16);
    let b3 = v128.load(zeros);
    let nextB3 = v128.load(zeros, 16);
    let b4 = v128.load(zeros);
    let nextB4 = v128.load(zeros, 16);
    for (let i: usize = 0; i < outHeight; i++) {
      for (let image: usize = 0; image < batchStride; image += 32) {
        let xAt = x + first + i * xRow + image;
        let dyAt = dy + i * dyRow + image;
        const end = dyAt + dyRow;
        do {
          const u = v128.load(dyAt);
          const nextU = v128.load(dyAt, 16);
          const v = v128.load(dyAt + pair);
          const nextV = v128.load(dyAt + pair, 16);
          let t = v128.load(xAt);
          let nextT = v128.load(xAt, 16);
          a0 = fma(t, u, a0);
          nextA0 = fma(nextT, nextU, nextA0);
          b0 = fma(t, v, b0);
          nextB0 = fma(nextT, nextV, nextB0);
          t = v128.load(xAt + tap1);
          nextT = v128.load(xAt + tap1, 16);
          a1 = fma(t, u, a1);
          nextA1 = fma(nextT, nextU, nextA1);
          b1 = fma(t, v, b1);
          nextB1 = fma(nextT, nextV, nextB1);
          t = v128.load(xAt + tap2);
          nextT = v128.load(xAt + tap2, 16);
          a2 = fma(t, u, a2);
          nextA2 = fma(nextT, nextU, nextA2);
          b2 = fma(t, v, b2);
          nextB2 = fma(nextT, nextV, nextB2);
          t = v128.load(xAt + tap3);
          nextT = v128.load(xAt + tap3, 16);
          a3 = fma(t, u, a3);
          nextA3 = fma(nextT, nextU, nextA3);
          b3 = fma(t, v, b3);
          nextB3 = fma(nextT, nextV, nextB3);
          t = v128.load(xAt + tap4);
          nextT = v128.load(xAt + tap4, 16);
          a4 = fma(t, u, a4);
          nextA4 = fma(nextT, nextU, nextA4);
          b4 = fma(t, v, b4);
          nextB4 = fma(nextT, nextV, nextB4);
          xAt += xPixel;
          dyAt += dyPixel;
        } while (dyAt != end);
      }
    }
    storePair(sums, a0, nextA0);
    storePair(sums + 32, a1, nextA1);
    storePair(sums + 64, a2, nextA2);
    storePair(sums + 96, a3, nextA3);
    storePair(sums + 128, a4, nextA4);
    storePair(sums + sumsOfOutput, b0, nextB0);
    storePair(sums + (sumsOfOutput + 32), b1, nextB1);
    storePair(sums + (sumsOfOutput + 64), b2, nextB2);
    storePair(sums + (sumsOfOutput + 96), b3, nextB3);
    storePair(sums + (sumsOfOutput + 128), b4, nextB4);
    const count = min<usize>(5, tapCount - k);
    storeSums(sums, out + (k << 2), count);
    if (pair != 0) storeSums(sums + sumsOfOutput, out + ((tapCount + k) << 2), count);
  }
}

/** Adds up the images of one to five taps, two vectors of each, and stores the sums side by side. */
function storeSums(sums: usize, to: usize, count: usize): void {
  const four = sumsOfLanes(sumOfPair(sums), sumOfPair(sums + 32), sumOfPair(sums + 64), sumOfPair(sums + 96));
  storeUpTo4(to, four, min<usize>(4, count));
  if (count < 5) return;
  const fifth = sumOfPair(sums + 128);
  store<f32>(to + 16, f32x4.extract_lane(sumsOfLanes(fifth, fifth, fifth, fifth), 0));
}

/** The sum of two neighboring vectors. */
@inline
function sumOfPair(at: usize): v128 {
  return f32x4.add(v128.load(at), v128.load(at, 16));
}
