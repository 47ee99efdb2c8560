/**
 * The exponential moving average of the weights, whose network is often more accurate than that of the last step (Polyak
 * and Juditsky, "Acceleration of stochastic approximation by averaging", 1992):
 *
 *   a ← a + (1 − d) · (w − a),     d = min(decay, t / (t + 9)) after step t
 *
 * Early on, d is small, so that the average forgets the initial weights: after the first step d is a tenth.
 */
import { belowOne, checkOptions, type Entries, object } from '@longhand/schema';
import { type FloatArray, OptionError } from '@longhand/tensor';

/** A moving average of the weights, as plain data. */
export interface WeightAverage {
  /** The part of the average that a step keeps, after the first steps; from 0 to below 1. */
  readonly decay: number;
}

/**
 * @throws OptionError unless the decay is a number from 0 to below 1
 * @example weightAverage({ decay: 0.999 })
 */
export function weightAverage(options: WeightAverage): WeightAverage {
  const { decay } = checkOptions(object({ decay: belowOne } satisfies Entries<WeightAverage>), options, {
    where: 'weight average',
    error: (message) => new OptionError(message),
  });
  return { decay };
}

/**
 * Updates the average after a step, in place.
 *
 * @param step which step it was, counted from 1
 */
export function updateAverage(
  { decay }: WeightAverage,
  { average, values, step }: { readonly average: FloatArray; readonly values: FloatArray; readonly step: number },
): void {
  const share = 1 - Math.min(decay, step / (step + 9));
  for (let i = 0; i < values.length; i++) average[i] += share * (values[i] - average[i]);
}
