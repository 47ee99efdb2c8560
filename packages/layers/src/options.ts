/** Options that several layers share, with their schemas. */
import { either, number, object, pair as pairOf } from '@longhand/schema';

/** One number for both axes, or `[height, width]`. */
export type Pair = number | readonly [number, number];

/** `[height, width]`. */
export function pair(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}

// Numbers are judged by the layers, which know the shapes: schemas say only that they are numbers.
export const pairSchema = either('a number or [height, width]', number, pairOf(number));

/** Rows and columns at the border of an image: one number for all sides, or one for each. */
export type Sides = number | Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>;

/**
 * `[top, left, bottom, right]`.
 *
 * @example sides({ top: 1, left: 2, bottom: 3, right: 4 }); // [ 1, 2, 3, 4 ]
 */
export function sides(value: Sides): readonly [top: number, left: number, bottom: number, right: number] {
  if (typeof value === 'number') return [value, value, value, value];
  return [value.top, value.left, value.bottom, value.right];
}

export const sidesSchema = either(
  'a number or {"top":1,"bottom":1,"left":1,"right":1}',
  number,
  object({ top: number, bottom: number, left: number, right: number }),
);
