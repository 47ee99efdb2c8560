/**
 * Rounding as people do it on paper: to three decimals, half away from zero, of the *decimal* number. In binary 0.0415 is
 * 0.041499999999999995; a pencil knows nothing of that.
 */

/**
 * The nearest number with `decimals` decimals; halves go away from zero. A value within a few units of the
 * sixteenth digit of a half counts as that half: it is one that arithmetic in binary has missed.
 *
 * @example roundDecimal(0.0415, 3); // 0.042
 */
export function roundDecimal(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  // Fifteen digits are those that binary and decimal share.
  const shifted = shiftPoint(Math.abs(value).toPrecision(15), decimals);
  const rounded = shiftPoint(String(Math.floor(shifted + 0.5)), -decimals);
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

/** The number with its decimal point moved, by its digits: multiplying would round in binary. */
function shiftPoint(text: string, shift: number): number {
  const [digits, exponent = '0'] = text.split('e');
  return Number(`${digits}e${Number(exponent) + shift}`);
}

/**
 * The rounded number with all its decimals written.
 *
 * @example decimalText(0.1, 3); // '0.100'
 */
export function decimalText(value: number, decimals: number): string {
  return roundDecimal(value, decimals).toFixed(decimals);
}
