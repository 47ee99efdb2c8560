/** How numbers are written in derivations: six significant digits, true minus signs, powers of ten. */
import type { Digits } from './derivation';
import { decimalText, roundDecimal } from './rounding';

/**
 * A number as formulas show it: as it is where it was rounded, else with six significant digits; with a true minus.
 *
 * @param isInLogarithm whether it has as many digits as its logarithm needs, which is that of 1 otherwise
 */
export function shownNumber(value: number, digits: Digits, isInLogarithm = false): string {
  return withTrueMinus(shortNumber(value, digits, isInLogarithm));
}

/** The same in LaTeX. */
export function latexNumber(value: number, digits: Digits, isInLogarithm = false): string {
  return latexValue(shortNumber(value, digits, isInLogarithm));
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

function shortNumber(value: number, digits: Digits, isInLogarithm = false): string {
  if (digits !== 'exact') return String(roundDecimal(value, 12));
  return String(Number(value.toPrecision(isInLogarithm ? digitsBeside1(value) : 6)));
}

/** How many significant digits it takes to tell a number from 1 by three of their difference; six at least. */
function digitsBeside1(value: number): number {
  const exponent = Number((1 - value).toExponential().split('e')[1]);
  return Math.min(Math.max(6, 2 - exponent), 17);
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
