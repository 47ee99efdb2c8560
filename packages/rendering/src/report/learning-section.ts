/** The learning curves of a run, and its epochs in figures. */
import type { EpochRecord } from '@longhand/training';
import { accuracyScale, linearScale, lossScale } from '../curves/scale';
import type { Point } from '../curves/terminal-curves';
import { html, type Markup } from '../html';
import { accuracyText, durationText, lossText, rateText } from '../number-text';
import { type ChartLine, epochAxis, lineChart, type Reading } from './line-chart';
import { batchPoints, type LearningCurves, smoothed, stepsPerEpochOf } from './loss-points';
import type { TrainingReport } from './report-data';

/** With more epochs, markers would touch. */
export const markedEpochs = 40;

export function learningSection(report: TrainingReport): Markup {
  const { epochs, stopped } = report;
  return html`<section id="learning">
<header><h2>Learning curves</h2>
<p>Both scales are logarithmic: halving the loss, or the error rate, is a step of the same height anywhere. A training point is the mean over an epoch, and stands in its middle.${hardText(epochs)}${stopped === undefined ? '' : ` ${stopped}`}</p></header>
<div>
<div class="charts">
${lossChart(report)}${accuracyChart(report)}${rateChart(report)}</div>
${epochs.length === 0 ? '' : epochTable(epochs)}
</div>
</section>
`;
}

/** Where the training figures turn for the worse although the network learns. */
function hardText(epochs: readonly EpochRecord[]): string {
  const first = epochs.find(({ hardExamples = 0 }) => hardExamples > 0);
  if (first === undefined) return '';
  const since = first.hardExamples === 1 ? `From epoch ${first.epoch} on` : `From within epoch ${first.epoch} on`;
  return ` ${since} the training figures are those of hard examples, the images with the largest losses.`;
}

function lossChart(report: TrainingReport): Markup {
  const { epochs, test } = report;
  const batches = batchPoints(report);
  const last = epochs.at(-1);
  const lines: ChartLine[] = [
    { name: 'batches', look: 'batches', points: batches },
    { name: 'batches, smoothed', look: 'smooth', points: smoothed(batches) },
    ...epochLines(epochs, ({ loss }) => loss, lossText),
    ...(test === undefined ? [] : [testLine(report, test.loss, lossText)]),
  ];
  return lineChart({
    title: 'Loss',
    description: `The loss by epoch${last === undefined ? '' : `; at the end ${lossText(last.loss)} in training`}`,
    lines,
    x: epochAxis(epochsOf(report)),
    y: lossScale(valuesOf(lines)),
    readings: readingsOf(epochs, ({ loss }) => loss, lossText),
  });
}

function accuracyChart(report: TrainingReport): Markup {
  const { epochs, test } = report;
  const last = epochs.at(-1);
  const lines: ChartLine[] = [
    ...epochLines(epochs, ({ accuracy }) => accuracy, accuracyText),
    ...(test === undefined ? [] : [testLine(report, test.accuracy, accuracyText)]),
  ];
  const values = valuesOf(lines);
  return lineChart({
    title: 'Accuracy',
    description: `The accuracy by epoch${last === undefined ? '' : `; at the end ${accuracyText(last.accuracy)} in training`}`,
    lines,
    x: epochAxis(epochsOf(report)),
    y: accuracyScale([...values, roomBelow(values)]),
    readings: readingsOf(epochs, ({ accuracy }) => accuracy, accuracyText),
  });
}

/** The schedule, which all settings of a run have in common with their results. */
function rateChart(report: TrainingReport): Markup | undefined {
  const { epochs } = report;
  const points = report.learningRates ?? epochs.map(({ epoch, learningRate }): Point => [epoch, learningRate]);
  const most = Math.max(...points.map(([, rate]) => rate));
  if (points.length === 0 || !(most > 0)) return undefined;
  return lineChart({
    title: 'Learning rate',
    description: `The learning rate by epoch, ${lossText(most)} at most`,
    lines: [{ name: 'learning rate', look: 'training', points, ends: `up to ${lossText(most)}` }],
    x: epochAxis(epochsOf(report)),
    y: linearScale(most),
    readings: epochs.map(({ epoch, learningRate }) => ({ at: epoch, text: `${lossText(learningRate)} at its end` })),
  });
}

/** What the figures of each epoch are, for the pointer. */
function readingsOf(
  epochs: readonly EpochRecord[],
  pick: (score: { readonly loss: number; readonly accuracy: number }) => number,
  text: (value: number) => string,
): readonly Reading[] {
  return epochs.map((record) => {
    const { epoch, validation } = record;
    const held = validation === undefined ? '' : `, validation ${text(pick(validation))}`;
    return { at: epoch, text: `training ${text(pick(record))}${held}` };
  });
}

/** An accuracy with a sixth more errors than the lowest: with it on the scale, no marker sits on the axis. */
export function roomBelow(values: readonly number[]): number {
  const lowest = Math.min(...values.filter(Number.isFinite));
  return Math.max(0, 1 - (7 / 6) * (1 - lowest));
}

/** Where the axis ends: the last epoch may have been left in the middle. */
export function epochsOf(report: LearningCurves): number {
  const { epochs, lossCurve } = report;
  const steps = (lossCurve.losses.length - 1) * lossCurve.every;
  return Math.max(epochs.length, Math.ceil(steps / stepsPerEpochOf(report)), 1);
}

/** The training images, measured throughout each epoch, and the validation images, measured at its end. */
function epochLines(
  epochs: readonly EpochRecord[],
  pick: (score: { readonly loss: number; readonly accuracy: number }) => number,
  text: (value: number) => string,
): ChartLine[] {
  const line = (name: string, look: ChartLine['look'], points: readonly Point[]): ChartLine[] => {
    const last = points.at(-1);
    const marked = points.length <= markedEpochs;
    return last === undefined ? [] : [{ name, look, points, marked, ends: text(last[1]) }];
  };
  const validation = epochs.flatMap((record): Point[] =>
    record.validation === undefined ? [] : [[record.epoch, pick(record.validation)]],
  );
  return [
    ...line(
      'training',
      'training',
      epochs.map((epoch): Point => [epoch.epoch - 0.5, pick(epoch)]),
    ),
    ...line('validation', 'validation', validation),
  ];
}

/** The model that was tested is that of one epoch. */
function testLine(report: TrainingReport, value: number, text: (value: number) => string): ChartLine {
  const epochs = epochsOf(report);
  const best = report.epochs.findLast(({ validation }) => validation?.best === true)?.epoch;
  const tested = report.test?.model === 'best' ? best : report.epochs.at(-1)?.epoch;
  return {
    name: tested === undefined ? 'test' : `test of epoch ${tested}`,
    look: 'test',
    points: [
      [0, value],
      [epochs, value],
    ],
    ends: text(value),
  };
}

/** All values of lines, for a scale. */
export function valuesOf(lines: readonly ChartLine[]): number[] {
  return lines.flatMap(({ points }) => points.map(([, value]) => value));
}

function epochTable(epochs: readonly EpochRecord[]): Markup {
  const hasValidation = epochs.some(({ validation }) => validation !== undefined);
  const best = epochs.findLast(({ validation }) => validation?.best === true)?.epoch;
  const rows = epochs.map((row) => {
    const { validation } = row;
    const cells = [
      lossText(row.loss),
      accuracyText(row.accuracy),
      ...(hasValidation
        ? validation === undefined
          ? ['', '']
          : [lossText(validation.loss), accuracyText(validation.accuracy)]
        : []),
      lossText(row.learningRate),
      durationText(row.seconds),
      rateText(row.imagesPerSecond),
    ];
    const mark = row.epoch === best ? html` <small>best</small>` : '';
    return html`<tr${row.epoch === best ? html` class="best"` : ''}><th scope="row">${row.epoch}${mark}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  });
  const titles = [
    ...['epoch', 'loss', 'accuracy'],
    ...(hasValidation ? ['validation loss', 'validation accuracy'] : []),
    ...['learning rate', 'time', 'speed'],
  ];
  return html`<details${epochs.length <= 12 ? html` open` : ''}><summary>Epoch by epoch</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Epoch by epoch"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table></div></details>
`;
}
