/**
 * Activations and their gradients, four numbers at a time, over arrays of any shape:
 *
 *   y = f(x),   dx = dy · f′(x),   f one of identity, sigmoid, tanh, ReLU and SiLU, x · sigmoid(x)
 */
import { sigmoid, tanh } from '../assembly/exponential.assembly';
import { loadPart, rectified, splat, storePart } from '../assembly/vector.assembly';

// The order of `activationFunctions`.
const IDENTITY: i32 = 0;
const SIGMOID: i32 = 1;
const TANH: i32 = 2;
const RELU: i32 = 3;
const SILU: i32 = 4;

@inline
function valueOf(kind: i32, x: v128): v128 {
  if (kind == IDENTITY) return x;
  if (kind == SIGMOID) return sigmoid(x);
  if (kind == TANH) return tanh(x);
  if (kind == RELU) return rectified(x);
  return f32x4.mul(x, sigmoid(x));
}

@inline
function gradientOf(kind: i32, x: v128, y: v128, dy: v128): v128 {
  const one = splat(1);
  if (kind == IDENTITY) return dy;
  if (kind == SIGMOID) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (kind == TANH) return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)));
  if (kind == RELU) return v128.and(dy, f32x4.gt(x, splat(0)));
  const s = sigmoid(x);
  return f32x4.mul(dy, f32x4.mul(s, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, s)))));
}

@inline
function values(kind: i32, x: usize, y: usize, count: usize): void {
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, valueOf(kind, v128.load(x)));
  if (count > 0) storePart(y, valueOf(kind, loadPart(x, count)), count);
}

@inline
function gradients(kind: i32, x: usize, y: usize, dy: usize, dx: usize, count: usize): void {
  for (; count >= 4; count -= 4, x += 16, y += 16, dy += 16, dx += 16) {
    v128.store(dx, gradientOf(kind, v128.load(x), v128.load(y), v128.load(dy)));
  }
  if (count > 0) {
    storePart(dx, gradientOf(kind, loadPart(x, count), loadPart(y, count), loadPart(dy, count)), count);
  }
}

/** y = f(x) over `count` numbers. */
export function activation(kind: i32, x: usize, y: usize, count: usize): void {
  // Each call is compiled apart, with the function in the middle of its loop.
  if (kind == IDENTITY) values(IDENTITY, x, y, count);
  else if (kind == SIGMOID) values(SIGMOID, x, y, count);
  else if (kind == TANH) values(TANH, x, y, count);
  else if (kind == RELU) values(RELU, x, y, count);
  else values(SILU, x, y, count);
}

/** dx = dy · f′(x) over `count` numbers. */
export function activationInputGrad(kind: i32, x: usize, y: usize, dy: usize, dx: usize, count: usize): void {
  if (kind == IDENTITY) gradients(IDENTITY, x, y, dy, dx, count);
  else if (kind == SIGMOID) gradients(SIGMOID, x, y, dy, dx, count);
  else if (kind == TANH) gradients(TANH, x, y, dy, dx, count);
  else if (kind == RELU) gradients(RELU, x, y, dy, dx, count);
  else gradients(SILU, x, y, dy, dx, count);
}
