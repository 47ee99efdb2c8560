/**
 * Pooling in vectors, with gradients. Windows w begin at (i·s, j·s').
 *
 *   maximum    y[i, j, c, n] = max over the window of x      dx: dy goes to the first entry that is the maximum
 *   mean       y[i, j, c, n] = mean over the window of x     dx: dy / (height · width) goes to every entry
 *
 * Layout: x is `[inHeight, inWidth, channels, batch]`, y `[outHeight, outWidth, channels, batch]`. Every lane is an entry of
 * one channel and image.
 */
import { isNaN, splat } from '../assembly/vector.assembly';

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
          const b = v128.load(at + k + pixel);
          const c = v128.load(below + k);
          const d = v128.load(below + k + pixel);
          const largest = f32x4.pmax(floor, f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)));
          const nan = v128.or(v128.or(isNaN(a), isNaN(b)), v128.or(isNaN(c), isNaN(d)));
          v128.store(y + k, v128.or(largest, nan));
          k += 16;
        } while (k != pixel);
        y += pixel;
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        for (; y != end; y += 16, at += 16) {
          let largest = floor;
          let nan = splat(0);
          for (let p = pFrom; p < pTo; p++) {
            for (let q = qFrom; q < qTo; q++) {
              const value = v128.load(at + p * row + q * pixel);
              largest = f32x4.pmax(largest, value);
              nan = v128.or(nan, isNaN(value));
            }
          }
          v128.store(y, v128.or(largest, nan));
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
  /** 1: every entry of x lies in exactly one window, so every dx is written once; 0: windows overlap or leave some out. */
  covered: usize;
}

/** dy goes to the first entry of each window that holds its maximum; with `rectified` only where that is above zero. */
export function maxPool2dInputGrad(args: MaxPool2dInputGradArguments): void {
  const x = args.x;
  let y = args.y;
  let dy = args.dy;
  const dx = args.dx;
  const rectified = args.rectified != 0;
  const covered = args.covered != 0;
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
  const twoByTwo = windowHeight == 2 && windowWidth == 2;
  const all = i32x4.splat(-1);
  if (!covered) memory.fill(dx, 0, inHeight * row);
  for (let i: usize = 0; i < outHeight; i++) {
    const pFrom = firstInImage(i * strideHeight, padTop);
    const pTo = endInImage(i * strideHeight, padTop, windowHeight, inHeight);
    for (let j: usize = 0; j < outWidth; j++) {
      const corner = i * strideHeight * row + j * strideWidth * pixel - padding;
      if (covered && twoByTwo) {
        let at = x + corner;
        let to = dx + corner;
        const end = y + pixel;
        do {
          const largest = v128.load(y);
          let gradient = v128.load(dy);
          if (rectified) gradient = v128.and(gradient, f32x4.gt(largest, splat(0)));
          let here = f32x4.eq(v128.load(at), largest);
          v128.store(to, v128.and(gradient, here));
          gradient = v128.andnot(gradient, here);
          here = f32x4.eq(v128.load(at + pixel), largest);
          v128.store(to + pixel, v128.and(gradient, here));
          gradient = v128.andnot(gradient, here);
          here = f32x4.eq(v128.load(at + row), largest);
          v128.store(to + row, v128.and(gradient, here));
          gradient = v128.andnot(gradient, here);
          here = f32x4.eq(v128.load(at + row + pixel), largest);
          v128.store(to + row + pixel, v128.and(gradient, here));
          at += 16;
          to += 16;
          dy += 16;
          y += 16;
        } while (y != end);
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        for (let k: usize = 0; k < pixel; k += 16, y += 16, dy += 16) {
          const largest = v128.load(y);
          const gradient = v128.load(dy);
          let open = rectified ? f32x4.gt(largest, splat(0)) : all;
          for (let p = pFrom; p < pTo; p++) {
            for (let q = qFrom; q < qTo; q++) {
              const offset = corner + p * row + q * pixel + k;
              const here = v128.and(open, f32x4.eq(v128.load(x + offset), largest));
              open = v128.andnot(open, here);
              const before = covered ? splat(0) : v128.load(dx + offset);
              v128.store(dx + offset, f32x4.add(before, v128.and(gradient, here)));
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
        for (; y != end; y += 16, at += 16) {
          const upper = f32x4.add(v128.load(at), v128.load(at + pixel));
          const lower = f32x4.add(v128.load(at + row), v128.load(at + row + pixel));
          v128.store(y, f32x4.mul(f32x4.add(upper, lower), wholeShare));
        }
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        const share = countIncludePad ? wholeShare : splat(1 / <f32>((pTo - pFrom) * (qTo - qFrom)));
        for (; y != end; y += 16, at += 16) {
          let sum = splat(0);
          for (let p = pFrom; p < pTo; p++) {
            for (let q = qFrom; q < qTo; q++) sum = f32x4.add(sum, v128.load(at + p * row + q * pixel));
          }
          v128.store(y, f32x4.mul(sum, share));
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
  /** 1: every entry of x lies in exactly one window, so every dx is written once; 0: windows overlap or leave some out. */
  covered: usize;
  /** 1: divide by the whole window; 0: by its entries in the image. */
  countIncludePad: usize;
}

/** An equal share of dy to every entry of each window. */
export function meanPool2dInputGrad(args: MeanPool2dInputGradArguments): void {
  let dy = args.dy;
  const covered = args.covered != 0;
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
  const twoByTwo = covered && windowHeight == 2 && windowWidth == 2;
  if (!covered) memory.fill(args.dx, 0, inHeight * row);
  for (let i: usize = 0; i < outHeight; i++) {
    const pFrom = firstInImage(i * strideHeight, padTop);
    const pTo = endInImage(i * strideHeight, padTop, windowHeight, inHeight);
    for (let j: usize = 0; j < outWidth; j++) {
      const corner = dx + i * strideHeight * row + j * strideWidth * pixel;
      if (twoByTwo) {
        for (let k: usize = 0; k < pixel; k += 16, dy += 16) {
          const gradient = f32x4.mul(v128.load(dy), wholeShare);
          const target = corner + k;
          v128.store(target, gradient);
          v128.store(target + pixel, gradient);
          v128.store(target + row, gradient);
          v128.store(target + row + pixel, gradient);
        }
      } else {
        const qFrom = firstInImage(j * strideWidth, padLeft);
        const qTo = endInImage(j * strideWidth, padLeft, windowWidth, inWidth);
        const share = countIncludePad ? wholeShare : splat(1 / <f32>((pTo - pFrom) * (qTo - qFrom)));
        for (let k: usize = 0; k < pixel; k += 16, dy += 16) {
          const gradient = f32x4.mul(v128.load(dy), share);
          for (let p = pFrom; p < pTo; p++) {
            for (let q = qFrom; q < qTo; q++) {
              const target = corner + p * row + q * pixel + k;
              v128.store(target, covered ? gradient : f32x4.add(v128.load(target), gradient));
            }
          }
        }
      }
    }
  }
}
