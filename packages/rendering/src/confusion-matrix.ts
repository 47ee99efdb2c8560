/** What was read as what. */
import { accuracyText, countText } from './number-text';
import { align, styles, visibleWidth } from './styles';

export interface ConfusionMatrixOptions {
  /** How often class `row` was read as class `column`. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly string[];
  readonly color: boolean;
}

/**
 * A row for each class that was shown, a column for each that was read, and how much of each class was read right.
 *
 * @example confusionMatrix({ confusion: [[9, 1], [0, 10]], classes: ['0', '1'], color: false })
 */
export function confusionMatrix({ confusion, classes, color }: ConfusionMatrixOptions): string {
  const { bold, dim, red, yellow } = styles({ color });
  const cellWidth =
    Math.max(...confusion.flat().map((count) => countText(count).length), ...classes.map(visibleWidth)) + 1;
  const nameWidth = Math.max('shown'.length, ...classes.map(visibleWidth));
  const mistakes = confusion.flatMap((row, shown) => row.filter((count, read) => count > 0 && read !== shown));
  const most = Math.max(...mistakes);
  const cell = (count: number, shown: number, read: number): string => {
    const text = align(count === 0 ? '·' : countText(count), cellWidth, 'right');
    if (read === shown) return bold(text);
    if (count === 0) return dim(text);
    return count > most / 2 ? red(text) : yellow(text);
  };
  const head = `${align('shown', nameWidth, 'left')} │${classes.map((name) => align(name, cellWidth, 'right')).join('')} │ read right`;
  const rule = `${'─'.repeat(nameWidth)}─┼${'─'.repeat(cellWidth * classes.length)}─┼───────────`;
  const lines = confusion.map((row, shown) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const right = total === 0 ? 'none shown' : accuracyText(row[shown] / total);
    const cells = row.map((count, read) => cell(count, shown, read)).join('');
    return `${align(classes[shown], nameWidth, 'left')} │${cells} │ ${align(right, 10, 'right')}`;
  });
  return [dim('rows: the class shown; columns: the class read'), dim(head), dim(rule), ...lines].join('\n');
}
