/**
 * An activation and the mean over windows in one pass, four numbers at a time, and the gradient in one:
 *
 *   a = f(x),   y[i, j] = Σ over the window of a / k,   dx = f′(x) · dy / k
 *
 * Layout: x, a and dx are `[outHeight · windowHeight, inWidth, channels, batch]`, y and dy `[outHeight, outWidth, channels, batch]`.
 */
import { ActivationShape } from '../activation/activation.assembly';
import {
  functionOf,
  GELU,
  Gelu,
  GeluTanh,
  HARD_SWISH,
  HardSwish,
  IDENTITY,
  Identity,
  LEAKY_RELU,
  LeakyRelu,
  RELU,
  Relu,
  RELU6,
  Relu6,
  SIGMOID,
  Sigmoid,
  SILU,
  Silu,
  TANH,
  Tanh,
} from '../activation/functions.assembly';
import { splat } from '../assembly/vector.assembly';

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

@inline
function values<F>(args: ActivatedMeanPool2dArguments): void {
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
  // From x to a, as to any other array, it is so far.
  const distance = args.a - args.x;
  let y = args.y;
  for (let i: usize = 0; i < outHeight; i++) {
    for (let j: usize = 0; j < outWidth; j++) {
      let corner = args.x + i * windowHeight * row + j * windowWidth * pixel;
      if (twoByTwo) {
        for (const end = y + pixel; y != end; y += 16, corner += 16) {
          const upper = f.value(v128.load(corner), slope);
          v128.store(corner + distance, upper);
          const upperRight = f.value(v128.load(corner + pixel), slope);
          v128.store(corner + pixel + distance, upperRight);
          const lower = f.value(v128.load(corner + row), slope);
          v128.store(corner + row + distance, lower);
          const lowerRight = f.value(v128.load(corner + row + pixel), slope);
          v128.store(corner + row + pixel + distance, lowerRight);
          const sum = f32x4.add(f32x4.add(upper, upperRight), f32x4.add(lower, lowerRight));
          v128.store(y, f32x4.mul(sum, share));
        }
        continue;
      }
      for (const end = y + pixel; y != end; y += 16, corner += 16) {
        let sum = splat(0);
        for (let p: usize = 0; p < windowHeight; p++) {
          let at = corner + p * row;
          let ofRow = splat(0);
          for (const last = at + windowWidth * pixel; at != last; at += pixel) {
            const value = f.value(v128.load(at), slope);
            v128.store(at + distance, value);
            ofRow = f32x4.add(ofRow, value);
          }
          sum = f32x4.add(sum, ofRow);
        }
        v128.store(y, f32x4.mul(sum, share));
      }
    }
  }
}

/** a and y from x; a may be x. */
export function activatedMeanPool2d(args: ActivatedMeanPool2dArguments): void {
  const kind = args.kind;
  if (kind == IDENTITY) values<Identity>(args);
  else if (kind == SIGMOID) values<Sigmoid>(args);
  else if (kind == TANH) values<Tanh>(args);
  else if (kind == RELU) values<Relu>(args);
  else if (kind == SILU) values<Silu>(args);
  else if (kind == LEAKY_RELU) values<LeakyRelu>(args);
  else if (kind == RELU6) values<Relu6>(args);
  else if (kind == HARD_SWISH) values<HardSwish>(args);
  else if (kind == GELU) values<Gelu>(args);
  else values<GeluTanh>(args);
}

@unmanaged
export class ActivatedMeanPool2dInputGradArguments extends ActivatedMeanPool2dShape {
  x: usize;
  a: usize;
  dy: usize;
  dx: usize;
}

@inline
function gradients<F>(args: ActivatedMeanPool2dInputGradArguments): void {
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
  const twoByTwo = windowHeight == 2 && windowWidth == 2;
  let dy = args.dy;
  for (let i: usize = 0; i < outHeight; i++) {
    for (let j: usize = 0; j < outWidth; j++) {
      let corner = i * windowHeight * row + j * windowWidth * pixel;
      if (twoByTwo) {
        for (const end = dy + pixel; dy != end; dy += 16, corner += 16) {
          const gradient = f32x4.mul(v128.load(dy), share);
          let at = corner;
          v128.store(dx + at, f.gradient(v128.load(x + at), v128.load(a + at), gradient, slope));
          at = corner + pixel;
          v128.store(dx + at, f.gradient(v128.load(x + at), v128.load(a + at), gradient, slope));
          at = corner + row;
          v128.store(dx + at, f.gradient(v128.load(x + at), v128.load(a + at), gradient, slope));
          at = corner + row + pixel;
          v128.store(dx + at, f.gradient(v128.load(x + at), v128.load(a + at), gradient, slope));
        }
        continue;
      }
      for (const end = dy + pixel; dy != end; dy += 16, corner += 16) {
        const gradient = f32x4.mul(v128.load(dy), share);
        for (let p: usize = 0; p < windowHeight; p++) {
          let at = corner + p * row;
          for (const last = at + windowWidth * pixel; at != last; at += pixel) {
            v128.store(dx + at, f.gradient(v128.load(x + at), v128.load(a + at), gradient, slope));
          }
        }
      }
    }
  }
}

/** dx from x, a and dy. */
export function activatedMeanPool2dInputGrad(args: ActivatedMeanPool2dInputGradArguments): void {
  const kind = args.kind;
  if (kind == IDENTITY) gradients<Identity>(args);
  else if (kind == SIGMOID) gradients<Sigmoid>(args);
  else if (kind == TANH) gradients<Tanh>(args);
  else if (kind == RELU) gradients<Relu>(args);
  else if (kind == SILU) gradients<Silu>(args);
  else if (kind == LEAKY_RELU) gradients<LeakyRelu>(args);
  else if (kind == RELU6) gradients<Relu6>(args);
  else if (kind == HARD_SWISH) gradients<HardSwish>(args);
  else if (kind == GELU) gradients<Gelu>(args);
  else gradients<GeluTanh>(args);
}
