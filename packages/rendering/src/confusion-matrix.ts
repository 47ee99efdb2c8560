/** What was read as what. */
import { type Confusion, mistakeStyles, recallText } from './confusion-text';
import { misreadings } from './misreadings';
import { countText } from './number-text';
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

export interface ConfusionMatrixOptions {
  /** How often class `row` was read as class `column`. */
  readonly confusion: Confusion;
  readonly classes: readonly string[];
  /** Columns there are, 80 unless told. */
  readonly width?: number;
  readonly color: boolean;
}

const [shown, readRight] = ['shown', 'read right'];

/**
 * A row for each class that was shown, a column for each that was read, and how much of each class was read right (its
 * recall). Long names are cut to fit; where there is no room for all counts, each row lists what its class was misread
 * as. With colour, what was read right is green, and mistakes go from yellow to red by how often they were made.
 *
 * @throws RangeError when there are not as many rows and columns as classes
 * @example confusionMatrix({ confusion: [[9, 1], [0, 10]], classes: ['0', '1'], color: false })
 */
export function confusionMatrix({ confusion, classes, width = 80, color }: ConfusionMatrixOptions): string {
  const size = classes.length;
  for (const row of [confusion, ...confusion]) {
    if (row.length !== size || size === 0) {
      throw new RangeError(`confusionMatrix: expected ${size}×${size} counts for ${size} classes, got ${row.length}`);
    }
  }
  const longestName = Math.max(...classes.map(visibleWidth));
  const longestCount = Math.max(...confusion.flat().map((count) => countText(count).length));
  // For names and cells; the rest are two upright rules and the column on the right.
  const room = width - ` │ │ ${readRight}`.length;
  const roomForNames = room - size * (longestCount + 1);
  if (roomForNames < shown.length) return misreadings({ confusion, classes, width, color });
  const nameWidth = Math.max(shown.length, Math.min(longestName, roomForNames));
  const roomForCell = Math.floor((room - nameWidth) / size) - 1;
  const cellWidth = Math.max(longestCount, Math.min(longestName, roomForCell));

  const { bold, dim, green } = styles({ color });
  const style = mistakeStyles(confusion, color);
  const cell = (text: string): string => ` ${padStart(truncate(text, cellWidth), cellWidth)}`;
  const lines = confusion.map((counts, at) => {
    const name = padEnd(truncate(classes[at], nameWidth), nameWidth);
    const cells = counts.map((count, read) => {
      if (count === 0) return dim(cell('·'));
      return read === at ? bold(green(cell(countText(count)))) : style(count)(cell(countText(count)));
    });
    return `${name} ${dim('│')}${cells.join('')} ${dim('│')} ${padStart(recallText(counts, at), readRight.length)}`;
  });
  return [
    dim(truncate('rows: the class shown; columns: the class read', width)),
    dim(`${padEnd(shown, nameWidth)} │${classes.map(cell).join('')} │ ${readRight}`),
    dim(`${'─'.repeat(nameWidth)}─┼${'─'.repeat(size * (cellWidth + 1))}─┼─${'─'.repeat(readRight.length)}`),
    ...lines,
  ].join('\n');
}
