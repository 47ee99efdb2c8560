/** Bars: of progress, and of the probability of each class. */
import { barsToShow } from './many-classes';
import { percentText } from './number-text';
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar of the width, filled from the left to an eighth of a column, or in whole columns with `ascii`.
 *
 * @param part from 0 to 1; values outside count as the nearer end, NaN as 0
 * @example bar(0.5, 6); // '███   '
 */
export function bar(part: number, width: number, { ascii = false }: { readonly ascii?: boolean } = {}): string {
  const share = part > 0 ? Math.min(part, 1) : 0;
  if (ascii) return '#'.repeat(Math.round(share * width)).padEnd(width, '-');
  const filled = Math.round(share * width * 8);
  return ('█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8]).padEnd(width);
}

/** The options of {@link probabilityBars}. */
export interface ProbabilityBarsOptions {
  /** One for each class, from 0 to 1. */
  readonly probabilities: ArrayLike<number>;
  /** The names of the classes, in their order. */
  readonly classes: readonly string[];
  /** Columns of the terminal, at least 20 for every line to fit. */
  readonly width: number;
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/**
 * A line for each class: its name, a bar, the percentage. The most probable one stands out. Of more than thirty classes the ten most
 * probable are drawn.
 *
 * @throws RangeError for another number of probabilities than classes
 * @example probabilityBars({ probabilities: [0.9, 0.1], classes: ['0', '1'], width: 40, color: false }).split('\n').length; // 2
 */
export function probabilityBars(options: ProbabilityBarsOptions): string {
  const { probabilities, classes, width, ascii = false, color } = options;
  if (probabilities.length !== classes.length) {
    throw new RangeError(
      `probabilityBars: expected ${classes.length} probabilities, one for each class, got ${probabilities.length}`,
    );
  }
  const { bold, cyan, dim } = styles({ color });
  const { indices, note } = barsToShow(probabilities);
  const percents = indices.map((at) => percentText(probabilities[at], 1));
  const percentWidth = Math.max('100.0 %'.length, ...percents.map(visibleWidth));
  const room = width - percentWidth - 4;
  const nameWidth = Math.min(Math.max(0, ...indices.map((at) => visibleWidth(classes[at]))), Math.max(room - 8, 1));
  const barWidth = Math.max(room - nameWidth, 1);
  const most = Math.max(...Array.from(probabilities));
  const lines = indices.map((at, line) => {
    const isMost = probabilities[at] === most;
    const label = padEnd(truncate(classes[at], nameWidth), nameWidth);
    const percent = padStart(percents[line], percentWidth);
    const drawn = bar(probabilities[at], barWidth, { ascii });
    return isMost ? `${bold(label)}  ${cyan(drawn)}  ${bold(percent)}` : `${label}  ${dim(drawn)}  ${dim(percent)}`;
  });
  return [...lines, ...(note === undefined ? [] : [dim(truncate(note, width))])].join('\n');
}
