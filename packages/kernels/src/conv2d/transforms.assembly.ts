/**
 * The transforms of minimal filtering (Winograd, *Arithmetic Complexity of Computations*, 1980; Lavin and Gray, *Fast
 * Algorithms for Convolutional Neural Networks*, 2016): what lets `minimal-filter.assembly.ts` convolve with fewer products.
 *
 * Four neighbouring outputs of a filter of r taps are a product of polynomials, transposed. A product of polynomials of
 * 4 + r − 1 coefficients is known from its values at as many points, and a value of the product is the product of the
 * values: one multiplication for each point, where the sum has 4·r. With points aₖ, ∞ among them (the leading coefficient),
 *
 *   y = Aᵀ[(G g) ⊙ (Bᵀ d)],   Aᵀ[i, k] = aₖⁱ,   G[k, j] = aₖʲ / Nₖ,   Nₖ = ∏_{l≠k} (aₖ − aₗ),
 *   Bᵀ[k, ·] = the coefficients of ∏_{l≠k} (x − aₗ),   and for ∞ of ∏ (x − aₗ), with aₖ of the finite points alone.
 *
 * It is bilinear, so its gradients are the transposes: dd = B[(G g) ⊙ (A dy)] and dg = Gᵀ[(Bᵀ d) ⊙ (A dy)], with as few
 * products. The points come in pairs ±a: even and odd powers are added up once for both.
 *
 *   r = 5: 0, ±1, ±2, ±½, ∞      eight products for twenty
 *   r = 3: 0, ±5/8, ±3/2, ∞      six for twelve; along rows and columns, 36 for 144
 *
 * Points are chosen for small errors among those whose Bᵀ needs no rounding. With the usual 0, ±1, ±2, ∞ they are twice as
 * large for r = 3; for r = 5 no choice was much better than another.
 *
 * For r = 5, rows of Bᵀ are taken fourfold at ±2 and twofold at ±½, rows of A eightfold at ±½, and those of G as much smaller.
 * Nothing is rounded differently by that. But halves and quarters become sums of a number with itself, and few factors are
 * left: the engine makes those anew wherever a loop begins, which costs as much as a round of it.
 *
 * Each function treats `bytes` of neighbouring numbers alike. Those that begin a convolution read from places that are
 * given one by one, for the edge of an image is another place than the next, and write `step` bytes apart; those that end it
 * the other way round.
 */
import { multiplyAdd, splat } from '../assembly/vector.assembly';

/** a − b · factor. */
@inline
function less(a: v128, b: v128, factor: f32): v128 {
  return multiplyAdd(b, splat(-factor), a);
}

/** a + b · factor. */
@inline
function more(a: v128, b: v128, factor: f32): v128 {
  return multiplyAdd(b, splat(factor), a);
}

/** 2a, without a factor that would take a register. */
@inline
function twice(a: v128): v128 {
  return f32x4.add(a, a);
}

/** Bᵀ for five taps: eight inputs. */
export function inputsOfFive(
  from0: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  from4: usize,
  from5: usize,
  from6: usize,
  from7: usize,
  to: usize,
  step: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = to + k;
    const d1 = v128.load(from1 + k);
    const d2 = v128.load(from2 + k);
    const d3 = v128.load(from3 + k);
    const d4 = v128.load(from4 + k);
    const d5 = v128.load(from5 + k);
    const d6 = v128.load(from6 + k);
    v128.store(at, more(f32x4.sub(v128.load(from0 + k), d6), f32x4.sub(d4, d2), 5.25));
    let even = less(f32x4.add(d2, d6), d4, 4.25);
    let odd = less(f32x4.add(d1, d5), d3, 4.25);
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    even = f32x4.add(less(f32x4.mul(d6, splat(4)), d4, 5), d2);
    odd = twice(f32x4.add(less(f32x4.mul(d5, splat(4)), d3, 5), d1));
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    even = twice(more(less(d6, d4, 5), d2, 4));
    odd = more(less(d5, d3, 5), d1, 4);
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    v128.store(at + step, more(f32x4.sub(v128.load(from7 + k), d1), f32x4.sub(d3, d5), 5.25));
  }
}

/** B for five taps, the transpose of {@link inputsOfFive}: adds to eight inputs' gradients. */
export function addInputGradsOfFive(
  from: usize,
  step: usize,
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  to4: usize,
  to5: usize,
  to6: usize,
  to7: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += step));
    let minus = v128.load((at += step));
    const even1 = f32x4.add(plus, minus);
    const odd1 = f32x4.sub(plus, minus);
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    const even2 = f32x4.add(plus, minus);
    const odd2 = twice(f32x4.sub(plus, minus));
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    const even3 = twice(f32x4.add(plus, minus));
    const odd3 = f32x4.sub(plus, minus);
    const last = v128.load(at + step);
    add(to0 + k, first);
    add(to1 + k, more(f32x4.add(f32x4.sub(odd1, last), odd2), odd3, 4));
    add(to2 + k, more(f32x4.add(less(even1, first, 5.25), even2), even3, 4));
    add(to3 + k, less(less(f32x4.mul(last, splat(5.25)), odd1, 4.25), f32x4.add(odd2, odd3), 5));
    add(to4 + k, less(less(less(f32x4.mul(first, splat(5.25)), even1, 4.25), even2, 5), even3, 5));
    add(to5 + k, f32x4.add(more(less(odd1, last, 5.25), odd2, 4), odd3));
    add(to6 + k, f32x4.add(f32x4.sub(even1, first), more(even3, even2, 4)));
    add(to7 + k, last);
  }
}

@inline
function add(to: usize, value: v128): void {
  v128.store(to, f32x4.add(v128.load(to), value));
}

/** Aᵀ for five taps: four outputs. */
export function outputsOfFive(
  from: usize,
  step: usize,
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) vectorsOfFive(from + k, step, to0 + k, to1 + k, to2 + k, to3 + k);
}

/** The four numbers of {@link outputsOfFive} that make a vector, for loops that run otherwise. */
@inline
export function vectorsOfFive(from: usize, step: usize, to0: usize, to1: usize, to2: usize, to3: usize): void {
  let at = from;
  const first = v128.load(at);
  let plus = v128.load((at += step));
  let minus = v128.load((at += step));
  const even1 = f32x4.add(plus, minus);
  const odd1 = f32x4.sub(plus, minus);
  plus = v128.load((at += step));
  minus = v128.load((at += step));
  const even2 = f32x4.add(plus, minus);
  const odd2 = twice(f32x4.sub(plus, minus));
  plus = v128.load((at += step));
  minus = v128.load((at += step));
  const even3 = twice(f32x4.add(plus, minus));
  const odd3 = f32x4.sub(plus, minus);
  v128.store(to0, f32x4.add(f32x4.add(first, even1), more(even2, even3, 4)));
  v128.store(to1, more(f32x4.add(odd1, odd2), odd3, 4));
  v128.store(to2, f32x4.add(more(even1, even2, 4), even3));
  v128.store(to3, f32x4.add(more(f32x4.add(odd1, v128.load(at + step)), odd2, 4), odd3));
}

/** A for five taps, the transpose of {@link outputsOfFive}: four outputs' errors. */
export function errorsOfFive(
  from0: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  to: usize,
  step: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = to + k;
    const d0 = v128.load(from0 + k);
    const d1 = v128.load(from1 + k);
    const d2 = v128.load(from2 + k);
    const d3 = v128.load(from3 + k);
    v128.store(at, d0);
    let even = f32x4.add(d0, d2);
    let odd = f32x4.add(d1, d3);
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    even = more(d0, d2, 4);
    odd = twice(more(d1, d3, 4));
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    even = twice(more(d2, d0, 4));
    odd = more(d3, d1, 4);
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    v128.store(at + step, d3);
  }
}

/** G for five taps: N = 1 and −9/2, then 4 · 90 at ±2 and 2 · 8 · 45/32 = 360/16 at ±½, with the sign of the first in Bᵀ. */
export function weightsOfFive(from: usize, fromStep: usize, to: usize, step: usize, bytes: usize): void {
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
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    factor = splat(1.0 / 360);
    even = f32x4.mul(more(more(g0, g2, 4), g4, 16), factor);
    odd = f32x4.mul(more(twice(g1), g3, 8), factor);
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    even = f32x4.mul(more(g4, more(g2, g0, 4), 4), factor);
    odd = f32x4.mul(more(twice(g3), g1, 8), factor);
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    v128.store(at + step, g4);
  }
}

/** Gᵀ for five taps, the transpose of {@link weightsOfFive}: five weights' gradients. */
export function weightGradsOfFive(from: usize, step: usize, to: usize, toStep: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += step));
    let minus = v128.load((at += step));
    let factor = splat(-2.0 / 9);
    const even1 = f32x4.mul(f32x4.add(plus, minus), factor);
    const odd1 = f32x4.mul(f32x4.sub(plus, minus), factor);
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    factor = splat(1.0 / 360);
    const even2 = f32x4.mul(f32x4.add(plus, minus), factor);
    const odd2 = f32x4.mul(f32x4.sub(plus, minus), factor);
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    const even3 = f32x4.mul(f32x4.add(plus, minus), factor);
    const odd3 = f32x4.mul(f32x4.sub(plus, minus), factor);
    const last = v128.load(at + step);
    let place = to + k;
    v128.store(place, f32x4.add(f32x4.add(first, even1), more(even2, even3, 16)));
    v128.store((place += toStep), more(more(odd1, odd2, 2), odd3, 8));
    v128.store((place += toStep), more(more(even1, even2, 4), even3, 4));
    v128.store((place += toStep), more(more(odd1, odd2, 8), odd3, 2));
    v128.store(place + toStep, f32x4.add(more(f32x4.add(even1, last), even2, 16), even3));
  }
}

/** The points of three taps and their squares, and the sum and product of the squares: (x² − a²)(x² − b²) = x⁴ − sum · x² + product. */
const a: f32 = 0.625;
const b: f32 = 1.5;
const aa: f32 = a * a;
const bb: f32 = b * b;
const sum: f32 = aa + bb;
const product: f32 = aa * bb;

/** Bᵀ for three taps: six inputs. */
export function inputsOfThree(
  from0: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  from4: usize,
  from5: usize,
  to: usize,
  step: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = to + k;
    const d1 = v128.load(from1 + k);
    const d2 = v128.load(from2 + k);
    const d3 = v128.load(from3 + k);
    const d4 = v128.load(from4 + k);
    v128.store(at, more(less(d4, d2, sum), v128.load(from0 + k), product));
    let even = less(d4, d2, bb);
    let odd = less(d3, d1, bb);
    v128.store((at += step), more(even, odd, a));
    v128.store((at += step), less(even, odd, a));
    even = less(d4, d2, aa);
    odd = less(d3, d1, aa);
    v128.store((at += step), more(even, odd, b));
    v128.store((at += step), less(even, odd, b));
    v128.store(at + step, more(less(v128.load(from5 + k), d3, sum), d1, product));
  }
}

/**
 * B for three taps, the transpose of {@link inputsOfThree}: six inputs' gradients.
 *
 * @param summed whether they are added to what is there
 */
export function inputGradsOfThree(
  from: usize,
  step: usize,
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  to4: usize,
  to5: usize,
  summed: bool,
  bytes: usize,
): void {
  const kept = i32x4.splat(summed ? -1 : 0);
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += step));
    let minus = v128.load((at += step));
    const evenA = f32x4.add(plus, minus);
    const oddA = f32x4.mul(f32x4.sub(plus, minus), splat(a));
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    const evenB = f32x4.add(plus, minus);
    const oddB = f32x4.mul(f32x4.sub(plus, minus), splat(b));
    const last = v128.load(at + step);
    put(to0 + k, kept, f32x4.mul(first, splat(product)));
    put(to1 + k, kept, less(less(f32x4.mul(last, splat(product)), oddA, bb), oddB, aa));
    put(to2 + k, kept, less(less(f32x4.mul(first, splat(-sum)), evenA, bb), evenB, aa));
    put(to3 + k, kept, less(f32x4.add(oddA, oddB), last, sum));
    put(to4 + k, kept, f32x4.add(first, f32x4.add(evenA, evenB)));
    put(to5 + k, kept, last);
  }
}

@inline
function put(to: usize, kept: v128, value: v128): void {
  v128.store(to, f32x4.add(v128.and(v128.load(to), kept), value));
}

/**
 * Aᵀ for three taps: four outputs.
 *
 * @param start what is added to each of them
 */
export function outputsOfThree(
  from: usize,
  step: usize,
  start: usize,
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += step));
    let minus = v128.load((at += step));
    const evenA = f32x4.add(plus, minus);
    const oddA = f32x4.mul(f32x4.sub(plus, minus), splat(a));
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    const evenB = f32x4.add(plus, minus);
    const oddB = f32x4.mul(f32x4.sub(plus, minus), splat(b));
    const also = v128.load(start + k);
    v128.store(to0 + k, f32x4.add(f32x4.add(first, also), f32x4.add(evenA, evenB)));
    v128.store(to1 + k, f32x4.add(also, f32x4.add(oddA, oddB)));
    v128.store(to2 + k, more(more(also, evenA, aa), evenB, bb));
    v128.store(to3 + k, more(more(f32x4.add(also, v128.load(at + step)), oddA, aa), oddB, bb));
  }
}

/** A for three taps, the transpose of {@link outputsOfThree}: four outputs' errors. */
export function errorsOfThree(
  from0: usize,
  from1: usize,
  from2: usize,
  from3: usize,
  to: usize,
  step: usize,
  bytes: usize,
): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = to + k;
    const d0 = v128.load(from0 + k);
    const d1 = v128.load(from1 + k);
    const d2 = v128.load(from2 + k);
    const d3 = v128.load(from3 + k);
    v128.store(at, d0);
    let even = more(d0, d2, aa);
    let odd = more(d1, d3, aa);
    v128.store((at += step), more(even, odd, a));
    v128.store((at += step), less(even, odd, a));
    even = more(d0, d2, bb);
    odd = more(d1, d3, bb);
    v128.store((at += step), more(even, odd, b));
    v128.store((at += step), less(even, odd, b));
    v128.store(at + step, d3);
  }
}

/** 1 / N for three taps. */
const shareOfNone: f32 = 1 / product;
const shareOfA: f32 = 1 / (2 * aa * (aa - bb));
const shareOfB: f32 = 1 / (2 * bb * (bb - aa));

/** G for three taps. */
export function weightsOfThree(from: usize, fromStep: usize, to: usize, step: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    const g0 = v128.load(from + k);
    const g1 = v128.load(from + fromStep + k);
    const g2 = v128.load(from + 2 * fromStep + k);
    let at = to + k;
    v128.store(at, f32x4.mul(g0, splat(shareOfNone)));
    let even = f32x4.mul(more(g0, g2, aa), splat(shareOfA));
    let odd = f32x4.mul(g1, splat(a * shareOfA));
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    even = f32x4.mul(more(g0, g2, bb), splat(shareOfB));
    odd = f32x4.mul(g1, splat(b * shareOfB));
    v128.store((at += step), f32x4.add(even, odd));
    v128.store((at += step), f32x4.sub(even, odd));
    v128.store(at + step, g2);
  }
}

/** Gᵀ for three taps, the transpose of {@link weightsOfThree}: three weights' gradients. */
export function weightGradsOfThree(from: usize, step: usize, to: usize, toStep: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 16) {
    let at = from + k;
    const first = v128.load(at);
    let plus = v128.load((at += step));
    let minus = v128.load((at += step));
    const evenA = f32x4.mul(f32x4.add(plus, minus), splat(shareOfA));
    const oddA = f32x4.mul(f32x4.sub(plus, minus), splat(a * shareOfA));
    plus = v128.load((at += step));
    minus = v128.load((at += step));
    const evenB = f32x4.mul(f32x4.add(plus, minus), splat(shareOfB));
    const oddB = f32x4.mul(f32x4.sub(plus, minus), splat(b * shareOfB));
    const last = v128.load(at + step);
    v128.store(to + k, more(f32x4.add(evenA, evenB), first, shareOfNone));
    v128.store(to + toStep + k, f32x4.add(oddA, oddB));
    v128.store(to + 2 * toStep + k, more(more(last, evenA, aa), evenB, bb));
  }
}
