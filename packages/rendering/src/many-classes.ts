/** Which classes are shown where there are too many for a row each. */
import { countText } from './number-text';

/** The most classes that tables and matrices show in full. */
export const mostClasses = 30;

/** The most bars, and how many there are of more classes. */
const [mostBars, fewBars] = [30, 10];

/** Some of the classes, as indices, and in words which ones. */
export interface ShownClasses {
  /** The classes, in the order in which they are shown. */
  readonly indices: readonly number[];
  /** Undefined where all are shown. */
  readonly note: string | undefined;
}

/**
 * The classes of a confusion matrix: all up to `mostClasses`, and of more those with the most misclassified images, the
 * worst first; none that is always classified correctly.
 *
 * @example classesToShow([[9, 1], [0, 10]]).indices; // [ 0, 1 ]
 */
export function classesToShow(confusion: readonly (readonly number[])[]): ShownClasses {
  const indices = [...confusion.keys()];
  if (indices.length <= mostClasses) return { indices, note: undefined };
  const wrong = confusion.map((row, at) => row.reduce((sum, count) => sum + count, 0) - row[at]);
  const worst = indices.filter((at) => wrong[at] > 0).sort((one, other) => wrong[other] - wrong[one]);
  const all = `${countText(confusion.length)} classes`;
  if (worst.length === 0) return { indices: worst, note: `no image of the ${all} was misclassified` };
  const shown = worst.slice(0, mostClasses);
  const which = worst.length > shown.length ? 'the most misclassified images' : 'misclassified images';
  return { indices: shown, note: `the ${shown.length} of ${all} with ${which}` };
}

/**
 * The classes whose probabilities are drawn as bars: all up to thirty, and of more the ten most probable, these first.
 *
 * @example barsToShow([0.1, 0.9]).indices; // [ 0, 1 ]
 */
export function barsToShow(probabilities: ArrayLike<number>): ShownClasses {
  const indices = Array.from(probabilities, (_, at) => at);
  if (indices.length <= mostBars) return { indices, note: undefined };
  const shown = indices.sort((one, other) => probabilities[other] - probabilities[one]).slice(0, fewBars);
  return { indices: shown, note: `the ${fewBars} most probable of ${countText(probabilities.length)} classes` };
}
