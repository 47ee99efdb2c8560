/** Where a run stands, in one line that fits its terminal. */
import { accuracyText, durationText, lossText, rateText } from './number-text';
import { styles, visibleWidth } from './styles';

export interface ProgressLineOptions {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Within the epoch. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  /** From 0 to 1. */
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
  /** Columns there are. */
  readonly width: number;
  readonly color: boolean;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar of the width, filled from the left to an eighth of a column.
 *
 * @param part from 0 to 1
 * @example bar(0.5, 6) // '███   '
 */
export function bar(part: number, width: number): string {
  const filled = Math.round(Math.min(Math.max(part, 0), 1) * width * 8);
  return ('█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8]).padEnd(width);
}

/**
 * A line of at most `width` columns. On narrow terminals it leaves out the speed, then the accuracy, the time left, the
 * loss and at last the bar.
 *
 * @example progressLine({ epoch: 1, epochs: 3, step: 469, steps: 938, loss: 0.31, accuracy: 0.9, imagesPerSecond: 900, secondsLeft: 165, width: 80, color: false })
 */
export function progressLine(options: ProgressLineOptions): string {
  const { epoch, epochs, step, steps, loss, accuracy, imagesPerSecond, secondsLeft, width, color } = options;
  const { cyan, dim } = styles({ color });
  const head = `epoch ${epoch}/${epochs}`;
  const percent = `${String(Math.floor((100 * step) / steps)).padStart(3)} %`;
  const parts = [
    `loss ${lossText(loss)}`,
    `${durationText(secondsLeft)} left`,
    accuracyText(accuracy),
    rateText(imagesPerSecond),
  ];
  for (let kept = parts.length; kept >= 0; kept--) {
    const tail = [percent, ...parts.slice(0, kept)].join('  ');
    const room = width - visibleWidth(head) - visibleWidth(tail) - 4;
    if (room >= 8) return `${head}  ${cyan(bar(step / steps, Math.min(room, 30)))}  ${dim(tail)}`;
  }
  return `${head} ${percent}`.slice(0, width);
}
