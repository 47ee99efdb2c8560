/**
 * eˣ and eˣ − 1 with the same bits on every engine.
 *
 * x = k·ln 2 + r with a whole number k and |r| ≤ ½ ln 2, so that eˣ = 2ᵏ·eʳ; Taylor's series of eʳ
 * needs the terms up to r¹³/13! there to fall below a float64's last bit.
 */
import { LN2_HIGH, LN2_LOW, powerOfTwo, scaleByPowerOfTwo } from './floating-point';

// Between these the scaling by 2ᵏ itself overflows to Infinity and underflows to 0 where it must.
const SURE_OVERFLOW = 710;
const SURE_UNDERFLOW = -746;

/** eʳ − 1 − r for |r| ≤ ½ ln 2. The odd and the even powers are two short chains that run side by side. */
function secondOrderRest(r: number): number {
  const z = r * r;
  const even = z * (1 / 24 + z * (1 / 720 + z * (1 / 40320 + z * (1 / 3628800 + z * (1 / 479001600)))));
  const odd =
    r * (1 / 6 + z * (1 / 120 + z * (1 / 5040 + z * (1 / 362880 + z * (1 / 39916800 + z * (1 / 6227020800))))));
  // z/2 is exact and by far the greatest term, so it is added last.
  return z * (even + odd) + 0.5 * z;
}

/**
 * e raised to x. Error below 0.8 ulp.
 *
 * @example exp(1); // 2.718281828459045
 */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** e^(x + tail) for a tail far below one ulp of 1: the last step of a power, whose exponent is carried in two parts. */
export function expOfSum(x: number, tail: number): number {
  if (!(x < SURE_OVERFLOW)) return x + Infinity;
  if (x < SURE_UNDERFLOW) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = tail - k * LN2_LOW;
  const r = high + low;
  const rTail = high - r + low;
  // What 1 + r loses of r is added back with the small terms. The tail counts eʳ times; 1 + r is near enough for it.
  const sum = 1 + r;
  const lost = 1 - sum + r;
  return scaleByPowerOfTwo(sum + (lost + (rTail * sum + secondOrderRest(r))), k);
}

/**
 * eˣ − 1, accurate also where eˣ is so near 1 that the difference would lose everything. Error below 1 ulp.
 *
 * @example expm1(1e-20); // 1e-20
 */
export function expm1(x: number): number {
  if (!(x < SURE_OVERFLOW)) return x + Infinity;
  if (x < -38) return -1; // eˣ is less than half an ulp of 1
  if (x === 0) return x; // keeps −0
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = -k * LN2_LOW;
  const r = high + low;
  const rest = (high - r + low) * (1 + r) + secondOrderRest(r);
  if (k === 0) return r + rest;
  // 2ᵏ·eʳ − 1 = 2ᵏ·((1 − 2⁻ᵏ) + (eʳ − 1)); what the two sums lose is added back with the small terms.
  const shrunk = powerOfTwo(-k);
  const one = 1 - shrunk;
  const sum = one + r;
  const lost = 1 - one - shrunk + (one - sum + r);
  return scaleByPowerOfTwo(sum + (lost + rest), k);
}
