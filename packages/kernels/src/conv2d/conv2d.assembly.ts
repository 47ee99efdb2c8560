/**
 * The convolution formulas of `conv2d.ts` in vectors.
 *
 * Memory: a *line* is one entry of all images, `line` bytes long, sixteen images or a multiple; `[row, column, channel]`
 * number the lines. Under one row of a window the taps of all columns and channels are neighbours, so the innermost
 * loop is one pointer that runs over lines while another runs over packed weights.
 *
 * The innermost loops work on a *tile* of two output channels by four vectors: eight sums, four vectors of numbers and
 * two weights fill the fifteen registers that the engine can keep, and eight multiply-adds pay for six loads. They are
 * not unrolled: the engine moves the loads of a loop's body to its top, and would run out of registers.
 *
 * Weights come packed by the caller (`conv2d.simd.ts`), in the order in which they are read.
 */
import { fma, splat, sumsOfLanes } from '../assembly/vector.assembly';

/**
 * y from x. The image is already padded: every window lies inside it.
 *
 * Weights of outputs o and o + 1 lie `pairStep` bytes apart, those of neighbouring taps `tapStep`, and the next pair of
 * outputs begins `blockStep` on. A dense layer is the convolution of an image of one pixel.
 */
export function conv2d(
  x: usize,
  weight: usize,
  bias: usize,
  y: usize,
  batchStride: usize,
  inWidth: usize,
  inChannels: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  tapStep: usize,
  pairStep: usize,
  blockStep: usize,
): void {
  const pixel = inChannels * batchStride;
  const row = inWidth * pixel;
  const run = kernelWidth * pixel;
  for (let image: usize = 0; image < batchStride; image += 64) {
    let out = y + image;
    for (let i: usize = 0; i < outHeight; i++) {
      for (let j: usize = 0; j < outWidth; j++) {
        const corner = x + i * strideHeight * row + j * strideWidth * pixel + image;
        let block = weight;
        for (let o: usize = 0; o < outChannels; o += 2) {
          const paired = o + 1 < outChannels;
          // An odd output left over is paired with itself and stored once.
          const pair = paired ? pairStep : 0;
          let a0 = v128.load32_splat(bias + (o << 2));
          let a1 = a0;
          let a2 = a0;
          let a3 = a0;
          let b0 = v128.load32_splat(bias + (o << 2) + (paired ? 4 : 0));
          let b1 = b0;
          let b2 = b0;
          let b3 = b0;
          let w = block;
          let from = corner;
          for (let p: usize = 0; p < kernelHeight; p++) {
            let at = from;
            const end = at + run;
            do {
              const u = v128.load32_splat(w);
              const v = v128.load32_splat(w + pair);
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
              w += tapStep;
              at += batchStride;
            } while (at != end);
            from += row;
          }
          v128.store(out, a0);
          v128.store(out, a1, 16);
          v128.store(out, a2, 32);
          v128.store(out, a3, 48);
          out += batchStride;
          if (paired) {
            v128.store(out, b0);
            v128.store(out, b1, 16);
            v128.store(out, b2, 32);
            v128.store(out, b3, 48);
            out += batchStride;
          }
          block += blockStep;
        }
      }
    }
  }
}

/**
 * dx from dy: each input collects from the outputs whose windows hold it, row by row of the kernel. Outputs j and j + 1
 * see the input through kernel columns that are `strideWidth` apart, in falling order: weights are packed in that order,
 * one class of columns (those with the same rest by `strideWidth`) after another.
 *
 * Weights of inputs c and c + 1 lie `pairStep` bytes apart, those of neighbouring outputs `tapStep`; the next row of the
 * kernel is `kernelRow` on, the next pair of inputs `blockStep`.
 */
export function conv2dInputGrad(
  dy: usize,
  weight: usize,
  dx: usize,
  batchStride: usize,
  inHeight: isize,
  inWidth: isize,
  inChannels: usize,
  outHeight: isize,
  outWidth: isize,
  outChannels: isize,
  kernelHeight: isize,
  kernelWidth: isize,
  strideHeight: isize,
  strideWidth: isize,
  padTop: isize,
  padLeft: isize,
  tapStep: usize,
  pairStep: usize,
  kernelRow: usize,
  blockStep: usize,
): void {
  const pixel = <usize>outChannels * batchStride;
  const row = <usize>outWidth * pixel;
  for (let image: usize = 0; image < batchStride; image += 64) {
    let out = dx + image;
    for (let h: isize = 0; h < inHeight; h++) {
      const firstRow = firstWindow(h + padTop, kernelHeight, strideHeight);
      const lastRow = min(outHeight - 1, (h + padTop) / strideHeight);
      for (let w: isize = 0; w < inWidth; w++) {
        const first = firstWindow(w + padLeft, kernelWidth, strideWidth);
        const last = min(outWidth - 1, (w + padLeft) / strideWidth);
        const run: usize = last < first ? 0 : <usize>(last - first + 1) * pixel;
        const column: isize = run == 0 ? 0 : placeOfColumn(w + padLeft - first * strideWidth, kernelWidth, strideWidth);
        let block = weight + <usize>(column * outChannels) * tapStep;
        for (let c: usize = 0; c < inChannels; c += 2) {
          const paired = c + 1 < inChannels;
          const pair = paired ? pairStep : 0;
          let a0 = splat(0);
          let a1 = a0;
          let a2 = a0;
          let a3 = a0;
          let b0 = a0;
          let b1 = a0;
          let b2 = a0;
          let b3 = a0;
          if (run != 0) {
            for (let i = firstRow; i <= lastRow; i++) {
              let from = block + <usize>(h + padTop - i * strideHeight) * kernelRow;
              let at = dy + <usize>i * row + <usize>first * pixel + image;
              const end = at + run;
              do {
                const u = v128.load32_splat(from);
                const v = v128.load32_splat(from + pair);
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
                from += tapStep;
                at += batchStride;
              } while (at != end);
            }
          }
          v128.store(out, a0);
          v128.store(out, a1, 16);
          v128.store(out, a2, 32);
          v128.store(out, a3, 48);
          out += batchStride;
          if (paired) {
            v128.store(out, b0);
            v128.store(out, b1, 16);
            v128.store(out, b2, 32);
            v128.store(out, b3, 48);
            out += batchStride;
          }
          block += blockStep;
        }
      }
    }
  }
}

/** The first window that holds a place of the padded image. */
@inline
function firstWindow(place: isize, kernel: isize, stride: isize): isize {
  return place < kernel ? 0 : (place - kernel + stride) / stride;
}

/** Where a kernel column stands among the columns in packed order: by its rest, then falling. */
@inline
function placeOfColumn(column: isize, kernelWidth: isize, strideWidth: isize): isize {
  const rest = column % strideWidth;
  let place: isize = 0;
  for (let r: isize = 0; r < rest; r++) place += (kernelWidth - 1 - r) / strideWidth + 1;
  return place + (kernelWidth - 1 - column) / strideWidth;
}

/**
 * dWeight from x and dy: a tile of two outputs by four taps keeps eight sums, one lane for each image, while it runs over
 * all outputs of the image; the lanes are added up at its end. `taps` holds the distance in bytes from a window's corner
 * to what each tap reads, in the order in which the weights lie in `dWeight`.
 *
 * All distances between pixels, rows and channels are given: the arrays may have been laid out anew by {@link copyImage}.
 */
export function conv2dWeightGrad(
  x: usize,
  dy: usize,
  dWeight: usize,
  taps: usize,
  tapCount: usize,
  batchStride: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  xPixel: usize,
  xRow: usize,
  dyPixel: usize,
  dyChannel: usize,
): void {
  const dyRow = outWidth * dyPixel;
  for (let o: usize = 0; o < outChannels; o += 2) {
    const paired = o + 1 < outChannels;
    const pair = paired ? dyChannel : 0;
    const errors = dy + o * dyChannel;
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
          let at = x + first + i * xRow + image;
          let error = errors + i * dyRow + image;
          const end = error + dyRow;
          do {
            const u = v128.load(error);
            const v = v128.load(error + pair);
            let t = v128.load(at);
            a0 = fma(t, u, a0);
            b0 = fma(t, v, b0);
            t = v128.load(at + tap1);
            a1 = fma(t, u, a1);
            b1 = fma(t, v, b1);
            t = v128.load(at + tap2);
            a2 = fma(t, u, a2);
            b2 = fma(t, v, b2);
            t = v128.load(at + tap3);
            a3 = fma(t, u, a3);
            b3 = fma(t, v, b3);
            at += xPixel;
            error += dyPixel;
          } while (error != end);
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
          let at = x + first + i * xRow + image;
          let error = errors + i * dyRow + image;
          const end = error + dyRow;
          do {
            let t = v128.load(at);
            a0 = fma(t, v128.load(error), a0);
            b0 = fma(t, v128.load(error + pair), b0);
            t = v128.load(at, 16);
            a1 = fma(t, v128.load(error, 16), a1);
            b1 = fma(t, v128.load(error + pair, 16), b1);
            at += xPixel;
            error += dyPixel;
          } while (error != end);
        }
      }
      const sums = sumsOfLanes(f32x4.add(a0, a1), f32x4.add(b0, b1), a0, b0);
      store<f32>(out + (k << 2), f32x4.extract_lane(sums, 0));
      if (paired) store<f32>(out + ((tapCount + k) << 2), f32x4.extract_lane(sums, 1));
    }
  }
}

/** dBias[o]: the sum of dy over all pixels and images. */
export function biasGrad(
  dy: usize,
  dBias: usize,
  batchStride: usize,
  pixels: usize,
  channels: usize,
  pixelStep: usize,
  channelStep: usize,
): void {
  for (let o: usize = 0; o < channels; o++) {
    let a0 = splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    for (let image: usize = 0; image < batchStride; image += 64) {
      let at = dy + o * channelStep + image;
      for (let k: usize = 0; k < pixels; k++) {
        a0 = f32x4.add(a0, v128.load(at));
        a1 = f32x4.add(a1, v128.load(at, 16));
        a2 = f32x4.add(a2, v128.load(at, 32));
        a3 = f32x4.add(a3, v128.load(at, 48));
        at += pixelStep;
      }
    }
    const sum = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3));
    store<f32>(dBias + (o << 2), f32x4.extract_lane(sumsOfLanes(sum, sum, sum, sum), 0));
  }
}

/** Lays an image `[row, column, channel]` out anew: with room around it for padding, or channel by channel. */
export function copyImage(
  from: usize,
  to: usize,
  batchStride: usize,
  height: usize,
  width: usize,
  channels: usize,
  toRow: usize,
  toPixel: usize,
  toChannel: usize,
): void {
  for (let h: usize = 0; h < height; h++) {
    for (let w: usize = 0; w < width; w++) {
      let target = to + h * toRow + w * toPixel;
      for (let c: usize = 0; c < channels; c++) {
        for (let image: usize = 0; image < batchStride; image += 16) v128.store(target + image, v128.load(from + image));
        from += batchStride;
        target += toChannel;
      }
    }
  }
}

/** Numbers in another order: `to[k]` is the number at the distance `places[k]` in bytes from `from`. */
export function gatherNumbers(from: usize, places: usize, to: usize, count: usize): void {
  for (let k: usize = 0; k < count; k++) {
    store<f32>(to + (k << 2), load<f32>(from + load<u32>(places + (k << 2))));
  }
}
