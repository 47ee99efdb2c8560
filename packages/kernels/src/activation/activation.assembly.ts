/**
 * Activations and their gradients, four numbers at a time, over arrays of any shape:
 *
 *   y = f(x),   dx = dy · f′(x),   f one of the functions of `activation.ts`, which has their formulas
 */
import { loadPart, splat, storePart } from '../assembly/vector.assembly';
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
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, f.value(v128.load(x), slope));
  if (count > 0) storePart(y, f.value(loadPart(x, count), slope), count);
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
  for (; count >= 4; count -= 4, x += 16, y += 16, dy += 16, dx += 16) {
    v128.store(dx, f.gradient(v128.load(x), v128.load(y), v128.load(dy), slope));
  }
  if (count > 0) {
    storePart(dx, f.gradient(loadPart(x, count), loadPart(y, count), loadPart(dy, count), slope), count);
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
