/** Options that several layers share, with their schemas. */
import { either, number, pair as pairOf } from '@longhand/schema';

/** One number for both axes, or `[height, width]`. */
export type Pair = number | readonly [number, number];

/** `[height, width]`. */
export function pair(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}

// Numbers are judged by the layers, which know the shapes: schemas say only that they are numbers.
export const pairSchema = either('a number or [height, width]', number, pairOf(number));
