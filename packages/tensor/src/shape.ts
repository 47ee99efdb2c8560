/**
 * Shapes: lists of whole numbers, row-major, the last axis contiguous in memory.
 * Every message about shapes is made here, so that all have one form.
 */

/** Extents of a tensor, outermost first: `[height, width, channels, batch]` has its images side by side. */
export type Shape = readonly number[];

/**
 * A shape that does not fit. The message is one line: where, what was expected, what came, what to do.
 */
export class ShapeError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'ShapeError';
}

/**
 * The number of entries of a shape; the empty shape is a scalar and has one.
 *
 * @example sizeOf([28, 28, 6]); // 4704
 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/**
 * True when both shapes have the same rank and extents.
 *
 * @example sameShape([28, 28, 1], [28, 28]); // false
 */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/**
 * A shape as messages show it. Names may stand for extents that are not known yet.
 *
 * @example formatShape([12, 12, 6, 'n']); // '[12, 12, 6, n]'
 */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * The distance between neighbors along each axis of a row-major array.
 *
 * @example stridesOf([28, 28, 6]); // [ 168, 6, 1 ]
 */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/**
 * Refuses anything but a list of whole numbers of at least one.
 *
 * @param where how the message begins: `conv1: input`
 * @throws ShapeError naming the offending extent
 * @example checkShape('conv1: input', [28, 0]); // throws: conv1: input: expected whole numbers of at least 1 as the shape, got [28, 0]
 */
export function checkShape(where: string, shape: Shape): void {
  if (!Array.isArray(shape)) {
    throw new ShapeError(
      `${where}: expected a list of whole numbers as the shape, such as [28, 28, 1], got ${typeof shape}`,
    );
  }
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 1) {
      throw new ShapeError(`${where}: expected whole numbers of at least 1 as the shape, got ${formatShape(shape)}`);
    }
  }
}
