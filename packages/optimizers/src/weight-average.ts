/**
 * The exponential moving average of the weights, whose network is often more accurate than that of the last step (Polyak
 * and Juditsky, "Acceleration of stochastic approximation by averaging", 1992):
 *
 *   a ← a + (1 − d) · (w − a),     d = min(decay, t / (t + 9)) after step t
 *
 * Early on, d is small, so that the average forgets the initial weights: after the first step d is a tenth.
 */
import { type Kernels, movingAverageGeometry, referenceKernels } from '@longhand/kernels';
import { belowOne, checkOptions, type Entries, object } from '@longhand/schema';
import { dtypeOf, type FloatArray, OptionError } from '@longhand/tensor';

/** A moving average of the weights, as plain data. */
export interface WeightAverage {
  /** The part of the average that a step keeps, after the first steps; from 0 to below 1. */
  readonly decay: number;
}

/**
 * A moving average of the weights as plain data, checked. After step t it becomes a ← a + (1 − d) · (w − a) with d =
 * min(decay, t / (t + 9)), so that it soon forgets the initial weights. Source: Polyak and Juditsky, 1992.
 *
 * @throws OptionError unless the decay is a number from 0 to below 1
 * @example weightAverage({ decay: 0.999 }); // { decay: 0.999 }
 */
export function weightAverage(options: WeightAverage): WeightAverage {
  const { decay } = checkOptions(object({ decay: belowOne } satisfies Entries<WeightAverage>), options, {
    where: 'weight average',
    error: (message) => new OptionError(message),
  });
  return { decay };
}

/** What an average is bound to. */
export interface AverageArrays {
  /** The average, changed in place: as long as the values. */
  readonly average: FloatArray;
  /** The parameters that are averaged. */
  readonly values: FloatArray;
  /** What computes; the arrays have to be of this set. Default: the reference kernels, for any arrays. */
  readonly kernels?: Kernels;
}

/**
 * Binds an average to its arrays.
 *
 * @returns a function that updates the average after a step, counted from 1, in place
 * @example
 * const [average, values] = [Float64Array.of(0), Float64Array.of(10)];
 * const update = prepareAverage(weightAverage({ decay: 0.999 }), { average, values });
 * update(1);
 * average; // [ 9 ] (after the first step, a tenth is kept)
 */
export function prepareAverage(
  { decay }: WeightAverage,
  { average, values, kernels = referenceKernels }: AverageArrays,
): (step: number) => void {
  if (values.length === 0) return () => {};
  const share = kernels.allocate(dtypeOf(values), 1);
  const geometry = movingAverageGeometry('weight average', values.length);
  const run = kernels.prepare('movingAverage', geometry, { average, values, share, newAverage: average });
  return (step) => {
    share[0] = 1 - Math.min(decay, step / (step + 9));
    run();
  };
}

/**
 * Updates the average after a step, in place.
 *
 * @param step which step it was, counted from 1
 * @example
 * const [average, values] = [Float64Array.of(0), Float64Array.of(10)];
 * updateAverage({ decay: 0.999 }, { average, values, step: 1 });
 * average; // [ 9 ]
 */
export function updateAverage(
  averaging: WeightAverage,
  { step, ...arrays }: AverageArrays & { readonly step: number },
): void {
  prepareAverage(averaging, arrays)(step);
}
