/**
 * Products of x and dy summed over images and pixels, lanes being neighboring numbers of one image of x: channels, or the taps under a
 * row of the kernel. Nothing is summed across lanes, and what is loaded side by side is added side by side, which is the shape that
 * engines with wider vectors turn into them.
 *
 *   sums[o, k] += Σ_{j, n} dy[j, o, n] · x[j, n, k],   k = 0 … numbers − 1
 */
import { fma, storeFour, storePair } from '../assembly/vector.assembly';

/**
 * Adds to `sums`, whose rows come in fours: behind those of the outputs there is room up to the next multiple. Up to three numbers
 * behind the last of x are read, and sums behind the last of a row are written.
 *
 * @param xImage bytes between two images of x
 * @param xPixel bytes in x between what neighboring pixels of dy meet
 * @param dyPixel bytes between two pixels of dy
 * @param dyChannel bytes between two channels of dy
 * @param sumsRow bytes between the sums of two outputs
 */
export function addWeightProducts(
  x: usize,
  xImage: usize,
  xPixel: usize,
  dy: usize,
  batchStride: usize,
  dyPixel: usize,
  dyChannel: usize,
  pixels: usize,
  outChannels: usize,
  sums: usize,
  sumsRow: usize,
  numbers: usize,
): void {
  const bytes = ((numbers + 3) & ~3) << 2;
  const whole = bytes & ~63;
  const eight = bytes - whole >= 32;
  const last = outChannels - 1;
  for (let o: usize = 0; o < outChannels; o += 2) {
    const from = dy + o * dyChannel;
    const to = sums + o * sumsRow;
    // Outputs behind the last are the last once more, and their sums are nobody's.
    const pair = min<usize>(1, last - o) * dyChannel;
    for (let k: usize = 0; k < whole; k += 64) {
      addSixteen(x + k, xImage, xPixel, from, pair, batchStride, pixels, dyPixel, to + k, to + sumsRow + k);
    }
    if (eight && (o & 2) == 0) {
      const third = min<usize>(2, last - o) * dyChannel;
      const fourth = min<usize>(3, last - o) * dyChannel;
      addEight(x + whole, xImage, xPixel, from, pair, third, fourth, batchStride, pixels, dyPixel, to + whole, sumsRow);
    }
    if ((bytes & 16) != 0) {
      const k = bytes - 16;
      addFour(x + k, xImage, xPixel, from, pair, batchStride, pixels, dyPixel, to + k, to + sumsRow + k);
    }
  }
}

/** Sixteen numbers by two outputs. What is there already is added last: sums of sums, which keeps rounding errors small. */
function addSixteen(
  x: usize,
  xImage: usize,
  xPixel: usize,
  dy: usize,
  pair: usize,
  batchStride: usize,
  pixels: usize,
  dyPixel: usize,
  toA: usize,
  toB: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  for (; pixels > 0; pixels--) {
    let from = x;
    let at = dy;
    const end = at + batchStride;
    do {
      const u = v128.load32_splat(at);
      const v = v128.load32_splat(at + pair);
      let t = v128.load(from);
      a0 = fma(t, u, a0);
      b0 = fma(t, v, b0);
      t = v128.load(from, 16);
      a1 = fma(t, u, a1);
      b1 = fma(t, v, b1);
      t = v128.load(from, 32);
      a2 = fma(t, u, a2);
      b2 = fma(t, v, b2);
      t = v128.load(from, 48);
      a3 = fma(t, u, a3);
      b3 = fma(t, v, b3);
      from += xImage;
      at += 4;
    } while (at != end);
    x += xPixel;
    dy += dyPixel;
  }
  a0 = f32x4.add(v128.load(toA), a0);
  a1 = f32x4.add(v128.load(toA, 16), a1);
  a2 = f32x4.add(v128.load(toA, 32), a2);
  a3 = f32x4.add(v128.load(toA, 48), a3);
  b0 = f32x4.add(v128.load(toB), b0);
  b1 = f32x4.add(v128.load(toB, 16), b1);
  b2 = f32x4.add(v128.load(toB, 32), b2);
  b3 = f32x4.add(v128.load(toB, 48), b3);
  storeFour(toA, a0, a1, a2, a3);
  storeFour(toB, b0, b1, b2, b3);
}

/** Eight numbers by four outputs; `second`, `third` and `fourth` are bytes from the first in dy. */
function addEight(
  x: usize,
  xImage: usize,
  xPixel: usize,
  dy: usize,
  second: usize,
  third: usize,
  fourth: usize,
  batchStride: usize,
  pixels: usize,
  dyPixel: usize,
  to: usize,
  toRow: usize,
): void {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  for (; pixels > 0; pixels--) {
    let from = x;
    let at = dy;
    const end = at + batchStride;
    do {
      const s = v128.load(from);
      const t = v128.load(from, 16);
      let u = v128.load32_splat(at);
      a0 = fma(s, u, a0);
      a1 = fma(t, u, a1);
      u = v128.load32_splat(at + second);
      b0 = fma(s, u, b0);
      b1 = fma(t, u, b1);
      u = v128.load32_splat(at + third);
      c0 = fma(s, u, c0);
      c1 = fma(t, u, c1);
      u = v128.load32_splat(at + fourth);
      d0 = fma(s, u, d0);
      d1 = fma(t, u, d1);
      from += xImage;
      at += 4;
    } while (at != end);
    x += xPixel;
    dy += dyPixel;
  }
  addPair(to, a0, a1);
  addPair((to += toRow), b0, b1);
  addPair((to += toRow), c0, c1);
  addPair(to + toRow, d0, d1);
}

/** Both are loaded before the first is stored, so that they can be one. */
@inline
function addPair(to: usize, first: v128, second: v128): void {
  const a = f32x4.add(v128.load(to), first);
  const b = f32x4.add(v128.load(to, 16), second);
  storePair(to, a, b);
}

/** Four numbers by two outputs, images in turns in two sums. */
function addFour(
  x: usize,
  xImage: usize,
  xPixel: usize,
  dy: usize,
  pair: usize,
  batchStride: usize,
  pixels: usize,
  dyPixel: usize,
  toA: usize,
  toB: usize,
): void {
  let a0 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b1 = a1;
  for (; pixels > 0; pixels--) {
    let from = x;
    let at = dy;
    const end = at + batchStride;
    do {
      let t = v128.load(from);
      a0 = fma(t, v128.load32_splat(at), a0);
      b0 = fma(t, v128.load32_splat(at + pair), b0);
      t = v128.load(from + xImage);
      a1 = fma(t, v128.load32_splat(at, 4), a1);
      b1 = fma(t, v128.load32_splat(at + pair, 4), b1);
      from += 2 * xImage;
      at += 8;
    } while (at != end);
    x += xPixel;
    dy += dyPixel;
  }
  v128.store(toA, f32x4.add(v128.load(toA), f32x4.add(a0, a1)));
  v128.store(toB, f32x4.add(v128.load(toB), f32x4.add(b0, b1)));
}
