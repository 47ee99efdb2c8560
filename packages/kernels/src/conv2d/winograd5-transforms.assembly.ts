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
 * halves and quarters become sums of a number with itself, and few constants are left to take registers.
 *
 * `columns` is a table of the addresses of the vectors on the side of the image; the points are `pointStride` bytes apart.
 */
import { fma, fnma, held, splat, storePair } from '../assembly/vector.assembly';

/** Constants in memory, for loops: see {@link held}. */
export const heldFour: usize = memory.data<f32>([4]);
const heldFourAndQuarter: usize = memory.data<f32>([4.25]);
const heldFive: usize = memory.data<f32>([5]);
const heldFiveAndQuarter: usize = memory.data<f32>([5.25]);

/** 2a, without a constant that would take a register. */
@inline
function twice(a: v128): v128 {
  return f32x4.add(a, a);
}

/** Stores even + odd, and even − odd, of two neighboring vectors. */
@inline
function storeSumAndDifference(
  plus: usize,
  minus: usize,
  even: v128,
  nextEven: v128,
  odd: v128,
  nextOdd: v128,
): void {
  storePair(plus, f32x4.add(even, odd), f32x4.add(nextEven, nextOdd));
  storePair(minus, f32x4.sub(even, odd), f32x4.sub(nextEven, nextOdd));
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
  const four = held(heldFour);
  const five = held(heldFive);
  const fourAndQuarter = held(heldFourAndQuarter);
  const fiveAndQuarter = held(heldFiveAndQuarter);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = to + k;
    const d2 = v128.load(from2 + k);
    const e2 = v128.load(from2 + k, 16);
    const d4 = v128.load(from4 + k);
    const e4 = v128.load(from4 + k, 16);
    const d6 = v128.load(from6 + k);
    const e6 = v128.load(from6 + k, 16);
    const d0 = v128.load(from0 + k);
    const e0 = v128.load(from0 + k, 16);
    storePair(
      at,
      fma(f32x4.sub(d4, d2), fiveAndQuarter, f32x4.sub(d0, d6)),
      fma(f32x4.sub(e4, e2), fiveAndQuarter, f32x4.sub(e0, e6)),
    );
    const d1 = v128.load(from1 + k);
    const e1 = v128.load(from1 + k, 16);
    const d3 = v128.load(from3 + k);
    const e3 = v128.load(from3 + k, 16);
    const d5 = v128.load(from5 + k);
    const e5 = v128.load(from5 + k, 16);
    let even = fnma(d4, fourAndQuarter, f32x4.add(d2, d6));
    let nextEven = fnma(e4, fourAndQuarter, f32x4.add(e2, e6));
    let odd = fnma(d3, fourAndQuarter, f32x4.add(d1, d5));
    let nextOdd = fnma(e3, fourAndQuarter, f32x4.add(e1, e5));
    storeSumAndDifference((at += pointStride), (at += pointStride), even, nextEven, odd, nextOdd);
    even = f32x4.add(fnma(d4, five, f32x4.mul(d6, four)), d2);
    nextEven = f32x4.add(fnma(e4, five, f32x4.mul(e6, four)), e2);
    odd = twice(f32x4.add(fnma(d3, five, f32x4.mul(d5, four)), d1));
    nextOdd = twice(f32x4.add(fnma(e3, five, f32x4.mul(e5, four)), e1));
    storeSumAndDifference((at += pointStride), (at += pointStride), even, nextEven, odd, nextOdd);
    even = twice(fma(d2, four, fnma(d4, five, d6)));
    nextEven = twice(fma(e2, four, fnma(e4, five, e6)));
    odd = fma(d1, four, fnma(d3, five, d5));
    nextOdd = fma(e1, four, fnma(e3, five, e5));
    storeSumAndDifference((at += pointStride), (at += pointStride), even, nextEven, odd, nextOdd);
    const d7 = v128.load(from7 + k);
    const e7 = v128.load(from7 + k, 16);
    storePair(
      at + pointStride,
      fma(f32x4.sub(d3, d5), fiveAndQuarter, f32x4.sub(d7, d1)),
      fma(f32x4.sub(e3, e5), fiveAndQuarter, f32x4.sub(e7, e1)),
    );
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
  // Odd powers after the even ones, which loads ±1, ±2 and ±½ twice: with both there are more numbers than registers.
  const four = held(heldFour);
  const five = held(heldFive);
  const fourAndQuarter = held(heldFourAndQuarter);
  const fiveAndQuarter = held(heldFiveAndQuarter);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = from + k;
    const first = v128.load(at);
    const nextFirst = v128.load(at, 16);
    let plus = v128.load((at += pointStride));
    let nextPlus = v128.load(at, 16);
    let minus = v128.load((at += pointStride));
    let nextMinus = v128.load(at, 16);
    const even1 = f32x4.add(plus, minus);
    const nextEven1 = f32x4.add(nextPlus, nextMinus);
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const even2 = f32x4.add(plus, minus);
    const nextEven2 = f32x4.add(nextPlus, nextMinus);
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const even3 = twice(f32x4.add(plus, minus));
    const nextEven3 = twice(f32x4.add(nextPlus, nextMinus));
    add(to0 + k, first, nextFirst);
    add(
      to2 + k,
      fma(even3, four, f32x4.add(fnma(first, fiveAndQuarter, even1), even2)),
      fma(nextEven3, four, f32x4.add(fnma(nextFirst, fiveAndQuarter, nextEven1), nextEven2)),
    );
    add(
      to4 + k,
      fnma(even3, five, fnma(even2, five, fnma(even1, fourAndQuarter, f32x4.mul(first, fiveAndQuarter)))),
      fnma(
        nextEven3,
        five,
        fnma(nextEven2, five, fnma(nextEven1, fourAndQuarter, f32x4.mul(nextFirst, fiveAndQuarter))),
      ),
    );
    add(
      to6 + k,
      f32x4.add(f32x4.sub(even1, first), fma(even2, four, even3)),
      f32x4.add(f32x4.sub(nextEven1, nextFirst), fma(nextEven2, four, nextEven3)),
    );
    at = from + k;
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const odd1 = f32x4.sub(plus, minus);
    const nextOdd1 = f32x4.sub(nextPlus, nextMinus);
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const odd2 = twice(f32x4.sub(plus, minus));
    const nextOdd2 = twice(f32x4.sub(nextPlus, nextMinus));
    plus = v128.load((at += pointStride));
    nextPlus = v128.load(at, 16);
    minus = v128.load((at += pointStride));
    nextMinus = v128.load(at, 16);
    const odd3 = f32x4.sub(plus, minus);
    const nextOdd3 = f32x4.sub(nextPlus, nextMinus);
    const last = v128.load((at += pointStride));
    const nextLast = v128.load(at, 16);
    add(
      to1 + k,
      fma(odd3, four, f32x4.add(f32x4.sub(odd1, last), odd2)),
      fma(nextOdd3, four, f32x4.add(f32x4.sub(nextOdd1, nextLast), nextOdd2)),
    );
    add(
      to3 + k,
      fnma(f32x4.add(odd2, odd3), five, fnma(odd1, fourAndQuarter, f32x4.mul(last, fiveAndQuarter))),
      fnma(f32x4.add(nextOdd2, nextOdd3), five, fnma(nextOdd1, fourAndQuarter, f32x4.mul(nextLast, fiveAndQuarter))),
    );
    add(
      to5 + k,
      f32x4.add(fma(odd2, four, fnma(last, fiveAndQuarter, odd1)), odd3),
      f32x4.add(fma(nextOdd2, four, fnma(nextLast, fiveAndQuarter, nextOdd1)), nextOdd3),
    );
    add(to7 + k, last, nextLast);
  }
}

/** Adds two neighboring vectors. Both are loaded before the first is stored, so that they can be one. */
@inline
function add(to: usize, value: v128, next: v128): void {
  const had = v128.load(to);
  const nextHad = v128.load(to, 16);
  storePair(to, f32x4.add(had, value), f32x4.add(nextHad, next));
}

/** y = Aᵀ M: eight points to four outputs. */
export function outputTransform5(from: usize, pointStride: usize, columns: usize, bytes: usize): void {
  const to0 = load<usize>(columns);
  const to1 = load<usize>(columns, 4);
  const to2 = load<usize>(columns, 8);
  const to3 = load<usize>(columns, 12);
  const four = held(heldFour);
  for (let k: usize = 0; k < bytes; k += 32) {
    outputVectors5(from + k, pointStride, to0 + k, to1 + k, to2 + k, to3 + k, four);
  }
}

/**
 * Two vectors of each of the four outputs of {@link outputTransform5}, for kernels with loops of their own.
 *
 * @param four a vector of fours, which loops load once: {@link heldFour}
 */
@inline
export function outputVectors5(
  from: usize,
  pointStride: usize,
  to0: usize,
  to1: usize,
  to2: usize,
  to3: usize,
  four: v128,
): void {
  let at = from;
  const first = v128.load(at);
  const nextFirst = v128.load(at, 16);
  let plus = v128.load((at += pointStride));
  let nextPlus = v128.load(at, 16);
  let minus = v128.load((at += pointStride));
  let nextMinus = v128.load(at, 16);
  const even1 = f32x4.add(plus, minus);
  const nextEven1 = f32x4.add(nextPlus, nextMinus);
  const odd1 = f32x4.sub(plus, minus);
  const nextOdd1 = f32x4.sub(nextPlus, nextMinus);
  plus = v128.load((at += pointStride));
  nextPlus = v128.load(at, 16);
  minus = v128.load((at += pointStride));
  nextMinus = v128.load(at, 16);
  const even2 = f32x4.add(plus, minus);
  const nextEven2 = f32x4.add(nextPlus, nextMinus);
  const odd2 = twice(f32x4.sub(plus, minus));
  const nextOdd2 = twice(f32x4.sub(nextPlus, nextMinus));
  plus = v128.load((at += pointStride));
  nextPlus = v128.load(at, 16);
  minus = v128.load((at += pointStride));
  nextMinus = v128.load(at, 16);
  const even3 = twice(f32x4.add(plus, minus));
  const nextEven3 = twice(f32x4.add(nextPlus, nextMinus));
  storePair(
    to0,
    f32x4.add(f32x4.add(first, even1), fma(even3, four, even2)),
    f32x4.add(f32x4.add(nextFirst, nextEven1), fma(nextEven3, four, nextEven2)),
  );
  storePair(
    to2,
    f32x4.add(fma(even2, four, even1), even3),
    f32x4.add(fma(nextEven2, four, nextEven1), nextEven3),
  );
  // Loaded once more: with them there are more numbers than registers.
  plus = v128.load(at - pointStride);
  nextPlus = v128.load(at - pointStride, 16);
  minus = v128.load(at);
  nextMinus = v128.load(at, 16);
  const odd3 = f32x4.sub(plus, minus);
  const nextOdd3 = f32x4.sub(nextPlus, nextMinus);
  storePair(
    to1,
    fma(odd3, four, f32x4.add(odd1, odd2)),
    fma(nextOdd3, four, f32x4.add(nextOdd1, nextOdd2)),
  );
  const last = v128.load((at += pointStride));
  const nextLast = v128.load(at, 16);
  storePair(
    to3,
    f32x4.add(fma(odd2, four, f32x4.add(odd1, last)), odd3),
    f32x4.add(fma(nextOdd2, four, f32x4.add(nextOdd1, nextLast)), nextOdd3),
  );
}

/** dM = A dy, the transpose of {@link outputTransform5}: the gradients of four outputs to eight points. */
export function outputTransformGrad5(columns: usize, to: usize, pointStride: usize, bytes: usize): void {
  const from0 = load<usize>(columns);
  const from1 = load<usize>(columns, 4);
  const from2 = load<usize>(columns, 8);
  const from3 = load<usize>(columns, 12);
  const four = held(heldFour);
  for (let k: usize = 0; k < bytes; k += 32) {
    let at = to + k;
    const d0 = v128.load(from0 + k);
    const e0 = v128.load(from0 + k, 16);
    const d1 = v128.load(from1 + k);
    const e1 = v128.load(from1 + k, 16);
    const d2 = v128.load(from2 + k);
    const e2 = v128.load(from2 + k, 16);
    const d3 = v128.load(from3 + k);
    const e3 = v128.load(from3 + k, 16);
    storePair(at, d0, e0);
    let even = f32x4.add(d0, d2);
    let nextEven = f32x4.add(e0, e2);
    let odd = f32x4.add(d1, d3);
    let nextOdd = f32x4.add(e1, e3);
    storeSumAndDifference((at += pointStride), (at += pointStride), even, nextEven, odd, nextOdd);
    even = fma(d2, four, d0);
    nextEven = fma(e2, four, e0);
    odd = twice(fma(d3, four, d1));
    nextOdd = twice(fma(e3, four, e1));
    storeSumAndDifference((at += pointStride), (at += pointStride), even, nextEven, odd, nextOdd);
    even = twice(fma(d0, four, d2));
    nextEven = twice(fma(e0, four, e2));
    odd = fma(d1, four, d3);
    nextOdd = fma(e1, four, e3);
    storeSumAndDifference((at += pointStride), (at += pointStride), even, nextEven, odd, nextOdd);
    storePair(at + pointStride, d3, e3);
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
