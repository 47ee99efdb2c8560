/**
 * The derivatives of one array, compared with numerical ones.
 *
 * Each numerical derivative is a central difference, taken with a step and with half of it. Where a kink (ReLU at zero, a
 * tie of a maximum) lies within the step, the two disagree; those of a smooth function agree to far less than the
 * tolerance. Then smaller steps follow, and if none is small enough the entry is left out.
 */
import { type FloatArray, numericalDerivative } from '@longhand/tensor';

/** One derivative, both ways. */
export interface CheckedEntry {
  /** `input`, or the path of a parameter. */
  readonly array: string;
  /** The index of the entry in its array. */
  readonly index: number;
  /** The derivative that the backward pass gives. */
  readonly analytic: number;
  /** The derivative by central differences. */
  readonly numerical: number;
  /**
   * |analytic − numerical| over the larger of both; over a thousandth of the array's largest where both are smaller,
   * and never over less than what rounding in the objective lets the numerical derivative resolve.
   */
  readonly relativeError: number;
}

/** The result for the entries of one array, or of all. */
export interface CheckedEntries {
  /** The entry with the largest relative error. Absent when none was compared. */
  readonly worst: CheckedEntry | undefined;
  /** The number of entries that were compared. */
  readonly checked: number;
  /** The number of entries left out because a kink (ReLU at zero, a tie of a maximum) lies within the step. */
  readonly kinks: number;
}

/** The result for one array. */
export interface CheckedArray extends CheckedEntries {
  /** `input`, or the path of a parameter. */
  readonly array: string;
  /** The number of its entries. */
  readonly length: number;
  /** The magnitude of its largest analytic derivative: where that is zero, nothing can be learned. */
  readonly largest: number;
}

/** One array, with what its derivatives are compared by. */
export interface Comparison {
  readonly array: string;
  readonly values: FloatArray;
  readonly gradient: Float64Array;
  /** The objective, with the values as they stand. */
  readonly evaluate: () => number;
  /** The entries to compare. */
  readonly indices: readonly number[];
  /** The magnitudes of the objective's terms, summed. */
  readonly magnitude: number;
  /** The largest relative error that passes. */
  readonly tolerance: number;
}

/**
 * The steps of the central differences. The first resolves most digits; in a large network, where some unit is always
 * near its kink, only a smaller one has none within it.
 */
const steps = [1e-4, 1e-5, 1e-6] as const;

/** Compares the chosen entries of an array with central differences of the objective. */
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
    const found = withoutKink((step) => {
      const [numerical, nearer] = [step, step / 2].map(
        (distance) => numericalDerivative(evaluate, values as Float64Array, index, distance).value,
      );
      // The terms carry a few roundings; divided by the step, or by half of it, they bound the resolution.
      const resolution = (16 * Number.EPSILON * magnitude) / step;
      const size = Math.max(Math.abs(numerical), largest * 1e-3, resolution / tolerance, Number.MIN_VALUE);
      // A kink shifts each by another part of its height. The analytic value has no say in this.
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

/** The result of the largest step without a kink within it. */
function withoutKink<Found>(compare: (step: number) => Found | undefined): Found | undefined {
  for (const step of steps) {
    const found = compare(step);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The entry with the larger error; NaN is larger than any. */
export function worseOf(one: CheckedEntry | undefined, other: CheckedEntry | undefined): CheckedEntry | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.relativeError <= one.relativeError || Number.isNaN(one.relativeError) ? one : other;
}
