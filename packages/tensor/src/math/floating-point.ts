/**
 * The parts of a float64: powers of two that scale without rounding, and the exponent of a number.
 * The functions of this folder reduce their arguments with them.
 */

/** ln 2 in two parts. The first has 42 bits, so that its product with any exponent is exact. */
export const LN2_HIGH = 0.6931471805598903;
export const LN2_LOW = 5.497923018708371e-14;

const LEAST_EXPONENT = -1074;
const LEAST_NORMAL_EXPONENT = -1022;
const GREATEST_EXPONENT = 1023;
const SUBNORMAL_SHIFT = 54;

const powersOfTwo = allPowersOfTwo();

/** Made by halving and doubling, which are exact, rather than by a power function, which engines round as they like. */
function allPowersOfTwo(): Float64Array {
  const powers = new Float64Array(GREATEST_EXPONENT - LEAST_EXPONENT + 1);
  for (let k = 0, power = 1; k <= GREATEST_EXPONENT; k++, power *= 2) powers[k - LEAST_EXPONENT] = power;
  for (let k = 0, power = 1; k >= LEAST_EXPONENT; k--, power /= 2) powers[k - LEAST_EXPONENT] = power;
  return powers;
}

/** 2ᵏ for a whole number k from −1074, where the subnormal numbers end, to 1023. */
export function powerOfTwo(k: number): number {
  return powersOfTwo[k - LEAST_EXPONENT] as number;
}

/**
 * x · 2ᵏ, rounded once at most: only a subnormal result can lose bits, and too great a one becomes Infinity.
 *
 * @param x a number of magnitude below 2, near 1 so that no bit is lost before the last step
 * @param k a whole number from −1076 to 1024
 */
export function scaleByPowerOfTwo(x: number, k: number): number {
  if (k > GREATEST_EXPONENT) return x * 2 * powerOfTwo(k - 1);
  if (k < LEAST_NORMAL_EXPONENT) return x * powerOfTwo(k + SUBNORMAL_SHIFT) * powerOfTwo(-SUBNORMAL_SHIFT);
  return x * powerOfTwo(k);
}

/** A positive number taken apart: `mantissa` · 2^`exponent`, with the mantissa from √½ to √2. */
export interface FloatParts {
  readonly mantissa: number;
  readonly exponent: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** The upper half of √½ as a float64: sign, exponent and the first 20 bits of the fraction. */
const UPPER_HALF_OF_SQRT_HALF = 0x3fe6a09e;

/** The parts of a positive, finite number, subnormal ones included; exact. */
export function floatParts(x: number): FloatParts {
  if (x < powerOfTwo(LEAST_NORMAL_EXPONENT)) {
    const { mantissa, exponent } = floatParts(x * powerOfTwo(SUBNORMAL_SHIFT));
    return { mantissa, exponent: exponent - SUBNORMAL_SHIFT };
  }
  // Counted from √½ instead of from 1, the exponent field steps where the mantissa reaches √2.
  bits.setFloat64(0, x, true);
  const exponent = (bits.getInt32(4, true) - UPPER_HALF_OF_SQRT_HALF) >> 20;
  return { mantissa: x * powerOfTwo(-exponent), exponent };
}
