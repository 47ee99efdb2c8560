/** What the confusion matrix and the list for narrow terminals share: the styles of counts, and the recall. */
import { accuracyText } from './number-text';
import { type Style, styles } from './styles';

/** Rows: true class; columns: predicted class. */
export type Confusion = readonly (readonly number[])[];

/** Column titles: the name of the true class, and its recall. */
export const [trueTitle, recallTitle] = ['true', 'correct'];

/** The columns that a recall takes. */
export const recallWidth = '100.00 %'.length;

/** The part of a class's images that was classified correctly, its recall. */
export function recallText(counts: readonly number[], trueClass: number): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? '–' : accuracyText(counts[trueClass] / total);
}

/**
 * A style for each count of misclassified images: yellow, red above half the largest of these counts, bold above three
 * quarters.
 */
export function countStyles(confusion: Confusion, color: boolean): (count: number) => Style {
  const { bold, red, yellow } = styles({ color });
  const most = Math.max(
    ...confusion.map((row, trueClass) => Math.max(...row.map((count, at) => (at === trueClass ? 0 : count)))),
  );
  return (count) => {
    if (count <= most / 2) return yellow;
    return count <= (most * 3) / 4 ? red : (text) => bold(red(text));
  };
}
