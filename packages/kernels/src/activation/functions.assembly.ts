/**
 * The functions of `activation.ts` and their gradients for four numbers, each as a class without fields, so that a loop over numbers is
 * compiled for each function apart: `functionOf<Relu>().value(x, slope)`.
 *
 *   value(x, slope)             f(x)
 *   gradient(x, y, dy, slope)   dy · f′(x) with y = f(x)
 *
 * `slope` is that of leaky ReLU below zero.
 */
import { sigmoid, tanh } from '../assembly/exponential.assembly';
import { bellOf, normalCdf, tailUnder } from '../assembly/normal-distribution.assembly';
import { choose, held, rectified, splat } from '../assembly/vector.assembly';

// Their numbers: the order of `activationFunctions`. The last is the approximation of GELU.
const IDENTITY: usize = 0;
const SIGMOID: usize = 1;
const TANH: usize = 2;
const RELU: usize = 3;
const SILU: usize = 4;
const LEAKY_RELU: usize = 5;
const RELU6: usize = 6;
const HARD_SWISH: usize = 7;
const GELU: usize = 8;

/** What the methods of a class are called on. It has no fields, so no memory. */
@inline
export function functionOf<F>(): F {
  return changetype<F>(0);
}

const one = memory.data<f32>([1]);
const six = memory.data<f32>([6]);

@unmanaged
@final
export class Identity {
  @inline value(x: v128, slope: v128): v128 {
    return x;
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    return dy;
  }
}

@unmanaged
@final
export class Sigmoid {
  @inline value(x: v128, slope: v128): v128 {
    return sigmoid(x);
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(held(one), y)));
  }
}

@unmanaged
@final
export class Tanh {
  @inline value(x: v128, slope: v128): v128 {
    return tanh(x);
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(f32x4.sub(held(one), y), f32x4.add(held(one), y)));
  }
}

@unmanaged
@final
export class Relu {
  @inline value(x: v128, slope: v128): v128 {
    return rectified(x);
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    return v128.and(dy, f32x4.gt(x, splat(0)));
  }
}

@unmanaged
@final
export class Silu {
  @inline value(x: v128, slope: v128): v128 {
    return f32x4.mul(x, sigmoid(x));
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    const s = sigmoid(x);
    return f32x4.mul(dy, f32x4.mul(s, f32x4.add(held(one), f32x4.mul(x, f32x4.sub(held(one), s)))));
  }
}

@unmanaged
@final
export class LeakyRelu {
  @inline value(x: v128, slope: v128): v128 {
    return choose(f32x4.gt(x, splat(0)), x, f32x4.mul(x, slope));
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    return choose(f32x4.gt(x, splat(0)), dy, f32x4.mul(dy, slope));
  }
}

/** min(max(x, 0), 6); NaN propagates. */
@inline
function rectified6(x: v128): v128 {
  return f32x4.pmin(rectified(x), held(six));
}

@unmanaged
@final
export class Relu6 {
  @inline value(x: v128, slope: v128): v128 {
    return rectified6(x);
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    return v128.and(dy, v128.and(f32x4.gt(x, splat(0)), f32x4.lt(x, held(six))));
  }
}

const three = memory.data<f32>([3]);
const half = memory.data<f32>([0.5]);

@unmanaged
@final
export class HardSwish {
  @inline value(x: v128, slope: v128): v128 {
    return f32x4.mul(x, f32x4.div(rectified6(f32x4.add(x, held(three))), held(six)));
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    const between = f32x4.mul(dy, f32x4.add(f32x4.div(x, held(three)), held(half)));
    return v128.andnot(choose(f32x4.lt(x, held(three)), between, dy), f32x4.le(x, f32x4.neg(held(three))));
  }
}

const geluLowest = memory.data<f32>([-15]);
const geluHighest = memory.data<f32>([15]);

/** Beyond 15 on either side GELU is x or 0, and no square overflows before it; NaN propagates. */
@inline
function clamped(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, held(geluLowest)), held(geluHighest));
}

/** 1 / √(2π) */
const bellAtZero = memory.data<f32>([0.3989422804014327]);

@unmanaged
@final
export class Gelu {
  @inline value(x: v128, slope: v128): v128 {
    return f32x4.mul(x, normalCdf(x));
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    const near = clamped(x);
    const bell = bellOf(near);
    const slopeOfCdf = f32x4.mul(bell, held(bellAtZero));
    return f32x4.mul(dy, f32x4.add(tailUnder(near, bell), f32x4.mul(near, slopeOfCdf)));
  }
}

const rootOfEightOverPi = memory.data<f32>([1.5957691216057308]);
const cubic = memory.data<f32>([0.044715]);
const threeCubic = memory.data<f32>([0.134145]);

/** σ(u) of the approximation of GELU, of a clamped x. */
@inline
function gateOf(x: v128): v128 {
  const cubed = f32x4.add(x, f32x4.mul(f32x4.mul(held(cubic), x), f32x4.mul(x, x)));
  return sigmoid(f32x4.mul(held(rootOfEightOverPi), cubed));
}

@unmanaged
@final
export class GeluTanh {
  @inline value(x: v128, slope: v128): v128 {
    return f32x4.mul(x, gateOf(clamped(x)));
  }
  @inline gradient(x: v128, y: v128, dy: v128, slope: v128): v128 {
    const near = clamped(x);
    const s = gateOf(near);
    const steepness = f32x4.add(held(one), f32x4.mul(held(threeCubic), f32x4.mul(near, near)));
    const change = f32x4.mul(f32x4.mul(held(rootOfEightOverPi), steepness), f32x4.sub(held(one), s));
    return f32x4.mul(dy, f32x4.mul(s, f32x4.add(held(one), f32x4.mul(near, change))));
  }
}

/**
 * Runs a loop for one of the functions: `Loop` is a class without fields whose `run<F>(args)` is compiled for each of them apart.
 */
@inline
export function runWith<Loop, Arguments>(kind: usize, args: Arguments): void {
  const loop = functionOf<Loop>();
  if (kind == IDENTITY) loop.run<Identity>(args);
  else if (kind == SIGMOID) loop.run<Sigmoid>(args);
  else if (kind == TANH) loop.run<Tanh>(args);
  else if (kind == RELU) loop.run<Relu>(args);
  else if (kind == SILU) loop.run<Silu>(args);
  else if (kind == LEAKY_RELU) loop.run<LeakyRelu>(args);
  else if (kind == RELU6) loop.run<Relu6>(args);
  else if (kind == HARD_SWISH) loop.run<HardSwish>(args);
  else if (kind == GELU) loop.run<Gelu>(args);
  else loop.run<GeluTanh>(args);
}
