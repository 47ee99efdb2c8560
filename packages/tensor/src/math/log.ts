/**
 * The natural logarithm of x and of 1 + x with the same bits on every engine.
 *
 * x = m·2ᵏ with m between √½ and √2, so that ln x = k·ln 2 + ln m. With f = m − 1 and s = f / (2 + f),
 * ln m = 2·artanh s = 2·(s + s³/3 + s⁵/5 + …), and |s| < 0.172 makes the terms fall fast.
 */
import { floatParts, LN2_HIGH, LN2_LOW } from './floating-point';

/**
 * k·ln 2 + ln(1 + f) + tail for √½ < 1 + f < √2.
 *
 * 2s = f − s·f and s·f = f²/2 − s·f²/2, so ln(1 + f) = f − (f²/2 − s·(f²/2 + series)): f itself is exact,
 * and only what is subtracted from it is rounded.
 */
function logOfParts(k: number, f: number, tail: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19))));
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))));
  const series = z * odd + w * even;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + series) + (tail + k * LN2_LOW)) - f);
}

/**
 * The natural logarithm of x: −Infinity at 0, NaN below. Error below 1 ulp.
 *
 * @example log(10); // 2.302585092994046
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const { mantissa, exponent } = floatParts(x);
  return logOfParts(exponent, mantissa - 1, 0);
}

/**
 * ln(1 + x), accurate also where 1 + x would lose all of x. Error below 1 ulp.
 *
 * @example log1p(1e-20); // 1e-20
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity || x === 0) return x; // keeps −0
  if (x > -0.29 && x < 0.41) return logOfParts(0, x, 0);
  const sum = 1 + x;
  // ln(1 + x) = ln(sum + lost) = ln sum + ln(1 + lost/sum), and that last logarithm is lost/sum to the last bit.
  const lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  const { mantissa, exponent } = floatParts(sum);
  return logOfParts(exponent, mantissa - 1, lost / sum);
}
