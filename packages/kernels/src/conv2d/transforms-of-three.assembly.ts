/** The transforms of `transforms.assembly.ts` for three taps. */
import { splat } from '../assembly/vector.assembly';
import { less, more } from './transforms.assembly';

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
