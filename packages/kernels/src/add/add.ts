/**
 * The sum of two arrays of one shape, entry by entry: where the two branches of a residual block meet.
 *
 *   y[k] = a[k] + b[k]          da = dy,  db = dy
 *
 * Backward, x goes into both branches and its gradient is the sum of theirs, which is the same kernel: dx = dBody + dShortcut.
 * `y` may be the array `a` or `b` itself.
 *
 * Source: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016.
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** Over how many numbers: all entries of all images. */
export interface AddGeometry {
  /** How many numbers the arrays have. */
  readonly length: number;
}

/**
 * The geometry of a sum.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the length is not a whole number of at least one
 * @example
 * const [a, b, y] = [Float32Array.of(1, 2), Float32Array.of(3, 4), new Float32Array(2)];
 * referenceKernels.prepare('add', addGeometry('block1', 2), { a, b, y })();
 * y; // [ 4, 6 ]
 */
export function addGeometry(where: string, length: number): AddGeometry {
  checkCounts(where, { length });
  return { length };
}

const length = (g: AddGeometry): number => g.length;

const spec = kernelSpec<AddGeometry>();

export const addSpecs = {
  add: spec({ a: length, b: length }, { y: length }),
};
