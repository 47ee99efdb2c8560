/** Options that may be given once for both axes, or for height and width apart. */

/** One number for both, or `[height, width]`. */
export type Pair = number | readonly [number, number];

/** `[height, width]`. */
export function pair(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}
