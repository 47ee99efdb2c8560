/** What the confusion matrix and the list of misreadings share: the counts of mistakes in colour, and the recall. */
import { accuracyText } from './number-text';
import { type Style, styles } from './styles';

/** How often class `row` was read as class `column`. */
export type Confusion = readonly (readonly number[])[];

/** How much of a class was read right. */
export function recallText(counts: readonly number[], shown: number): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? 'none shown' : accuracyText(counts[shown] / total);
}

/**
 * A style for each mistake, by how often it was made: yellow, red above half the count of the most frequent one, bold
 * above three quarters.
 */
export function mistakeStyles(confusion: Confusion, color: boolean): (count: number) => Style {
  const { bold, red, yellow } = styles({ color });
  const most = Math.max(
    ...confusion.map((row, shown) => Math.max(...row.map((count, read) => (read === shown ? 0 : count)))),
  );
  return (count) => {
    if (count <= most / 2) return yellow;
    return count <= (most * 3) / 4 ? red : (text) => bold(red(text));
  };
}
