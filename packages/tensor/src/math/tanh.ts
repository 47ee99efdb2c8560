/**
 * The hyperbolic tangent with the same bits on every engine.
 */
import { expm1 } from './exp';

/** From here on tanh x rounds to 1. */
const SATURATION = 20;

/** Where tanh x is about ½: below, the quotient is the more accurate form, above, what is missing to 1. */
const HALFWAY = 0.55;

/**
 * The hyperbolic tangent of x. Error below 2 ulp.
 *
 * tanh x = (e²ˣ − 1) / (e²ˣ + 1) = t / (t + 2) = 1 − 2 / (t + 2) with t = e²ˣ − 1.
 *
 * @example tanh(0.5); // 0.46211715726000974
 */
export function tanh(x: number): number {
  if (x === 0) return x; // keeps −0
  const size = Math.abs(x);
  if (size > SATURATION) return x < 0 ? -1 : 1;
  const t = expm1(2 * size);
  const denominator = t + 2;
  if (size >= HALFWAY) return x < 0 ? 2 / denominator - 1 : 1 - 2 / denominator;
  // The quotient is too great by the bits of t that the denominator lost.
  const quotient = t / denominator;
  const value = quotient - (quotient * (t - (denominator - 2))) / denominator;
  return x < 0 ? -value : value;
}
