/**
 * The number that stands for an open batch size. Graphs compute with shapes, and the batch takes part; bound to a prime that no
 * network has as an extent, it is a number like any other, and what depends on it can be told.
 */
import { formatShape, type Shape } from '@longhand/tensor';

export const OPEN_BATCH = 1_000_003;

/** A shape for messages, in which the open batch has its name. */
export function shapeText(shape: Shape): string {
  const named = shape.map((extent) => {
    if (extent === 0 || extent % OPEN_BATCH !== 0) return `${extent}`;
    return extent === OPEN_BATCH ? 'batch' : `${extent / OPEN_BATCH} batch`;
  });
  return shape.length === 0 ? formatShape(shape) : `[${named.join(', ')}]`;
}
