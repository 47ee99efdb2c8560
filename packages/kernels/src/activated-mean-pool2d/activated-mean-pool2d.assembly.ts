/**
 * An activation and the mean over windows in one pass, four numbers at a time, and the gradient in one:
 *
 *   a = f(x),   y[i, j] = Σ over the window of a / k,   dx = f′(x) · dy / k
 *
 * Layout: x, a and dx are `[outHeight · windowHeight, inWidth, channels, batch]`, y and dy `[outHeight, outWidth, channels, batch]`.
 */
import { ActivationShape } from '../activation/activation.assembly';
import { functionOf, runWith } from '../activation/functions.assembly';
import { splat, storePair } from '../assembly/vector.assembly';

@unmanaged
export class ActivatedMeanPool2dShape extends ActivationShape {
  /** Bytes of one pixel: all channels of all images. */
  pixel: usize;
  inWidth: usize;
  outHeight: usize;
  outWidth: usize;
  windowHeight: usize;
  windowWidth: usize;
}

@unmanaged
export class ActivatedMeanPool2dArguments extends ActivatedMeanPool2dShape {
  x: usize;
  a: usize;
  y: usize;
}

/**
 * Row of windows by row of windows: all values first, then their means, which the first or second cache still has. A loop has one pair of
 * stores: after the first the engine would load constants once more, and no longer see that what follows are pairs.
 */
@unmanaged
@final
class Values {
  @inline run<F>(args: ActivatedMeanPool2dArguments): void {
    const f = functionOf<F>();
    const slope = splat(args.negativeSlope);
    const pixel = args.pixel;
    const outHeight = args.outHeight;
    const outWidth = args.outWidth;
    const windowHeight = args.windowHeight;
    const windowWidth = args.windowWidth;
    const row = args.inWidth * pixel;
    const share = splat(1 / <f32>(windowHeight * windowWidth));
    const twoByTwo = windowHeight == 2 && windowWidth == 2;
    let x = args.x;
    let a = args.a;
    let y = args.y;
    for (let i: usize = 0; i < outHeight; i++) {
      let corner = a;
      for (const end = x + windowHeight * row; x != end; x += 32, a += 32) {
        const value = f.value(v128.load(x), slope);
        const next = f.value(v128.load(x, 16), slope);
        storePair(a, value, next);
      }
      for (let j: usize = 0; j < outWidth; j++) {
        if (twoByTwo) {
          for (const end = y + pixel; y != end; y += 32, corner += 32) {
            const upper = f32x4.add(v128.load(corner), v128.load(corner + pixel));
            const nextUpper = f32x4.add(v128.load(corner, 16), v128.load(corner + pixel, 16));
            const lower = f32x4.add(v128.load(corner + row), v128.load(corner + row + pixel));
            const nextLower = f32x4.add(v128.load(corner + row, 16), v128.load(corner + row + pixel, 16));
            const sum = f32x4.mul(f32x4.add(upper, lower), share);
            const nextSum = f32x4.mul(f32x4.add(nextUpper, nextLower), share);
            storePair(y, sum, nextSum);
          }
        } else {
          for (const end = y + pixel; y != end; y += 32, corner += 32) {
            let sum = splat(0);
            let nextSum = sum;
            for (let p: usize = 0; p < windowHeight; p++) {
              let at = corner + p * row;
              let ofRow = splat(0);
              let nextOfRow = ofRow;
              for (const last = at + windowWidth * pixel; at != last; at += pixel) {
                ofRow = f32x4.add(ofRow, v128.load(at));
                nextOfRow = f32x4.add(nextOfRow, v128.load(at, 16));
              }
              sum = f32x4.add(sum, ofRow);
              nextSum = f32x4.add(nextSum, nextOfRow);
            }
            storePair(y, f32x4.mul(sum, share), f32x4.mul(nextSum, share));
          }
        }
        corner += (windowWidth - 1) * pixel;
      }
    }
  }
}

/** a and y from x; a may be x. */
export function activatedMeanPool2d(args: ActivatedMeanPool2dArguments): void {
  runWith<Values, ActivatedMeanPool2dArguments>(args.kind, args);
}

@unmanaged
export class ActivatedMeanPool2dInputGradArguments extends ActivatedMeanPool2dShape {
  x: usize;
  a: usize;
  dy: usize;
  dx: usize;
}

@unmanaged
@final
class Gradients {
  @inline run<F>(args: ActivatedMeanPool2dInputGradArguments): void {
    const f = functionOf<F>();
    const slope = splat(args.negativeSlope);
    const x = args.x;
    const a = args.a;
    const dx = args.dx;
    const pixel = args.pixel;
    const outHeight = args.outHeight;
    const outWidth = args.outWidth;
    const windowHeight = args.windowHeight;
    const windowWidth = args.windowWidth;
    const row = args.inWidth * pixel;
    const share = splat(1 / <f32>(windowHeight * windowWidth));
    let dy = args.dy;
    for (let i: usize = 0; i < outHeight; i++) {
      for (let j: usize = 0; j < outWidth; j++) {
        for (let p: usize = 0; p < windowHeight; p++) {
          let at = (i * windowHeight + p) * row + j * windowWidth * pixel;
          for (let q: usize = 0; q < windowWidth; q++) {
            for (let from = dy, end = dy + pixel; from != end; from += 32, at += 32) {
              const gradient = f32x4.mul(v128.load(from), share);
              const next = f32x4.mul(v128.load(from, 16), share);
              const value = f.gradient(v128.load(x + at), v128.load(a + at), gradient, slope);
              const nextValue = f.gradient(v128.load(x + at, 16), v128.load(a + at, 16), next, slope);
              storePair(dx + at, value, nextValue);
            }
          }
        }
        dy += pixel;
      }
    }
  }
}

/** dx from x, a and dy. */
export function activatedMeanPool2dInputGrad(args: ActivatedMeanPool2dInputGradArguments): void {
  runWith<Gradients, ActivatedMeanPool2dInputGradArguments>(args.kind, args);
}
