/**
 * Activations and their gradients, eight numbers at a time, over arrays of any shape:
 *
 *   y = f(x),   dx = dy · f′(x),   f one of the functions of `activation.ts`, which has their formulas
 */
import { loadUpTo4, splat, storePair, storeUpTo4 } from '../assembly/vector.assembly';
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
} from './functions.assembly';

@unmanaged
export class ActivationShape {
  /** The function's index in `activationFunctions`. */
  kind: usize;
  /** Of leaky ReLU. */
  negativeSlope: f32;
}

@unmanaged
export class ActivationArguments extends ActivationShape {
  count: usize;
  x: usize;
  y: usize;
}

@inline
function values<F>(args: ActivationArguments): void {
  const f = functionOf<F>();
  const slope = splat(args.negativeSlope);
  let x = args.x;
  let y = args.y;
  let count = args.count;
  // Two vectors a round: a pair that the engine can make one of.
  for (; count >= 8; count -= 8, x += 32, y += 32) {
    const a = f.value(v128.load(x), slope);
    const b = f.value(v128.load(x, 16), slope);
    storePair(y, a, b);
  }
  for (; count > 0; x += 16, y += 16) {
    const part = min<usize>(4, count);
    storeUpTo4(y, f.value(loadUpTo4(x, part), slope), part);
    count -= part;
  }
}

/** y = f(x) over `count` numbers; y may be x. */
export function activation(args: ActivationArguments): void {
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
export class ActivationInputGradArguments extends ActivationShape {
  count: usize;
  x: usize;
  y: usize;
  dy: usize;
  dx: usize;
}

@inline
function gradients<F>(args: ActivationInputGradArguments): void {
  const f = functionOf<F>();
  const slope = splat(args.negativeSlope);
  let x = args.x;
  let y = args.y;
  let dy = args.dy;
  let dx = args.dx;
  let count = args.count;
  for (; count >= 8; count -= 8, x += 32, y += 32, dy += 32, dx += 32) {
    const a = f.gradient(v128.load(x), v128.load(y), v128.load(dy), slope);
    const b = f.gradient(v128.load(x, 16), v128.load(y, 16), v128.load(dy, 16), slope);
    storePair(dx, a, b);
  }
  for (; count > 0; x += 16, y += 16, dy += 16, dx += 16) {
    const part = min<usize>(4, count);
    const gradient = f.gradient(loadUpTo4(x, part), loadUpTo4(y, part), loadUpTo4(dy, part), slope);
    storeUpTo4(dx, gradient, part);
    count -= part;
  }
}

/** dx = dy · f′(x) over `count` numbers; dx may be dy. */
export function activationInputGrad(args: ActivationInputGradArguments): void {
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
