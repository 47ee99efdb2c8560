/** How well each class was told from the others, from what was read as what. */

/** One class in figures. A share of nothing is undefined: no image of the class, or none read as it. */
export interface ClassScores {
  /** How many images were of the class. */
  readonly shown: number;
  /** How many images were read as it. */
  readonly read: number;
  /** How many of the class were read right. */
  readonly correct: number;
  /** The part that was right of what was read as the class: correct / read. */
  readonly precision: number | undefined;
  /** The part that was read right of what was shown of the class: correct / shown. */
  readonly recall: number | undefined;
  /** The harmonic mean of both: 2 · correct / (shown + read). */
  readonly f1: number | undefined;
}

/**
 * Precision, recall and F1 of every class.
 *
 * @param confusion how often an image of class `row` was read as class `column`
 * @example classScores([[9, 1], [0, 10]])[1].precision // 10 / 11
 */
export function classScores(confusion: readonly (readonly number[])[]): readonly ClassScores[] {
  return confusion.map((row, at) => {
    const correct = row[at];
    const shown = row.reduce((sum, count) => sum + count, 0);
    const read = confusion.reduce((sum, counts) => sum + counts[at], 0);
    const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole);
    return {
      ...{ shown, read, correct },
      precision: share(correct, read),
      recall: share(correct, shown),
      f1: share(2 * correct, shown + read),
    };
  });
}
