/**
 * Sine and cosine with the same bits on every engine.
 *
 * x = n·π/2 + r with |r| ≤ π/4; the quarter n mod 4 selects the series of r, and the sign.
 */
import { exactSum } from './double-double';

const LIMIT = 1048576;

/** π/2 in four parts. The first three have at most 33 bits, so that their products with n < 2²⁰ are exact. */
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487111665e-21;
const HALF_PI_4 = 8.4784276603689e-32;

/**
 * The sine of x in radians. Error below 1 ulp.
 *
 * @throws RangeError for |x| > 2²⁰ = 1048576, where the reduction by π/2 would lose bits
 * @example sin(Math.PI / 6); // 0.49999999999999994
 */
export function sin(x: number): number {
  if (x === 0) return x; // keeps −0
  if (Math.abs(x) < Math.PI / 4) return sineSeries(x, 0);
  return sineOfQuarters('sin', x, 0);
}

/**
 * The cosine of x in radians. Error below 1 ulp.
 *
 * @throws RangeError for |x| > 2²⁰ = 1048576, where the reduction by π/2 would lose bits
 * @example cos(Math.PI / 3); // 0.5000000000000001
 */
export function cos(x: number): number {
  if (Math.abs(x) < Math.PI / 4) return cosineSeries(x, 0);
  return sineOfQuarters('cos', x, 1);
}

/** sin(x + quarters·π/2). */
function sineOfQuarters(name: string, x: number, quarters: number): number {
  if (!(Math.abs(x) < Infinity)) return NaN;
  if (Math.abs(x) > LIMIT) {
    throw new RangeError(`${name}: expected an angle from -${LIMIT} to ${LIMIT}, got ${x}; take off whole turns first`);
  }
  const n = Math.floor(x * (2 / Math.PI) + 0.5);
  const { high: nearly, low: firstLoss } = exactSum(x - n * HALF_PI_1, -n * HALF_PI_2);
  const { high, low: secondLoss } = exactSum(nearly, -n * HALF_PI_3);
  const low = firstLoss + secondLoss - n * HALF_PI_4;
  const r = high + low;
  const tail = high - r + low;
  const quarter = (n + quarters) & 3;
  const value = quarter & 1 ? cosineSeries(r, tail) : sineSeries(r, tail);
  return quarter & 2 ? -value : value;
}

/** sin(r + tail) for |r| ≤ π/4, by r − r³/3! + r⁵/5! − …, and the derivative times the tail. */
function sineSeries(r: number, tail: number): number {
  const z = r * r;
  const w = z * z;
  const negative = 1 / 6 + w * (1 / 5040 + w * (1 / 39916800 + w * (1 / 1307674368000)));
  const positive = 1 / 120 + w * (1 / 362880 + w * (1 / 6227020800 + w * (1 / 355687428096000)));
  return r + (r * z * (z * positive - negative) + tail * (1 - 0.5 * z));
}

/** cos(r + tail) for |r| ≤ π/4, by 1 − r²/2! + r⁴/4! − …, and the derivative times the tail. */
function cosineSeries(r: number, tail: number): number {
  const z = r * r;
  const w = z * z;
  const positive = 1 / 24 + w * (1 / 40320 + w * (1 / 479001600 + w * (1 / 20922789888000)));
  const negative = 1 / 720 + w * (1 / 3628800 + w * (1 / 87178291200 + w * (1 / 6402373705728000)));
  // 1 − z/2 loses bits of z/2; they are added back with the small terms.
  const sum = 1 - 0.5 * z;
  const lost = 1 - sum - 0.5 * z;
  return sum + (lost + (w * (positive - z * negative) - r * tail));
}
