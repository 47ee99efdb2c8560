/** How numbers are written in derivations: six significant digits, true minus signs, powers of ten. */
import type { Digits } from './derivation';
import { decimalText, roundDecimal } from './rounding';

/** A number as formulas show it: as it is where it was rounded, else with six significant digits; with a true minus. */
export function shownNumber(value: number, digits: Digits): string {
  return withTrueMinus(shortNumber(value, digits));
}

/** The same in LaTeX. */
export function latexNumber(value: number, digits: Digits): string {
  return latexValue(shortNumber(value, digits));
}

/** A value that was not rounded, with as many decimals as a printed figure beside it has. */
export function shownBeside(value: number, figure: string): string {
  const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;
  const decimals = decimalsOf(figure);
  const short = shortNumber(value, 'exact');
  if (short.includes('e') ? decimals === 0 : decimalsOf(short) >= decimals) return withTrueMinus(short);
  const exact = String(value);
  return withTrueMinus(decimalsOf(exact) <= decimals ? exact : decimalText(value, decimals));
}

function shortNumber(value: number, digits: Digits): string {
  return String(digits === 'exact' ? Number(value.toPrecision(6)) : roundDecimal(value, 12));
}

/**
 * A value with at most six significant digits and a true minus.
 *
 * @example valueText(-0.0271296482); // '−0.0271296'
 */
export function valueText(value: number): string {
  return shownNumber(value, 'exact');
}

/**
 * Text with a true minus in front of numbers, in the place of a hyphen.
 *
 * @example withTrueMinus('is -0.144'); // 'is −0.144'
 */
export function withTrueMinus(text: string): string {
  return text.replace(/(?<![\p{L}\d])-(?=\d)/gu, '−');
}

/**
 * A number that was written as text, in LaTeX.
 *
 * @example latexValue('−1.5e-7'); // '-1.5 \\cdot 10^{-7}'
 */
export function latexValue(shown: string): string {
  return shown.replace('−', '-').replace(/e\+?(-?)(\d+)$/, ' \\cdot 10^{$1$2}');
}
