/**
 * The derivatives of one array, held against those found by trying.
 *
 * Each derivative is tried at a step and at half of it. Where a kink (ReLU at zero, a tie of a maximum) lies within one of
 * them they disagree, while a smooth function's agree to far less than what is tolerated. Then smaller steps are tried, and
 * if none is small enough the entry is left out.
 */
import { type FloatArray, numericalDerivative } from '@longhand/tensor';

/** One derivative, both ways. */
export interface CheckedEntry {
  /** `input`, or the path of a parameter. */
  readonly array: string;
  readonly index: number;
  readonly analytic: number;
  readonly numerical: number;
  /**
   * |analytic − numerical| over the larger of both; over a thousandth of the array's largest where both are smaller,
   * and never over less than what rounding in the objective lets the numerical derivative resolve.
   */
  readonly relativeError: number;
}

/** What was found of the entries of one array, or of all. */
export interface CheckedEntries {
  readonly worst: CheckedEntry | undefined;
  /** How many entries were held against each other. */
  readonly checked: number;
  /** How many more were left out because a kink (ReLU at zero, a tie of a maximum) lies within the step. */
  readonly kinks: number;
}

/** What was found of one array. */
export interface CheckedArray extends CheckedEntries {
  /** `input`, or the path of a parameter. */
  readonly array: string;
  /** How many entries it has. */
  readonly length: number;
  /** The magnitude of its largest analytic derivative: where that is zero, nothing can be learned. */
  readonly largest: number;
}

/** One array, and all that its derivatives are compared by. */
export interface Comparison {
  readonly array: string;
  readonly values: FloatArray;
  readonly gradient: Float64Array;
  /** The objective, with the values as they stand. */
  readonly evaluate: () => number;
  /** The entries to try. */
  readonly indices: readonly number[];
  /** The magnitudes of the objective's terms, summed. */
  readonly magnitude: number;
  /** The relative error that will be judged by. */
  readonly tolerance: number;
}

/**
 * The steps of the numerical derivative. The first one tells most digits; in a large network, where some unit is always near
 * its kink, only a smaller one finds the way between.
 */
const steps = [1e-4, 1e-5, 1e-6] as const;

/** Holds the chosen entries of an array against the objective. */
export function compareDerivatives({
  array,
  values,
  gradient,
  evaluate,
  indices,
  magnitude,
  tolerance,
}: Comparison): CheckedArray {
  let worst: CheckedEntry | undefined;
  let checked = 0;
  let kinks = 0;
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const index of indices) {
    const analytic = gradient[index];
    const found = awayFromKinks((step) => {
      const [numerical, nearer] = [step, step / 2].map(
        (distance) => numericalDerivative(evaluate, values as Float64Array, index, distance).value,
      );
      // The terms carry a few roundings; divided by the step, or by half of it, they bound what can be told.
      const resolution = (16 * Number.EPSILON * magnitude) / step;
      const size = Math.max(Math.abs(numerical), largest * 1e-3, resolution / tolerance, Number.MIN_VALUE);
      // A kink shifts each by another part of its height: judged without looking at the analytic value.
      const kink = Math.abs(numerical - nearer) > (tolerance / 2) * size;
      return kink ? undefined : { numerical, size };
    });
    if (found === undefined) {
      kinks++;
      continue;
    }
    const { numerical, size } = found;
    checked++;
    const relativeError = Math.abs(analytic - numerical) / Math.max(size, Math.abs(analytic));
    worst = worseOf(worst, { array, index, analytic, numerical, relativeError });
  }
  return { array, length: values.length, largest, worst, checked, kinks };
}

/** What the largest step finds that has no kink within it. */
function awayFromKinks<Found>(tryStep: (step: number) => Found | undefined): Found | undefined {
  for (const step of steps) {
    const found = tryStep(step);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The entry with the larger error; NaN is larger than any. */
export function worseOf(one: CheckedEntry | undefined, other: CheckedEntry | undefined): CheckedEntry | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.relativeError <= one.relativeError || Number.isNaN(one.relativeError) ? one : other;
}
