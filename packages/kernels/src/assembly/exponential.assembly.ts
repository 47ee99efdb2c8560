/**
 * e^x and log x for four numbers at once, from additions and multiplications alone: the same bits on every engine.
 * Errors against the true values, over all of float32 (tested): e^x and log x below 1 unit in the last place.
 */
import { choose, loadPart, fma, splat, storePart } from './vector.assembly';

/**
 * e^x = 2ⁿ · e^r with n = round(x / log 2) and |r| ≤ ½ log 2, where 1 + r + r² q(r) is as good as exact with q of the
 * fourth degree. 2ⁿ is multiplied in two halves: one alone would leave the range of exponents before the result does.
 */
@inline
export function exp(x: v128): v128 {
  return expOfSum(x, splat(0), false);
}

/** e^(x + tail) as {@link exp}, for a tail far below 1 that x has no digits for: only `hasTail` adds it. */
@inline
export function expOfSum(x: v128, tail: v128, hasTail: bool): v128 {
  // One instruction each, unlike `min` and `max`; NaN propagates.
  x = f32x4.pmin(f32x4.pmax(x, splat(-105)), splat(90));
  // Rounding by a magic number: 1.5 · 2²³ + x / log 2 has no bits for a fraction, and its last bits are n as an integer.
  const rounded = f32x4.add(f32x4.mul(x, splat(1.44269502)), splat(12582912));
  const n = f32x4.sub(rounded, splat(12582912));
  // log 2 in two parts: the first has so few bits that n times it is exact.
  let r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, splat(0.693359375))), f32x4.mul(n, splat(-2.12194440e-4)));
  if (hasTail) r = f32x4.add(r, tail);
  let q = fma(splat(0.001392625), r, splat(0.008363233));
  q = fma(q, r, splat(0.041666552));
  q = fma(q, r, splat(0.16666576));
  q = fma(q, r, splat(0.5));
  const power = f32x4.add(fma(q, f32x4.mul(r, r), r), splat(1));
  const exponent = i32x4.sub(rounded, splat(12582912));
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(power, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
}

/** 2ⁿ for whole n from −126 to 127, made of its bits. */
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
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

/** σ(x) = 1 / (1 + e^−x), in the form whose exponential never overflows. */
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  return f32x4.div(choose(f32x4.lt(x, splat(0)), e, splat(1)), f32x4.add(e, splat(1)));
}

/** tanh x = x + x³ p(x²) below 0.625, where 1 − 2 / (e^2x + 1) would lose digits; the sign is put on last. */
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(exp(f32x4.add(size, size)), splat(1))));
  const z = f32x4.mul(x, x);
  let p = fma(splat(0.0022927448), z, splat(-0.008343945));
  p = fma(p, z, splat(0.021768918));
  p = fma(p, z, splat(-0.053959258));
  p = fma(p, z, splat(0.13333304));
  p = fma(p, z, splat(-0.33333334));
  const near = fma(f32x4.mul(p, z), x, x);
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return choose(f32x4.lt(size, splat(0.625)), near, v128.or(far, sign));
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
