/**
 * Numbers carried in two float64: `high` is the rounded value, `low` what the rounding lost, together about
 * 106 bits (Dekker, "A floating-point technique for extending the available precision", 1971).
 */

/** The unevaluated sum of two float64, |low| at most half an ulp of high. */
export interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

/** a + b for |a| ≥ |b|. */
function orderedSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  return { high, low: b - (high - a) };
}

/** a + b for float64 a and b; exact. */
export function exactSum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const bPart = high - a;
  return { high, low: a - (high - bPart) + (b - bPart) };
}

const SPLITTER = 134217729; // 2²⁷ + 1: cuts 53 bits into two halves whose products are exact.

/** a · b for float64 a and b below 2⁹⁹⁰; exact unless the product comes near the subnormal numbers. */
export function exactProduct(a: number, b: number): DoubleDouble {
  const high = a * b;
  const aShifted = a * SPLITTER;
  const aHigh = aShifted - (aShifted - a);
  const aLow = a - aHigh;
  const bShifted = b * SPLITTER;
  const bHigh = bShifted - (bShifted - b);
  const bLow = b - bHigh;
  return { high, low: aHigh * bHigh - high + aHigh * bLow + aLow * bHigh + aLow * bLow };
}

/** a + b. */
export function sum(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const { high, low } = exactSum(a.high, b.high);
  return orderedSum(high, low + (a.low + b.low));
}

/** a · b. */
export function product(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const { high, low } = exactProduct(a.high, b.high);
  return orderedSum(high, low + (a.high * b.low + a.low * b.high));
}

/** a / b. */
export function quotient(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const high = a.high / b.high;
  const back = exactProduct(high, b.high);
  return orderedSum(high, (a.high - back.high - back.low + a.low - high * b.low) / b.high);
}
