/**
 * xʸ with the same bits on every engine.
 *
 * xʸ = e^(y·ln x). An error of y·ln x becomes a relative error of the power, and y·ln x may be as large as 745:
 * so the logarithm and the product are carried in two float64 each, and only the last step is rounded.
 */
import { type DoubleDouble, exactSum, product, quotient, sum } from './double-double';
import { expOfSum } from './exp';
import { floatParts, LN2_HIGH, LN2_LOW } from './floating-point';

/** 1/1, 1/3, 1/5 … 1/25: artanh s = s·(1 + s²/3 + s⁴/5 + …). */
const oddReciprocals = Array.from({ length: 13 }, (_, term) => quotient(exactly(1), exactly(2 * term + 1)));

/** From s⁶/7 on the terms are so small that one float64 holds enough of them. */
const FIRST_SMALL_TERM = 3;

/**
 * x to the power of y, with the special values of ECMAScript. Error below 0.8 ulp; a power that float64 can hold
 * exactly comes out exactly.
 *
 * @example pow(0.9, 3); // 0.7290000000000001
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const size = Math.abs(x);
  if (size === 1 && Math.abs(y) === Infinity) return NaN;
  // A negative base has a power only for whole exponents; odd ones keep its sign, −0 included.
  const odd = Math.abs(y % 2) === 1;
  const sign = odd && (x < 0 || Object.is(x, -0)) ? -1 : 1;
  if (size === 0 || size === Infinity || Math.abs(y) === Infinity) {
    const grows = size > 1 ? y > 0 : y < 0;
    return sign * (grows ? Infinity : 0);
  }
  if (x < 0 && !Number.isInteger(y)) return NaN;
  return sign * powerOfPositive(size, y);
}

function powerOfPositive(x: number, y: number): number {
  if (x === 1) return 1;
  const logarithm = preciseLog(x);
  const estimate = y * logarithm.high;
  // Beyond the range of exp, where the exact product could overflow, only the side matters.
  if (Math.abs(estimate) > 800) return estimate > 0 ? Infinity : 0;
  const exponent = product(logarithm, exactly(y));
  return expOfSum(exponent.high, exponent.low);
}

/** ln x to about 70 bits: the way of `log.ts`, carried in two float64. */
function preciseLog(x: number): DoubleDouble {
  const { mantissa, exponent } = floatParts(x);
  const s = quotient(exactly(mantissa - 1), exactSum(mantissa, 1));
  const z = product(s, s);
  let smallTerms = 0;
  for (let term = oddReciprocals.length - 1; term >= FIRST_SMALL_TERM; term--) {
    smallTerms = smallTerms * z.high + reciprocal(term).high;
  }
  let series = exactly(smallTerms);
  for (let term = FIRST_SMALL_TERM - 1; term >= 0; term--) {
    series = sum(product(series, z), reciprocal(term));
  }
  const logOfMantissa = product(s, product(exactly(2), series));
  return sum(sum(exactly(exponent * LN2_HIGH), exactly(exponent * LN2_LOW)), logOfMantissa);
}

function reciprocal(term: number): DoubleDouble {
  return oddReciprocals[term] as DoubleDouble;
}

function exactly(high: number): DoubleDouble {
  return { high, low: 0 };
}
