/**
 * The two 16-bit float formats of model files, widened to float32 exactly. The oldest supported engine has a typed array of
 * neither.
 */

const bits = new DataView(new ArrayBuffer(4));

function floatOfBits(word: number): number {
  bits.setUint32(0, word);
  return bits.getFloat32(0);
}

/** The number of a bfloat16: a float32 without its lower half. */
export function fromBfloat16(half: number): number {
  return floatOfBits(half << 16);
}

/**
 * The number of an IEEE 754 binary16: 1 bit sign, 5 bits exponent (bias 15), 10 bits fraction.
 *
 * Interpreted as a float32 (bias 127), the same fields mean a number 2¹¹² times smaller, also for subnormal numbers. So one
 * exact multiplication is enough, except for infinity and NaN.
 */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const magnitude = half & 0x7fff;
  if (magnitude > 0x7c00) return NaN;
  return sign * (magnitude === 0x7c00 ? Infinity : floatOfBits(magnitude << 13) * 2 ** 112);
}
