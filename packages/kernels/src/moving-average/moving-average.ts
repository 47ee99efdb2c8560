/**
 * One step of an exponential moving average: a is the average, w what is averaged.
 *
 *   a ← a + share · (w − a)
 *
 * `newAverage` may be `average` itself.
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** Over how many numbers. */
export interface MovingAverageGeometry {
  /** How many numbers the arrays have. */
  readonly length: number;
}

/**
 * The geometry of a moving average.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the length is not a whole number of at least one
 * @example
 * const [average, values, share] = [Float64Array.of(1), Float64Array.of(3), Float64Array.of(0.5)];
 * const geometry = movingAverageGeometry('average', 1);
 * referenceKernels.prepare('movingAverage', geometry, { average, values, share, newAverage: average })();
 * average; // [ 2 ]
 */
export function movingAverageGeometry(where: string, length: number): MovingAverageGeometry {
  checkCounts(where, { length });
  return { length };
}

const length = (g: MovingAverageGeometry): number => g.length;

const spec = kernelSpec<MovingAverageGeometry>();

export const movingAverageSpecs = {
  movingAverage: spec({ average: length, values: length, share: () => 1 }, { newAverage: length }),
};
