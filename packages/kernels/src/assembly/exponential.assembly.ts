/**
 * e^x, log x, σ(x) and tanh x for four numbers at once, from additions, multiplications and divisions alone: the same bits on every
 * engine. Errors against the true values, over all of float32 (tested): e^x and log x below 1 unit in the last place, σ(x) and
 * tanh x below 3.
 */
import { choose, loadPart, fma, held, splat, storePart } from './vector.assembly';

/** 1.5 · 2²³: added to a number it leaves no bits for a fraction, and the last bits of the sum are the whole part as an integer. */
const magic = memory.data<f32>([12582912]);
const overLog2 = memory.data<f32>([1.44269502]);
// log 2 in two parts: the first has so few bits that n times it is exact.
const log2High = memory.data<f32>([0.693359375]);
const log2Low = memory.data<f32>([-2.12194440e-4]);
const one = memory.data<f32>([1]);
const two = memory.data<f32>([2]);
/** What is added to an exponent before it becomes bits. */
const bias = memory.data<i32>([127]);

const expLowest = memory.data<f32>([-105]);
const expHighest = memory.data<f32>([90]);
const exp2 = memory.data<f32>([0.5]);
const exp3 = memory.data<f32>([0.16666576]);
const exp4 = memory.data<f32>([0.041666552]);
const exp5 = memory.data<f32>([0.008363233]);
const exp6 = memory.data<f32>([0.001392625]);

/**
 * e^x = 2ⁿ · e^r with n = round(x / log 2) and |r| ≤ ½ log 2, where 1 + r + r² q(r) is as good as exact with q of the
 * fourth degree. 2ⁿ is multiplied in two halves: one alone would leave the range of exponents before the result does.
 */
@inline
export function exp(x: v128): v128 {
  // One instruction each, unlike `min` and `max`; NaN propagates.
  x = f32x4.pmin(f32x4.pmax(x, held(expLowest)), held(expHighest));
  const rounded = f32x4.add(f32x4.mul(x, held(overLog2)), held(magic));
  return scaledExp(rest(x, rounded), rounded);
}

/** e^(x + tail) as {@link exp}, for an x from −120 to 0 and a tail far below 1 that x has no digits for. */
@inline
export function expOfSum(x: v128, tail: v128): v128 {
  const rounded = f32x4.add(f32x4.mul(x, held(overLog2)), held(magic));
  return scaledExp(f32x4.add(rest(x, rounded), tail), rounded);
}

/** e^r · 2ⁿ, n from its sum with {@link magic}. */
@inline
function scaledExp(r: v128, rounded: v128): v128 {
  let q = fma(held(exp6), r, held(exp5));
  q = fma(q, r, held(exp4));
  q = fma(q, r, held(exp3));
  q = fma(q, r, held(exp2));
  const power = f32x4.add(fma(q, f32x4.mul(r, r), r), held(one));
  const exponent = i32x4.sub(rounded, held(magic));
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(power, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
}

/** x − n · log 2, from the sum of n and {@link magic}. */
@inline
function rest(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, held(magic));
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, held(log2High))), f32x4.mul(n, held(log2Low)));
}

/** 2ⁿ for whole n from −127, where it is 0, to 127, made of its bits. Of n only the last nine bits count. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, held(bias)), 23);
}

/**
 * log x = e · log 2 + log m with x = m · 2ᵉ and √½ ≤ m < √2, where log(1 + f) = f − f²/2 + f³ p(f) is as good as exact
 * with p of the eighth degree.
 */
@inline
export function log(x: v128): v128 {
  // Numbers too small to have all their bits are made larger first.
  const small = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = choose(small, f32x4.mul(x, splat(8388608)), x);
  const above = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const e = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(above, 23)), v128.and(small, splat(23)));
  const m = i32x4.add(v128.and(above, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, splat(1));
  let p = fma(splat(0.06971612), f, splat(-0.11479734));
  p = fma(p, f, splat(0.1168542));
  p = fma(p, f, splat(-0.12425687));
  p = fma(p, f, splat(0.14249058));
  p = fma(p, f, splat(-0.16667803));
  p = fma(p, f, splat(0.20000716));
  p = fma(p, f, splat(-0.24999997));
  p = fma(p, f, splat(0.3333333));
  const ff = f32x4.mul(f, f);
  // log 2 in two parts again, and the small terms first.
  let sum = fma(f32x4.mul(ff, f), p, f32x4.mul(e, splat(-2.12194440e-4)));
  sum = f32x4.sub(sum, f32x4.mul(ff, splat(0.5)));
  sum = f32x4.add(f32x4.add(sum, f), f32x4.mul(e, splat(0.693359375)));
  // log 0 = −∞, log ∞ = ∞, and NaN propagates; the logarithm of a negative number is NaN.
  sum = choose(f32x4.eq(x, splat(0)), splat(-f32.MAX_VALUE * 2), sum);
  sum = choose(f32x4.lt(x, splat(f32.MAX_VALUE * 2)), sum, x);
  return choose(f32x4.lt(x, splat(0)), splat(f32.NaN), sum);
}

/** log(1 + x), good near zero too: the part of x that 1 + x rounds away is put back. */
@inline
export function log1p(x: v128): v128 {
  const whole = f32x4.add(x, splat(1));
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(whole, splat(1))), whole);
  // At −1 and at infinity the difference is NaN; it counts as nothing lost.
  return f32x4.add(log(whole), choose(f32x4.eq(lost, lost), lost, splat(0)));
}

const sigmoidLowest = memory.data<f32>([-88]);
const sigmoidHighest = memory.data<f32>([88]);
const odd = memory.data<f32>([0.016646767]);
const even = memory.data<f32>([0.19996008]);

/**
 * σ(x) = e^x / (1 + e^x) = 2ⁿ (b + a) / ((b − a) + 2ⁿ (b + a)), with n and r as in {@link exp} and
 * e^r = (b + a) / (b − a), a = r + 0.016646767 r³, b = 2 + 0.19996008 r². That is a quotient, as σ is, so one division is enough.
 * a / b is tanh(r/2) up to a part in 10⁹: the factors are fitted, those of the continued fraction are 1/60 and 1/5.
 * From about −88 down 2ⁿ is 0, and so is the result.
 */
@inline
export function sigmoid(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, held(sigmoidLowest)), held(sigmoidHighest));
  const rounded = f32x4.add(f32x4.mul(x, held(overLog2)), held(magic));
  const r = rest(x, rounded);
  const z = f32x4.mul(r, r);
  const a = f32x4.mul(r, fma(z, held(odd), held(one)));
  const b = fma(z, held(even), held(two));
  const above = f32x4.mul(f32x4.add(b, a), powerOfTwo(rounded));
  return f32x4.div(above, f32x4.add(f32x4.sub(b, a), above));
}

const tanhLowest = memory.data<f32>([-10]);
const tanhHighest = memory.data<f32>([10]);

/**
 * tanh x = (e^2x − 1) / (e^2x + 1) = ((p − 1) b + (p + 1) a) / ((p + 1) b + (p − 1) a), with p = 2ⁿ and a, b as in
 * {@link sigmoid} for 2x: near zero, where p is 1, that is a / b and keeps all digits.
 */
@inline
export function tanh(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, held(tanhLowest)), held(tanhHighest));
  x = f32x4.add(x, x);
  const rounded = f32x4.add(f32x4.mul(x, held(overLog2)), held(magic));
  const r = rest(x, rounded);
  const z = f32x4.mul(r, r);
  const a = fma(f32x4.mul(z, held(odd)), r, r);
  const w = f32x4.mul(z, held(even));
  const p = powerOfTwo(rounded);
  const less = f32x4.sub(p, held(one));
  const more = f32x4.add(p, held(one));
  // 2 (p − 1) and 2 (p + 1) are exact or as good as it, and the rest of b and a are small beside them.
  const above = f32x4.add(f32x4.add(less, less), fma(less, w, f32x4.mul(more, a)));
  const below = f32x4.add(f32x4.add(more, more), fma(more, w, f32x4.mul(less, a)));
  return f32x4.div(above, below);
}

/** e^x of `count` numbers, for tests of its error. */
export function exponentials(x: usize, y: usize, count: usize): void {
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, exp(v128.load(x)));
  if (count > 0) storePart(y, exp(loadPart(x, count)), count);
}

/** log x of `count` numbers, for tests of its error. */
export function logarithms(x: usize, y: usize, count: usize): void {
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, log(v128.load(x)));
  if (count > 0) storePart(y, log(loadPart(x, count)), count);
}

/** σ(x) of `count` numbers, for tests of its error. */
export function sigmoids(x: usize, y: usize, count: usize): void {
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, sigmoid(v128.load(x)));
  if (count > 0) storePart(y, sigmoid(loadPart(x, count)), count);
}

/** tanh x of `count` numbers, for tests of its error. */
export function hyperbolicTangents(x: usize, y: usize, count: usize): void {
  for (; count >= 4; count -= 4, x += 16, y += 16) v128.store(y, tanh(v128.load(x)));
  if (count > 0) storePart(y, tanh(loadPart(x, count)), count);
}
