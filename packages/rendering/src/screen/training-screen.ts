/**
 * The screen of a training run: its progress, its curves, its last epochs, and a few images that it misclassified. A pure
 * function from what is known to lines, so that the screen of any size can be looked at, and tested, without a terminal.
 */
import type { MisclassifiedExample } from '../image';
import { lossText } from '../number-text';
import { progressLine, type RunProgress } from '../progress-line';
import { styles } from '../styles';
import { truncate, visibleWidth } from '../text-width';
import { type CurvesState, curvesPanel } from './curves-panel';
import { type EpochRow, epochRows } from './epoch-rows';
import { misclassifiedPanel } from './misclassified-panel';

/** What a screen shows of a run. */
export interface TrainingScreenState {
  /** The network, the data set and the number of threads. */
  readonly title: string;
  /** The progress of the run. Default: none yet. */
  readonly progress?: ScreenProgress;
  /** The curves so far. */
  readonly curves: CurvesState;
  /** The completed epochs, first to last. */
  readonly epochs: readonly EpochRow[];
  /** Some misclassified images, the most telling first. */
  readonly misclassified: readonly MisclassifiedExample[];
  /** What is being done instead of training. Default: training. */
  readonly working?: string;
}

/** The progress of a run, as a screen shows it. */
export interface ScreenProgress extends RunProgress {
  /** The learning rate of the last step. */
  readonly learningRate: number;
}

/** The terminal that a screen is drawn for. */
export interface ScreenOptions {
  /** Its columns. */
  readonly columns: number;
  /** Its lines. */
  readonly rows: number;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
  /** Whether the terminal has braille and block characters. */
  readonly unicode: boolean;
}

/** The lines of the curves, a legend and an axis among them; with fewer they are left out. */
const curveLines = { least: 7, most: 24 };
/** The lines of the panel below, and its part of the lines under the heading. */
const lowerLines = { least: 4, most: 16, part: 0.4 };

/**
 * The screen as at most `rows - 1` lines (where the last is written, terminals scroll) of at most `columns` columns.
 * A small screen goes without the images, then without the table of epochs, the curves, and at last the heading.
 *
 * @example
 * const curves = { epochs: 3, loss: [], accuracy: [], validationLoss: [], validationAccuracy: [] };
 * const state = { title: 'lenet5 on MNIST, 2 threads', curves, epochs: [], misclassified: [] };
 * trainingScreen(state, { columns: 80, rows: 24, color: false, unicode: true }).length > 0; // true
 */
export function trainingScreen(state: TrainingScreenState, options: ScreenOptions): string[] {
  const { columns, color, unicode } = options;
  const height = Math.max(options.rows - 1, 1);
  const status = statusLine(state, options);
  const heading = styles({ color }).bold(state.title);
  const lines = height < 3 ? [status] : [heading, status];
  let room = height - lines.length;
  if (columns >= 24 && room > curveLines.least) {
    const lower = Math.min(Math.floor((room - 2) * lowerLines.part), lowerLines.most);
    const hasLower = lower >= lowerLines.least && room - lower - 2 >= curveLines.least;
    const upper = Math.min(room - 1 - (hasLower ? lower + 1 : 0), curveLines.most);
    lines.push('', ...curvesPanel(state.curves, { columns, lines: upper, color, unicode }));
    room -= upper + 1;
    if (hasLower) lines.push('', ...lowerPanel(state, { ...options, rows: lower }));
  }
  const visible = lines.slice(0, height).map((line) => truncate(line.trimEnd(), columns));
  return unicode ? visible : visible.map(withoutUnicode);
}

/** The progress of the run, or what else is being done. */
function statusLine({ progress, working }: TrainingScreenState, { columns, color, unicode }: ScreenOptions): string {
  if (working !== undefined || progress === undefined) return styles({ color }).cyan(working ?? '');
  const line = progressLine({ ...progress, width: columns, ascii: !unicode, color });
  const rate = styles({ color }).dim(`  learning rate ${lossText(progress.learningRate)}`);
  return visibleWidth(line) + visibleWidth(rate) <= columns && columns >= 100 ? line + rate : line;
}

/** The last epochs, and beside them as many misclassified images as fit. */
function lowerPanel({ epochs, misclassified }: TrainingScreenState, options: ScreenOptions): string[] {
  const { columns, rows, color, unicode } = options;
  const left = epochRows(epochs, { columns, lines: rows, color });
  const width = Math.max(0, ...left.map(visibleWidth));
  const gap = width === 0 ? 0 : 4;
  const right = misclassifiedPanel(misclassified, { columns: columns - width - gap, lines: rows, color, unicode });
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
    const line = left[at] ?? '';
    return line + ' '.repeat(width + gap - visibleWidth(line)) + (right[at] ?? '');
  });
}

const substitutes: Readonly<Record<string, string>> = {
  '…': '.',
  '–': '-',
  '−': '-',
  '·': '-',
  '→': '>',
  '×': 'x',
  '±': '~',
  '─': '-',
  '│': '|',
};

/** The signs of this screen in ASCII, one for one; what others wrote stays. */
function withoutUnicode(line: string): string {
  return line.replace(/[…–−·→×±─│]/g, (sign) => substitutes[sign]);
}
