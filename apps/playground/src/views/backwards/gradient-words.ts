/** What is said of a gradient. */

/** How far two values are apart; their last digits say no more than the magnitude. */
export function differenceText(one: number, other: number): string {
  return one === other ? '0' : Math.abs(one - other).toExponential(1);
}

/** Above what the factors of one term came from: zeros have no largest, but why they are zero can be followed. */
export function originsTitle(terms: readonly { readonly value: number }[]): string {
  return terms.every(({ value }) => value === 0)
    ? 'All its terms are zero; where the factors of the first came from'
    : 'Where its factors came from, in the largest term';
}
