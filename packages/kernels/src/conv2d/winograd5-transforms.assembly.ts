/**
 * The transforms of Winograd F(4, 5), in one direction; `winograd.assembly.ts` derives them.
 *
 * With the points 0, 1, −1, 2, −2, ½, −½, ∞ in this order, Aᵀ[i, k] = aₖⁱ and G[k, j] = aₖʲ / Nₖ. The rows of Bᵀ are the
 * coefficients, of 1, x, x² … x⁷, of
 *
 *    0     −(x² − 1)(x² − 4)(x² − ¼)     = 1 − 5.25x² + 5.25x⁴ − x⁶
 *   ±1      x(x ± 1)(x² − 4)(x² − ¼)     = x(x ± 1)(x⁴ − 4.25x² + 1)
 *   ±2     4x(x ± 2)(x² − 1)(x² − ¼)     = x(x ± 2)(4x⁴ − 5x² + 1)
 *   ±½     2x(x ± ½)(x² − 1)(x² − 4)     = x(2x ± 1)(x⁴ − 5x² + 4)
 *    ∞      x(x² − 1)(x² − 4)(x² − ¼)    = x⁷ − 5.25x⁵ + 5.25x³ − x
 *
 * The factors 4 and 2, and an 8 in the rows of A at ±½, are taken back in G. As powers of two they change no rounding. But
 * halves and quarters become sums of a number with itself, and few constants are left: the engine materializes constants anew
 * wherever a loop begins, which costs as much as an iteration of it.
 *
 * `columns` is a table of the addresses of the vectors on the side of the image; the points are `pointStride` bytes apart.
 */
import { fma, fnma, splat } from '../assembly/vector.assembly';

/** 2a, without a constant that would take a register. */
@inline
function twice(a: v128): v128 {
  return f32x4.add(a, a);
}

/** V = Bᵀ d: eight inputs to eight points. */
export function inputTransform5(columns: usize, to: usize, pointStride: usize, bytes: usize): void {
  const from0 = load<usize>(columns);
  const from1 = load<usize>(columns, 4);
  const from2 = load<usize>(columns, 8);
  const from3 = load<usize>(columns, 12);
  const from4 = load<usize>(columns, 16);
  const from5 = load<usize>(columns, 20);
  const from6 = load<usize>(columns, 24);
  const from7 = load<usize>(columns, 28);
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = to + k;
    const d1 = v128.load(from1 + k);
    const d2 = v128.load(from2 + k);
    const d3 = v128.load(from3 + k);
    const d4 = v128.load(from4 + k);
    const d5 = v128.load(from5 + k);
    const d6 = v128.load(from6 + k);
    v128.store(at, fma(f32x4.sub(d4, d2), splat(5.25), f32x4.sub(v128.load(from0 + k), d6)));
    let even = fnma(d4, splat(4.25), f32x4.add(d2, d6));
    let odd = fnma(d3, splat(4.25), f32x4.add(d1, d5));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = f32x4.add(fnma(d4, splat(5), f32x4.mul(d6, splat(4))), d2);
    odd = twice(f32x4.add(fnma(d3, splat(5), f32x4.mul(d5, splat(4))), d1));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = twice(fma(d2, splat(4), fnma(d4, splat(5), d6)));
    odd = fma(d1, splat(4), fnma(d3, splat(5), d5));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    v128.store(at + pointStride, fma(f32x4.sub(d3, d5), splat(5.25), f32x4.sub(v128.load(from7 + k), d1)));
  }
}

/** dd += B dV, the transpose of {@link inputTransform5}: eight points to the gradients of eight inputs. */
export function inputTransformGrad5(from: usize, pointStride: usize, columns: usize, bytes: usize): void {
  const to0 = load<usize>(columns);
  const to1 = load<usize>(columns, 4);
  const to2 = load<usize>(columns, 8);
  const to3 = load<usize>(columns, 12);
  const to4 = load<usize>(columns, 16);
  const to5 = load<usize>(columns, 20);
  const to6 = load<usize>(columns, 24);
  const to7 = load<usize>(columns, 28);
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += pointStride));
    let minus = v128.load((at += pointStride));
    const even1 = f32x4.add(plus, minus);
    const odd1 = f32x4.sub(plus, minus);
    plus = v128.load((at += pointStride));
    minus = v128.load((at += pointStride));
    const even2 = f32x4.add(plus, minus);
    const odd2 = twice(f32x4.sub(plus, minus));
    plus = v128.load((at += pointStride));
    minus = v128.load((at += pointStride));
    const even3 = twice(f32x4.add(plus, minus));
    const odd3 = f32x4.sub(plus, minus);
    const last = v128.load(at + pointStride);
    add(to0 + k, first);
    add(to1 + k, fma(odd3, splat(4), f32x4.add(f32x4.sub(odd1, last), odd2)));
    add(to2 + k, fma(even3, splat(4), f32x4.add(fnma(first, splat(5.25), even1), even2)));
    add(to3 + k, fnma(f32x4.add(odd2, odd3), splat(5), fnma(odd1, splat(4.25), f32x4.mul(last, splat(5.25)))));
    add(to4 + k, fnma(even3, splat(5), fnma(even2, splat(5), fnma(even1, splat(4.25), f32x4.mul(first, splat(5.25))))));
    add(to5 + k, f32x4.add(fma(odd2, splat(4), fnma(last, splat(5.25), odd1)), odd3));
    add(to6 + k, f32x4.add(f32x4.sub(even1, first), fma(even2, splat(4), even3)));
    add(to7 + k, last);
  }
}

@inline
function add(to: usize, value: v128): void {
  v128.store(to, f32x4.add(v128.load(to), value));
}

/** y = Aᵀ M: eight points to four outputs. */
export function outputTransform5(from: usize, pointStride: usize, columns: usize, bytes: usize): void {
  const to0 = load<usize>(columns);
  const to1 = load<usize>(columns, 4);
  const to2 = load<usize>(columns, 8);
  const to3 = load<usize>(columns, 12);
  for (let k: usize = 0; k < bytes; k += 16) outputVectors5(from + k, pointStride, to0 + k, to1 + k, to2 + k, to3 + k);
}

/** One vector of each of the four outputs of {@link outputTransform5}, for kernels with loops of their own. */
@inline
export function outputVectors5(from: usize, pointStride: usize, to0: usize, to1: usize, to2: usize, to3: usize): void {
  let at = from;
  const first = v128.load(at);
  let plus = v128.load((at += pointStride));
  let minus = v128.load((at += pointStride));
  const even1 = f32x4.add(plus, minus);
  const odd1 = f32x4.sub(plus, minus);
  plus = v128.load((at += pointStride));
  minus = v128.load((at += pointStride));
  const even2 = f32x4.add(plus, minus);
  const odd2 = twice(f32x4.sub(plus, minus));
  plus = v128.load((at += pointStride));
  minus = v128.load((at += pointStride));
  const even3 = twice(f32x4.add(plus, minus));
  const odd3 = f32x4.sub(plus, minus);
  v128.store(to0, f32x4.add(f32x4.add(first, even1), fma(even3, splat(4), even2)));
  v128.store(to1, fma(odd3, splat(4), f32x4.add(odd1, odd2)));
  v128.store(to2, f32x4.add(fma(even2, splat(4), even1), even3));
  v128.store(to3, f32x4.add(fma(odd2, splat(4), f32x4.add(odd1, v128.load(at + pointStride))), odd3));
}

/** dM = A dy, the transpose of {@link outputTransform5}: the gradients of four outputs to eight points. */
export function outputTransformGrad5(columns: usize, to: usize, pointStride: usize, bytes: usize): void {
  const from0 = load<usize>(columns);
  const from1 = load<usize>(columns, 4);
  const from2 = load<usize>(columns, 8);
  const from3 = load<usize>(columns, 12);
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = to + k;
    const d0 = v128.load(from0 + k);
    const d1 = v128.load(from1 + k);
    const d2 = v128.load(from2 + k);
    const d3 = v128.load(from3 + k);
    v128.store(at, d0);
    let even = f32x4.add(d0, d2);
    let odd = f32x4.add(d1, d3);
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = fma(d2, splat(4), d0);
    odd = twice(fma(d3, splat(4), d1));
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = twice(fma(d0, splat(4), d2));
    odd = fma(d1, splat(4), d3);
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    v128.store(at + pointStride, d3);
  }
}

/**
 * U = G g: five weights, `fromStep` bytes apart, to eight points. N is 1 at 0 and ∞, its sign in Bᵀ, and −9/2 at ±1; with the
 * scaling it is 4 · 90 at ±2 and 2 · 8 · 45/32 = 360/16 at ±½.
 */
export function weightTransform5(from: usize, fromStep: usize, to: usize, pointStride: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let from1 = from + k;
    const g0 = v128.load(from1);
    const g1 = v128.load((from1 += fromStep));
    const g2 = v128.load((from1 += fromStep));
    const g3 = v128.load((from1 += fromStep));
    const g4 = v128.load(from1 + fromStep);
    let at = to + k;
    v128.store(at, g0);
    let factor = splat(-2.0 / 9);
    let even = f32x4.mul(f32x4.add(f32x4.add(g0, g2), g4), factor);
    let odd = f32x4.mul(f32x4.add(g1, g3), factor);
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    factor = splat(1.0 / 360);
    even = f32x4.mul(fma(g4, splat(16), fma(g2, splat(4), g0)), factor);
    odd = f32x4.mul(fma(g3, splat(8), twice(g1)), factor);
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    even = f32x4.mul(fma(fma(g0, splat(4), g2), splat(4), g4), factor);
    odd = f32x4.mul(fma(g1, splat(8), twice(g3)), factor);
    v128.store((at += pointStride), f32x4.add(even, odd));
    v128.store((at += pointStride), f32x4.sub(even, odd));
    v128.store(at + pointStride, g4);
  }
}

/** dg = Gᵀ dU, the transpose of {@link weightTransform5}: eight points to the gradients of five weights, `toStep` bytes apart. */
export function weightTransformGrad5(from: usize, pointStride: usize, to: usize, toStep: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += pointStride));
    let minus = v128.load((at += pointStride));
    let factor = splat(-2.0 / 9);
    const even1 = f32x4.mul(f32x4.add(plus, minus), factor);
    const odd1 = f32x4.mul(f32x4.sub(plus, minus), factor);
    plus = v128.load((at += pointStride));
    minus = v128.load((at += pointStride));
    factor = splat(1.0 / 360);
    const even2 = f32x4.mul(f32x4.add(plus, minus), factor);
    const odd2 = f32x4.mul(f32x4.sub(plus, minus), factor);
    plus = v128.load((at += pointStride));
    minus = v128.load((at += pointStride));
    const even3 = f32x4.mul(f32x4.add(plus, minus), factor);
    const odd3 = f32x4.mul(f32x4.sub(plus, minus), factor);
    const last = v128.load(at + pointStride);
    let target = to + k;
    v128.store(target, f32x4.add(f32x4.add(first, even1), fma(even3, splat(16), even2)));
    v128.store((target += toStep), fma(odd3, splat(8), fma(odd2, splat(2), odd1)));
    v128.store((target += toStep), fma(even3, splat(4), fma(even2, splat(4), even1)));
    v128.store((target += toStep), fma(odd3, splat(2), fma(odd2, splat(8), odd1)));
    v128.store(target + toStep, f32x4.add(fma(even2, splat(16), f32x4.add(even1, last)), even3));
  }
}
