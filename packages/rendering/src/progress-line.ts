/** The progress of a run, in one line that fits its terminal. */
import { bar } from './bar';
import { accuracyText, durationText, lossText, rateText } from './number-text';
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

/** The progress of a run. */
export interface RunProgress {
  /** From 1. */
  readonly epoch: number;
  /** The epochs of the whole run. */
  readonly epochs: number;
  /** Within the epoch. */
  readonly step: number;
  /** The steps of an epoch. */
  readonly steps: number;
  /** The mean loss of this epoch's images so far. */
  readonly loss: number;
  /** From 0 to 1. */
  readonly accuracy: number;
  /** How many images are trained on in a second. */
  readonly imagesPerSecond: number;
  /** How long the run will go on, by what it took so far. */
  readonly secondsLeft: number;
}

/** The options of {@link progressLine}. */
export interface ProgressLineOptions extends RunProgress {
  /** Columns of the terminal. */
  readonly width: number;
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/** What is shown after the epoch, richest first: a narrow terminal gets the first that fits. */
const layouts = [
  ['bar', 'percent', 'loss', 'accuracy', 'rate', 'left'],
  ['bar', 'loss', 'accuracy', 'rate', 'left'],
  ['bar', 'loss', 'accuracy', 'left'],
  ['bar', 'loss', 'left'],
  ['bar', 'loss'],
  ['percent', 'loss'],
  ['percent'],
] as const;

const barWidth = { least: 8, most: 30 };

/**
 * A line of at most `width` columns. Narrow terminals go without the percentage (the bar shows it too), the speed, the
 * accuracy, the time left, the bar, the loss, in this order. Figures that change from step to step keep their columns.
 *
 * @example
 * const figures = { loss: 0.31, accuracy: 0.9, imagesPerSecond: 900, secondsLeft: 165 };
 * progressLine({ epoch: 1, epochs: 3, step: 469, steps: 938, ...figures, width: 80, color: false }); // 'epoch 1/3 …'
 */
export function progressLine(options: ProgressLineOptions): string {
  const {
    epoch,
    epochs,
    step,
    steps,
    loss,
    accuracy,
    imagesPerSecond,
    secondsLeft,
    width,
    ascii = false,
    color,
  } = options;
  const { cyan, dim, track } = styles({ color });
  const head = `epoch ${epoch}/${epochs}`;
  const done = steps > 0 ? step / steps : 0;
  // Each as wide as it usually gets, so that the bar does not jump when a number loses a digit.
  const pieces = {
    percent: padStart(`${Math.floor(100 * done)} %`, '100 %'.length),
    loss: padEnd(`${dim('loss')} ${lossText(loss)}`, 'loss 0.04213'.length),
    accuracy: padStart(accuracyText(accuracy), '98.97 %'.length),
    rate: padEnd(dim(rateText(imagesPerSecond)), '28,400 images/s'.length),
    left: padEnd(dim(`${durationText(secondsLeft)} left`), '2 min 03 s left'.length),
  };
  for (const layout of layouts) {
    const texts = layout.map((piece) => (piece === 'bar' ? '' : pieces[piece]));
    const room = width - visibleWidth([head, ...texts].join('  '));
    const hasBar = layout[0] === 'bar';
    if (room < (hasBar ? barWidth.least : 0)) continue;
    if (hasBar) texts[0] = cyan(track(bar(done, Math.min(room, barWidth.most), { ascii })));
    return [head, ...texts].join('  ').trimEnd();
  }
  return truncate(head, width);
}
