/**
 * Activations and their gradients, eight numbers at a time, over arrays of any shape:
 *
 *   y = f(x),   dx = dy · f′(x),   f one of the functions of `activation.ts`, which has their formulas
 */
import { loadUpTo4, splat, storePair, storeUpTo4 } from '../assembly/vector.assembly';
import { functionOf, runWith } from './functions.assembly';

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

@unmanaged
@final
class Values {
  @inline run<F>(args: ActivationArguments): void {
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
}

/** y = f(x) over `count` numbers; y may be x. */
export function activation(args: ActivationArguments): void {
  runWith<Values, ActivationArguments>(args.kind, args);
}

@unmanaged
export class ActivationInputGradArguments extends ActivationShape {
  count: usize;
  x: usize;
  y: usize;
  dy: usize;
  dx: usize;
}

@unmanaged
@final
class Gradients {
  @inline run<F>(args: ActivationInputGradArguments): void {
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
}

/** dx = dy · f′(x) over `count` numbers; dx may be dy. */
export function activationInputGrad(args: ActivationInputGradArguments): void {
  runWith<Gradients, ActivationInputGradArguments>(args.kind, args);
}
