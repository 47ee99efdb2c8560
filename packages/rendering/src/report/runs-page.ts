/** The learning curves of several runs on one page, and in what the runs differ. */
import type { EpochRecord } from '@longhand/training';
import { accuracyScale, lossScale, type Scale } from '../curves/scale';
import type { Point } from '../curves/terminal-curves';
import { html, type Markup } from '../html';
import { accuracyText, lossText } from '../number-text';
import { epochsOf, markedEpochs, roomBelow, valuesOf } from './learning-section';
import { type ChartLine, epochAxis, lineChart, looks } from './line-chart';
import { batchPoints, type LearningCurves, smoothed } from './loss-points';
import { type PageTableOptions, pageTable } from './page-table';
import { standalonePage } from './standalone-page';

/** A run among others. */
export interface ComparedRun extends LearningCurves {
  /** What it is called. */
  readonly name: string;
}

/** The options of {@link runsPage}. */
export interface RunsPageOptions {
  /** The headline. */
  readonly title: string;
  /** Each is drawn in a look of its own; the first 32 differ. */
  readonly runs: readonly ComparedRun[];
  /** What there is to say of each run in figures: one row for each. */
  readonly figures: Omit<PageTableOptions, 'label'>;
  /** The settings in which the runs differ, one row for each setting. Default: they are all the same. */
  readonly differences?: Omit<PageTableOptions, 'label'>;
}

/**
 * The page: for each of loss and accuracy, in training and validation, a chart with a line for each run; figures; differences. It
 * needs no script, no network and no other file.
 *
 * @example
 * const runs = [{ name: 'a', epochs: [], lossCurve: { every: 1, losses: [2, 1] } }];
 * runsPage({ title: 'one run', runs, figures: { titles: ['run'], rows: [['a']] } }).includes('one run'); // true
 */
export function runsPage({ title, runs, figures, differences }: RunsPageOptions): string {
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  return standalonePage(title, [
    html`<header class="top">
<p class="name">${title}</p>
<h1>${count}</h1>
</header>
<section id="learning">
<header><h2>Learning curves</h2>
<p>Both scales are logarithmic: halving the loss, or the error rate, is a step of the same height anywhere. A point of training accuracy is the mean over an epoch, and stands in its middle. The number beside a name is where its line ends.</p></header>
<div class="charts">
${charts(runs)}</div>
</section>
<section id="figures">
<header><h2>Figures</h2></header>
${pageTable({ label: 'Figures', ...figures })}</section>
<section id="differences">
<header><h2>Differences</h2></header>
${differences === undefined ? html`<p>All settings are the same.</p>\n` : pageTable({ label: 'Differences', ...differences })}</section>
`,
  ]);
}

type PointsOf = (run: ComparedRun) => readonly Point[];

/** One chart for each quantity that some run has. */
function charts(runs: readonly ComparedRun[]): Markup[] {
  const epochs = Math.max(1, ...runs.map(epochsOf));
  const chart = (title: string, pointsOf: PointsOf, text: (value: number) => string, scale: ScaleOf): Markup[] => {
    const lines = runs.flatMap((run, at): ChartLine[] => {
      const points = pointsOf(run);
      const last = points.findLast(([, value]) => Number.isFinite(value));
      if (last === undefined) return [];
      const marked = points.length <= markedEpochs && points.length <= run.epochs.length;
      return [{ name: run.name, look: looks[at % looks.length], points, marked, ends: text(last[1]) }];
    });
    if (lines.length === 0) return [];
    const description = `${title} by epoch; at the end ${lines.map(({ name, ends }) => `${name} ${ends}`).join(', ')}`;
    return [lineChart({ title, description, lines, x: epochAxis(epochs), y: scale(valuesOf(lines)) })];
  };
  const accuracies: ScaleOf = (values) => accuracyScale([...values, roomBelow(values)]);
  return [
    ...chart('Training loss', (run) => smoothed(batchPoints(run)), lossText, lossScale),
    ...chart('Training accuracy', ({ epochs: done }) => training(done), accuracyText, accuracies),
    ...chart('Validation loss', ({ epochs: done }) => validation(done, 'loss'), lossText, lossScale),
    ...chart('Validation accuracy', ({ epochs: done }) => validation(done, 'accuracy'), accuracyText, accuracies),
  ];
}

type ScaleOf = (values: readonly number[]) => Scale;

function training(epochs: readonly EpochRecord[]): Point[] {
  return epochs.map(({ epoch, accuracy }): Point => [epoch - 0.5, accuracy]);
}

function validation(epochs: readonly EpochRecord[], figure: 'loss' | 'accuracy'): Point[] {
  return epochs.flatMap((record): Point[] =>
    record.validation === undefined ? [] : [[record.epoch, record.validation[figure]]],
  );
}
