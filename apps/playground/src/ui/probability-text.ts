/** Probabilities, shown by one rule in all views. */
import { percentText } from '@longhand/rendering';

/**
 * A probability as a percentage, never 100 %: a softmax is below one, but its nearest float of 32 bits need not be. What would be
 * rounded to 100 % is said to be more than the last figure before.
 *
 * @param digits after the decimal point
 * @example probabilityText(1); // '> 99.9 %'
 */
export function probabilityText(probability: number, digits = 1): string {
  const text = percentText(Math.min(probability, 1 - Number.EPSILON), digits);
  return Number((100 * probability).toFixed(digits)) >= 100 ? `> ${text}` : text;
}
