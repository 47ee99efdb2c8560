/**
 * Activations and their gradients, four numbers at a time, over arrays of any shape:
 *
 *   y = f(x),   dx = dy · f′(x),   f one of the functions of `activation.ts`, which has their formulas
 */
import { sigmoid, tanh } from '../assembly/exponential.assembly';
import { bellOf, normalCdf, tailUnder } from '../assembly/normal-distribution.assembly';
import { choose, loadPart, rectified, splat, storePart } from '../assembly/vector.assembly';

// The order of `activationFunctions`.
const IDENTITY: i32 = 0;
const SIGMOID: i32 = 1;
const TANH: i32 = 2;
const RELU: i32 = 3;
const SILU: i32 = 4;
const LEAKY_RELU: i32 = 5;
const RELU6: i32 = 6;
const HARD_SWISH: i32 = 7;
const GELU: i32 = 8;
const GELU_TANH: i32 = 9;

/** min(max(x, 0), 6); NaN propagates. */
@inline
function rectified6(x: v128): v128 {
  return f32x4.pmin(rectified(x), splat(6));
}

/** √(8/π) */
const ROOT_OF_EIGHT_OVER_PI: f32 = 1.5957691216057308;
const CUBIC: f32 = 0.044715;

/** Beyond 15 on either side GELU is x or 0, and no square overflows before it; NaN propagates. */
@inline
function clamped(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, splat(-15)), splat(15));
}

/** σ(u) of the approximation of GELU, of a clamped x. */
@inline
function gateOf(x: v128): v128 {
  const cubed = f32x4.add(x, f32x4.mul(f32x4.mul(splat(CUBIC), x), f32x4.mul(x, x)));
  return sigmoid(f32x4.mul(splat(ROOT_OF_EIGHT_OVER_PI), cubed));
}

@inline
function valueOf(kind: i32, x: v128, slope: v128): v128 {
  if (kind == IDENTITY) return x;
  if (kind == SIGMOID) return sigmoid(x);
  if (kind == TANH) return tanh(x);
  if (kind == RELU) return rectified(x);
  if (kind == SILU) return f32x4.mul(x, sigmoid(x));
  if (kind == LEAKY_RELU) return choose(f32x4.gt(x, splat(0)), x, f32x4.mul(x, slope));
  if (kind == RELU6) return rectified6(x);
  if (kind == HARD_SWISH) return f32x4.mul(x, f32x4.div(rectified6(f32x4.add(x, splat(3))), splat(6)));
  if (kind == GELU) return f32x4.mul(x, normalCdf(x));
  return f32x4.mul(x, gateOf(clamped(x)));
}

@inline
function gradientOf(kind: i32, x: v128, y: v128, dy: v128, slope: v128): v128 {
  const one = splat(1);
  if (kind == IDENTITY) return dy;
  if (kind == SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (kind == TANH) return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)));
  if (kind == RELU) return v128.and(dy, f32x4.gt(x, splat(0)));
  if (kind == SILU) {
    const s = sigmoid(x);
    return f32x4.mul(dy, f32x4.mul(s, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, s)))));
  }
  if (kind == LEAKY_RELU) return choose(f32x4.gt(x, splat(0)), dy, f32x4.mul(dy, slope));
  if (kind == RELU6) return v128.and(dy, v128.and(f32x4.gt(x, splat(0)), f32x4.lt(x, splat(6))));
  if (kind == HARD_SWISH) {
    const between = f32x4.mul(dy, f32x4.add(f32x4.div(x, splat(3)), splat(0.5)));
    return v128.andnot(choose(f32x4.lt(x, splat(3)), between, dy), f32x4.le(x, splat(-3)));
  }
  const near = clamped(x);
  if (kind == GELU) {
    const bell = bellOf(near);
    const slopeOfCdf = f32x4.mul(bell, splat(0.3989422804014327));
    return f32x4.mul(dy, f32x4.add(tailUnder(near, bell), f32x4.mul(near, slopeOfCdf)));
  }
  const s = gateOf(near);
  const steepness = f32x4.add(one, f32x4.mul(splat(3 * CUBIC), f32x4.mul(near, near)));
  const change = f32x4.mul(f32x4.mul(splat(ROOT_OF_EIGHT_OVER_PI), steepness), f32x4.sub(one, s));
  return f32x4.mul(dy, f32x4.mul(s, f32x4.add(one, f32x4.mul(near, change))));
}

@unmanaged
export class ActivationShape {
  /** The function's index in `activationFunctions`. */
  kind: usize;
  count: usize;
  /** Of leaky ReLU. */
  negativeSlope: f32;
}

@unmanaged
export class ActivationArguments extends ActivationShape {
  x: usize;
  y: usize;
}

@inline
function values(kind: i32, args: ActivationArguments): void {
  const slope = splat(args.negativeSlope);
  let x = args.x;
  let y = args.y;
  let count = args.count;
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, valueOf(kind, v128.load(x), slope));
  if (count > 0) storePart(y, valueOf(kind, loadPart(x, count), slope), count);
}

/** y = f(x) over `count` numbers. */
export function activation(args: ActivationArguments): void {
  const kind = args.kind;
  // Each call is compiled apart, with the function in the middle of its loop.
  if (kind == IDENTITY) values(IDENTITY, args);
  else if (kind == SIGMOID) values(SIGMOID, args);
  else if (kind == TANH) values(TANH, args);
  else if (kind == RELU) values(RELU, args);
  else if (kind == SILU) values(SILU, args);
  else if (kind == LEAKY_RELU) values(LEAKY_RELU, args);
  else if (kind == RELU6) values(RELU6, args);
  else if (kind == HARD_SWISH) values(HARD_SWISH, args);
  else if (kind == GELU) values(GELU, args);
  else values(GELU_TANH, args);
}

@unmanaged
export class ActivationInputGradArguments extends ActivationShape {
  x: usize;
  y: usize;
  dy: usize;
  dx: usize;
}

@inline
function gradients(kind: i32, args: ActivationInputGradArguments): void {
  const slope = splat(args.negativeSlope);
  let x = args.x;
  let y = args.y;
  let dy = args.dy;
  let dx = args.dx;
  let count = args.count;
  for (; count >= 4; count -= 4, x += 16, y += 16, dy += 16, dx += 16) {
    v128.store(dx, gradientOf(kind, v128.load(x), v128.load(y), v128.load(dy), slope));
  }
  if (count > 0) {
    storePart(dx, gradientOf(kind, loadPart(x, count), loadPart(y, count), loadPart(dy, count), slope), count);
  }
}

/** dx = dy · f′(x) over `count` numbers. */
export function activationInputGrad(args: ActivationInputGradArguments): void {
  const kind = args.kind;
  if (kind == IDENTITY) gradients(IDENTITY, args);
  else if (kind == SIGMOID) gradients(SIGMOID, args);
  else if (kind == TANH) gradients(TANH, args);
  else if (kind == RELU) gradients(RELU, args);
  else if (kind == SILU) gradients(SILU, args);
  else if (kind == LEAKY_RELU) gradients(LEAKY_RELU, args);
  else if (kind == RELU6) gradients(RELU6, args);
  else if (kind == HARD_SWISH) gradients(HARD_SWISH, args);
  else if (kind == GELU) gradients(GELU, args);
  else gradients(GELU_TANH, args);
}
