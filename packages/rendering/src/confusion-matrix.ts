/** The confusion matrix of a classifier. */
import { confusionList } from './confusion-list';
import { type Confusion, countStyles, recallText, recallTitle, recallWidth, trueTitle } from './confusion-text';
import { mostClasses } from './many-classes';
import { countText } from './number-text';
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

/** The options of {@link confusionMatrix}. */
export interface ConfusionMatrixOptions {
  /** Counts of images. Rows: true class; columns: predicted class. */
  readonly confusion: Confusion;
  /** The names of the classes, in their order. */
  readonly classes: readonly string[];
  /** Columns of the terminal. Default: 80. */
  readonly width?: number;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/**
 * A row for each true class, a column for each predicted class, and the part of each true class that was classified
 * correctly (its recall). Long names are cut to fit. A terminal without room for all counts gets a list: each true class with
 * the classes that were predicted instead; so do more than thirty classes, those with the most misclassified images. With color, correct counts are green, and the others go from yellow to red.
 *
 * @throws RangeError when the matrix is not `classes × classes`
 * @example confusionMatrix({ confusion: [[9, 1], [0, 10]], classes: ['0', '1'], color: false }).includes('90.00 %'); // true
 */
export function confusionMatrix({ confusion, classes, width = 80, color }: ConfusionMatrixOptions): string {
  const size = classes.length;
  for (const row of [confusion, ...confusion]) {
    if (row.length !== size || size === 0) {
      throw new RangeError(`confusionMatrix: expected ${size}×${size} counts for ${size} classes, got ${row.length}`);
    }
  }
  const list = (): string => confusionList({ confusion, classes, width, color });
  if (size > mostClasses) return list();
  const longestName = Math.max(...classes.map(visibleWidth));
  const longestCount = Math.max(...confusion.flat().map((count) => countText(count).length));
  // For names and cells; the rest are two upright rules and the column on the right.
  const room = width - ' │ │ '.length - recallWidth;
  const roomForNames = room - size * (longestCount + 1);
  if (roomForNames < trueTitle.length) return list();
  const nameWidth = Math.max(trueTitle.length, Math.min(longestName, roomForNames));
  const roomForCell = Math.floor((room - nameWidth) / size) - 1;
  const cellWidth = Math.max(longestCount, Math.min(longestName, roomForCell));

  const { bold, dim, green } = styles({ color });
  const style = countStyles(confusion, color);
  const cell = (text: string): string => ` ${padStart(truncate(text, cellWidth), cellWidth)}`;
  const lines = confusion.map((counts, at) => {
    const name = padEnd(truncate(classes[at], nameWidth), nameWidth);
    const cells = counts.map((count, predicted) => {
      if (count === 0) return dim(cell('·'));
      return predicted === at ? bold(green(cell(countText(count)))) : style(count)(cell(countText(count)));
    });
    return `${name} ${dim('│')}${cells.join('')} ${dim('│')} ${padStart(recallText(counts, at), recallWidth)}`;
  });
  return [
    dim(truncate('rows: true class; columns: predicted class', width)),
    dim(`${padEnd(trueTitle, nameWidth)} │${classes.map(cell).join('')} │ ${padStart(recallTitle, recallWidth)}`),
    dim(`${'─'.repeat(nameWidth)}─┼${'─'.repeat(size * (cellWidth + 1))}─┼─${'─'.repeat(recallWidth)}`),
    ...lines,
  ].join('\n');
}
