/**
 * Pooling in vectors, with gradients. Windows w begin at (i·s, j·s').
 *
 *   maximum    y[i, j, c, n] = max over the window of x      dx: dy goes to the first entry that is the maximum
 *   mean       y[i, j, c, n] = mean over the window of x     dx: dy / (height · width) goes to every entry
 *
 * Layout: x is `[inHeight, inWidth, channels, batch]`, y `[outHeight, outWidth, channels, batch]`. Every lane is an entry of
 * one channel and image.
 */
import { isNaN, splat, storeFour, storePair } from '../assembly/vector.assembly';

@unmanaged
export class Pool2dShape {
  /** Bytes of one pixel: all channels of all images. */
  pixel: usize;
  inHeight: usize;
  inWidth: usize;
  outHeight: usize;
  outWidth: usize;
  windowHeight: usize;
  windowWidth: usize;
  strideHeight: usize;
  strideWidth: usize;
  padTop: usize;
  padLeft: usize;
}

/** The first row or column of a window that lies in the image; `start` is the window's own first, counted from the padding's. */
@inline
function firstInImage(start: usize, pad: usize): usize {
  return start < pad ? pad - start : 0;
}

/** The number of a window's rows or columns up to the last that lies in the image. */
@inline
function endInImage(start: usize, pad: usize, window: usize, extent: usize): usize {
  return min(window, extent + pad - start);
}

/** Whether windows reach beyond the image. */
@inline
function isPadded(shape: Pool2dShape): bool {
  return (
    shape.padTop != 0 ||
    shape.padLeft != 0 ||
    (shape.outHeight - 1) * shape.strideHeight + shape.windowHeight > shape.inHeight ||
    (shape.outWidth - 1) * shape.strideWidth + shape.windowWidth > shape.inWidth
  );
}

/** Which entries lie in no window. */
const NONE: usize = 0;
const BEHIND: usize = 1;
const ANY: usize = 2;

/** Makes dx zero where no window writes it: behind the last windows, or everywhere. */
function clear(shape: Pool2dShape, dx: usize, left: usize): void {
  if (left == NONE) return;
  const row = shape.inWidth * shape.pixel;
  const end = dx + shape.inHeight * row;
  if (left == ANY) {
    memory.fill(dx, 0, end - dx);
    return;
  }
  const width = shape.outWidth * shape.windowWidth * shape.pixel;
  for (let i = shape.outHeight * shape.windowHeight; i > 0; i--, dx += row) memory.fill(dx + width, 0, row - width);
  memory.fill(dx, 0, end - dx);
}

/** What begins each maximum: −∞, or with ReLU zero. */
@inline
function floorOf(rectified: bool): v128 {
  return rectified ? splat(0) : splat(-f32.MAX_VALUE * 2);
}

@unmanaged
export class MaxPool2dArguments extends Pool2dShape {
  /** `[inHeight, inWidth, channels, batch]` */
  x: usize;
  /** `[outHeight, outWidth, channels, batch]` */
  y: usize;
  /** 1: with ReLU, max(0, …); 0: without. */
  rectified: usize;
}

/**
 * The maximum over each window, PyTorch's `max_pool2d`; with `rectified` ReLU after it. NaN propagates. It is looked for
 * apart, since `f32x4.max`, which propagates it, takes many times as long as `f32x4.pmax`, which does not.
 */
export function maxPool2d(args: MaxPool2dArguments): void {
  let y = args.y;
  const rectified = args.rectified != 0;
  const pixel = args.pixel;
  const inHeight = args.inHeight;
  const inWidth = args.inWidth;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const windowHeight = args.windowHeight;
  const windowWidth = args.windowWidth;
  const strideHeight = args.strideHeight;
  const strideWidth = args.strideWidth;
  const padTop = args.padTop;
  const padLeft = args.padLeft;
  const floor = floorOf(rectified);
  const row = inWidth * pixel;
  const x = args.x - padTop * row - padLeft * pixel;
  const twoByTwo = windowHeight == 2 && windowWidth == 2 && !isPadded(args);
  for (let i: usize = 0; i < outHeight; i++) {
    const pFrom = firstInImage(i * strideHeight, padTop);
    const pTo = endInImage(i * strideHeight, padTop, windowHeight, inHeight);
    for (let j: usize = 0; j < outWidth; j++) {
      let at = x + i * strideHeight * row + j * strideWidth * pixel;
      const end = y + pixel;
      if (twoByTwo) {
        const below = at + row;
        let k: usize = 0;
        do {
          const a = v128.load(at + k);
          const nextA = v128.load(at + k, 16);
          const b = v128.load(at + k + pixel);
          const nextB = v128.load(at + k + pixel, 16);
          const c = v128.load(below + k);
          const nextC = v128.load(below + k, 16);
          const d = v128.load(below + k + pixel);
          const nextD = v128.load(below + k + pixel, 16);
          const nan = v128.or(v128.or(isNaN(a), isNaN(b)), v128.or(isNaN(c), isNaN(d)));
          const nextNaN = v128.or(v128.or(isNaN(nextA), isNaN(nextB)), v128.or(isNaN(nextC), isNaN(nextD)));
          const largest = f32x4.pmax(floor, f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
          const next = f32x4.pmax(floor, f32x4.pmax(f32x4.pmax(nextA, nextB), f32x4.pmax(nextC, nextD)));
          storePair(y + k, v128.or(largest, nan), v128.or(next, nextNaN));
          k += 32;
        } while (k != pixel);
        y += pixel;
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        for (; y != end; y += 64, at += 64) {
          let a = floor;
          let b = a;
          let c = a;
          let d = a;
          let nanA = splat(0);
          let nanB = nanA;
          let nanC = nanA;
          let nanD = nanA;
          for (let p = pFrom; p < pTo; p++) {
            let tap = at + p * row + qFrom * pixel;
            for (const last = at + p * row + qTo * pixel; tap != last; tap += pixel) {
              let value = v128.load(tap);
              a = f32x4.pmax(a, value);
              nanA = v128.or(nanA, isNaN(value));
              value = v128.load(tap, 16);
              b = f32x4.pmax(b, value);
              nanB = v128.or(nanB, isNaN(value));
              value = v128.load(tap, 32);
              c = f32x4.pmax(c, value);
              nanC = v128.or(nanC, isNaN(value));
              value = v128.load(tap, 48);
              d = f32x4.pmax(d, value);
              nanD = v128.or(nanD, isNaN(value));
            }
          }
          storeFour(y, v128.or(a, nanA), v128.or(b, nanB), v128.or(c, nanC), v128.or(d, nanD));
        }
      }
    }
  }
}

@unmanaged
export class MaxPool2dInputGradArguments extends Pool2dShape {
  /** `[inHeight, inWidth, channels, batch]` */
  x: usize;
  /** `[outHeight, outWidth, channels, batch]` */
  y: usize;
  /** Like y. */
  dy: usize;
  /** Like x. */
  dx: usize;
  /** 1: with ReLU, max(0, …); 0: without. */
  rectified: usize;
  /** 1: windows overlap, so what they give to an entry is added; 0: an entry lies in one window at most. */
  overlapping: usize;
  /** Entries that no window may hold: {@link NONE}, {@link BEHIND} the last windows, or {@link ANY}. */
  left: usize;
}

/** dy goes to the first entry of each window that holds its maximum; with `rectified` only where that is above zero. */
export function maxPool2dInputGrad(args: MaxPool2dInputGradArguments): void {
  const x = args.x;
  let y = args.y;
  let dy = args.dy;
  const dx = args.dx;
  const rectified = args.rectified != 0;
  const overlapping = args.overlapping != 0;
  const pixel = args.pixel;
  const inHeight = args.inHeight;
  const inWidth = args.inWidth;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const windowHeight = args.windowHeight;
  const windowWidth = args.windowWidth;
  const strideHeight = args.strideHeight;
  const strideWidth = args.strideWidth;
  const padTop = args.padTop;
  const padLeft = args.padLeft;
  const row = inWidth * pixel;
  const padding = padTop * row + padLeft * pixel;
  const twoByTwo = windowHeight == 2 && windowWidth == 2 && !overlapping && !isPadded(args);
  const anyway = i32x4.splat(rectified ? 0 : -1);
  clear(args, dx, overlapping ? ANY : args.left);
  for (let i: usize = 0; i < outHeight; i++) {
    const pFrom = firstInImage(i * strideHeight, padTop);
    const pTo = endInImage(i * strideHeight, padTop, windowHeight, inHeight);
    for (let j: usize = 0; j < outWidth; j++) {
      const corner = i * strideHeight * row + j * strideWidth * pixel - padding;
      if (twoByTwo) {
        let at = x + corner;
        let to = dx + corner;
        const end = y + pixel;
        do {
          const largest = v128.load(y);
          const next = v128.load(y, 16);
          let gradient = v128.and(v128.load(dy), v128.or(f32x4.gt(largest, splat(0)), anyway));
          let nextGradient = v128.and(v128.load(dy, 16), v128.or(f32x4.gt(next, splat(0)), anyway));
          let here = f32x4.eq(v128.load(at), largest);
          let nextHere = f32x4.eq(v128.load(at, 16), next);
          storePair(to, v128.and(gradient, here), v128.and(nextGradient, nextHere));
          gradient = v128.andnot(gradient, here);
          nextGradient = v128.andnot(nextGradient, nextHere);
          here = f32x4.eq(v128.load(at + pixel), largest);
          nextHere = f32x4.eq(v128.load(at + pixel, 16), next);
          storePair(to + pixel, v128.and(gradient, here), v128.and(nextGradient, nextHere));
          gradient = v128.andnot(gradient, here);
          nextGradient = v128.andnot(nextGradient, nextHere);
          here = f32x4.eq(v128.load(at + row), largest);
          nextHere = f32x4.eq(v128.load(at + row, 16), next);
          storePair(to + row, v128.and(gradient, here), v128.and(nextGradient, nextHere));
          gradient = v128.andnot(gradient, here);
          nextGradient = v128.andnot(nextGradient, nextHere);
          here = f32x4.eq(v128.load(at + row + pixel), largest);
          nextHere = f32x4.eq(v128.load(at + row + pixel, 16), next);
          storePair(to + row + pixel, v128.and(gradient, here), v128.and(nextGradient, nextHere));
          at += 32;
          to += 32;
          dy += 32;
          y += 32;
        } while (y != end);
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        for (let k = corner; k != corner + pixel; k += 32, y += 32, dy += 32) {
          const a = v128.load(y);
          const b = v128.load(y, 16);
          // What is still to be given away: nothing once the maximum is found.
          let gradientA = v128.load(dy);
          let gradientB = v128.load(dy, 16);
          if (rectified) {
            gradientA = v128.and(gradientA, f32x4.gt(a, splat(0)));
            gradientB = v128.and(gradientB, f32x4.gt(b, splat(0)));
          }
          for (let p = pFrom; p < pTo; p++) {
            let at = k + p * row + qFrom * pixel;
            for (const last = k + p * row + qTo * pixel; at != last; at += pixel) {
              const hereA = f32x4.eq(v128.load(x + at), a);
              const hereB = f32x4.eq(v128.load(x + at, 16), b);
              let givenA = v128.and(gradientA, hereA);
              let givenB = v128.and(gradientB, hereB);
              gradientA = v128.andnot(gradientA, hereA);
              gradientB = v128.andnot(gradientB, hereB);
              if (overlapping) {
                givenA = f32x4.add(v128.load(dx + at), givenA);
                givenB = f32x4.add(v128.load(dx + at, 16), givenB);
              }
              storePair(dx + at, givenA, givenB);
            }
          }
        }
      }
    }
  }
}

@unmanaged
export class MeanPool2dArguments extends Pool2dShape {
  /** `[inHeight, inWidth, channels, batch]` */
  x: usize;
  /** `[outHeight, outWidth, channels, batch]` */
  y: usize;
  /** 1: divide by the whole window; 0: by its entries in the image. */
  countIncludePad: usize;
}

/** The mean over each window, PyTorch's `avg_pool2d`. */
export function meanPool2d(args: MeanPool2dArguments): void {
  let y = args.y;
  const pixel = args.pixel;
  const inHeight = args.inHeight;
  const inWidth = args.inWidth;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const windowHeight = args.windowHeight;
  const windowWidth = args.windowWidth;
  const strideHeight = args.strideHeight;
  const strideWidth = args.strideWidth;
  const padTop = args.padTop;
  const padLeft = args.padLeft;
  const row = inWidth * pixel;
  const x = args.x - padTop * row - padLeft * pixel;
  const countIncludePad = args.countIncludePad != 0;
  const wholeShare = splat(1 / <f32>(windowHeight * windowWidth));
  const twoByTwo = windowHeight == 2 && windowWidth == 2 && !isPadded(args);
  for (let i: usize = 0; i < outHeight; i++) {
    const pFrom = firstInImage(i * strideHeight, padTop);
    const pTo = endInImage(i * strideHeight, padTop, windowHeight, inHeight);
    for (let j: usize = 0; j < outWidth; j++) {
      let at = x + i * strideHeight * row + j * strideWidth * pixel;
      const end = y + pixel;
      if (twoByTwo) {
        for (; y != end; y += 32, at += 32) {
          const upper = f32x4.add(v128.load(at), v128.load(at + pixel));
          const nextUpper = f32x4.add(v128.load(at, 16), v128.load(at + pixel, 16));
          const lower = f32x4.add(v128.load(at + row), v128.load(at + row + pixel));
          const nextLower = f32x4.add(v128.load(at + row, 16), v128.load(at + row + pixel, 16));
          storePair(
            y,
            f32x4.mul(f32x4.add(upper, lower), wholeShare),
            f32x4.mul(f32x4.add(nextUpper, nextLower), wholeShare),
          );
        }
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        const share = countIncludePad ? wholeShare : splat(1 / <f32>((pTo - pFrom) * (qTo - qFrom)));
        for (; y != end; y += 64, at += 64) {
          let a = splat(0);
          let b = a;
          let c = a;
          let d = a;
          for (let p = pFrom; p < pTo; p++) {
            let tap = at + p * row + qFrom * pixel;
            for (const last = at + p * row + qTo * pixel; tap != last; tap += pixel) {
              a = f32x4.add(a, v128.load(tap));
              b = f32x4.add(b, v128.load(tap, 16));
              c = f32x4.add(c, v128.load(tap, 32));
              d = f32x4.add(d, v128.load(tap, 48));
            }
          }
          storeFour(y, f32x4.mul(a, share), f32x4.mul(b, share), f32x4.mul(c, share), f32x4.mul(d, share));
        }
      }
    }
  }
}

@unmanaged
export class MeanPool2dInputGradArguments extends Pool2dShape {
  /** Like y. */
  dy: usize;
  /** Like x. */
  dx: usize;
  /** 1: windows overlap, so what they give to an entry is added; 0: an entry lies in one window at most. */
  overlapping: usize;
  /** Entries that no window may hold: {@link NONE}, {@link BEHIND} the last windows, or {@link ANY}. */
  left: usize;
  /** 1: divide by the whole window; 0: by its entries in the image. */
  countIncludePad: usize;
}

/** An equal share of dy to every entry of each window. */
export function meanPool2dInputGrad(args: MeanPool2dInputGradArguments): void {
  let dy = args.dy;
  const overlapping = args.overlapping != 0;
  const pixel = args.pixel;
  const inHeight = args.inHeight;
  const inWidth = args.inWidth;
  const outHeight = args.outHeight;
  const outWidth = args.outWidth;
  const windowHeight = args.windowHeight;
  const windowWidth = args.windowWidth;
  const strideHeight = args.strideHeight;
  const strideWidth = args.strideWidth;
  const padTop = args.padTop;
  const padLeft = args.padLeft;
  const row = inWidth * pixel;
  const dx = args.dx - padTop * row - padLeft * pixel;
  const countIncludePad = args.countIncludePad != 0;
  const wholeShare = splat(1 / <f32>(windowHeight * windowWidth));
  const twoByTwo = windowHeight == 2 && windowWidth == 2 && !overlapping && !isPadded(args);
  clear(args, args.dx, overlapping ? ANY : args.left);
  for (let i: usize = 0; i < outHeight; i++) {
    const pFrom = firstInImage(i * strideHeight, padTop);
    const pTo = endInImage(i * strideHeight, padTop, windowHeight, inHeight);
    for (let j: usize = 0; j < outWidth; j++) {
      const corner = dx + i * strideHeight * row + j * strideWidth * pixel;
      if (twoByTwo) {
        for (let k: usize = 0; k < pixel; k += 32, dy += 32) {
          const gradient = f32x4.mul(v128.load(dy), wholeShare);
          const next = f32x4.mul(v128.load(dy, 16), wholeShare);
          const target = corner + k;
          storePair(target, gradient, next);
          storePair(target + pixel, gradient, next);
          storePair(target + row, gradient, next);
          storePair(target + row + pixel, gradient, next);
        }
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        const share = countIncludePad ? wholeShare : splat(1 / <f32>((pTo - pFrom) * (qTo - qFrom)));
        for (let k: usize = 0; k < pixel; k += 64, dy += 64) {
          const a = f32x4.mul(v128.load(dy), share);
          const b = f32x4.mul(v128.load(dy, 16), share);
          const c = f32x4.mul(v128.load(dy, 32), share);
          const d = f32x4.mul(v128.load(dy, 48), share);
          for (let p = pFrom; p < pTo; p++) {
            let target = corner + p * row + qFrom * pixel + k;
            for (const last = corner + p * row + qTo * pixel + k; target != last; target += pixel) {
              if (overlapping) {
                storeFour(
                  target,
                  f32x4.add(v128.load(target), a),
                  f32x4.add(v128.load(target, 16), b),
                  f32x4.add(v128.load(target, 32), c),
                  f32x4.add(v128.load(target, 48), d),
                );
              } else {
                storeFour(target, a, b, c, d);
              }
            }
          }
        }
      }
    }
  }
}
