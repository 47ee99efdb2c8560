/** Precision, recall and F1 of every class, from the confusion matrix. */

/** The scores of one class. A quotient with denominator zero is undefined. */
export interface ClassScores {
  /** The number of images whose true class it is. */
  readonly support: number;
  /** The number of images whose predicted class it is. */
  readonly predicted: number;
  /** The number of images of which both hold. */
  readonly correct: number;
  /** correct / predicted */
  readonly precision: number | undefined;
  /** correct / support */
  readonly recall: number | undefined;
  /** The harmonic mean of precision and recall: 2 · correct / (support + predicted). */
  readonly f1: number | undefined;
}

/**
 * Precision, recall and F1 of every class.
 *
 * @param confusion the confusion matrix: rows are true classes, columns predicted classes
 * @example classScores([[9, 1], [0, 10]])[1]?.precision === 10 / 11; // true
 */
export function classScores(confusion: readonly (readonly number[])[]): readonly ClassScores[] {
  return confusion.map((row, label) => {
    const correct = row[label];
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = confusion.reduce((sum, counts) => sum + counts[label], 0);
    return {
      support,
      predicted,
      correct,
      precision: quotient(correct, predicted),
      recall: quotient(correct, support),
      f1: quotient(2 * correct, support + predicted),
    };
  });
}

function quotient(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
