/** How a run learned: its curves, and its epochs in figures. */
import { accuracyScale, lossScale } from '../curves/scale';
import type { Point } from '../curves/terminal-curves';
import { html, type Markup } from '../markup';
import { accuracyText, durationText, lossText, rateText } from '../number-text';
import { type ChartLine, lineChart } from './line-chart';
import type { ReportEpoch, TrainingReport } from './report-data';

/** From so many epochs on, markers would touch. */
const markedEpochs = 40;

export function learningSection(report: TrainingReport): Markup {
  const { epochs, stopped } = report;
  return html`<section id="learning">
<header><h2>How it learned</h2>
<p>Both scales are logarithmic: halving the loss, or the share of errors, is a step of the same height anywhere.${stopped === undefined ? '' : ` ${stopped}`}</p></header>
<div>
<div class="charts">
${lossChart(report)}${accuracyChart(report)}</div>
${epochs.length === 0 ? '' : epochTable(epochs)}
</div>
</section>
`;
}

function lossChart(report: TrainingReport): Markup {
  const { epochs, lossCurve, test } = report;
  const stepsPerEpoch = stepsPerEpochOf(report);
  // Each mean stands in the middle of the steps that it is of.
  const batches = lossCurve.losses.map((loss, at): Point => [((at + 0.5) * lossCurve.every) / stepsPerEpoch, loss]);
  const last = epochs.at(-1);
  const lines: ChartLine[] = [
    { name: 'batches', look: 'batches', points: batches },
    { name: 'batches, smoothed', look: 'smooth', points: smoothed(batches) },
    ...epochLines(epochs, ({ loss }) => loss, lossText),
    ...(test === undefined ? [] : [testLine(test.loss, lossText, epochsOf(report))]),
  ];
  return lineChart({
    title: 'Loss',
    description: `The loss by epoch${last === undefined ? '' : `; at the end ${lossText(last.loss)} in training`}`,
    lines,
    epochs: epochsOf(report),
    scale: lossScale(valuesOf(lines)),
  });
}

function accuracyChart(report: TrainingReport): Markup {
  const { epochs, test } = report;
  const last = epochs.at(-1);
  const lines: ChartLine[] = [
    ...epochLines(epochs, ({ accuracy }) => accuracy, accuracyText),
    ...(test === undefined ? [] : [testLine(test.accuracy, accuracyText, epochsOf(report))]),
  ];
  return lineChart({
    title: 'Accuracy',
    description: `The accuracy by epoch${last === undefined ? '' : `; at the end ${accuracyText(last.accuracy)} in training`}`,
    lines,
    epochs: epochsOf(report),
    scale: accuracyScale(valuesOf(lines)),
  });
}

/** Where the axis ends: the last epoch may have been left in the middle. */
function epochsOf(report: TrainingReport): number {
  const { epochs, lossCurve } = report;
  const steps = (lossCurve.losses.length - 1) * lossCurve.every;
  return Math.max(epochs.length, Math.ceil(steps / stepsPerEpochOf(report)), 1);
}

/** Where no epoch came to its end, all steps are of the first. */
function stepsPerEpochOf({ epochs, lossCurve }: TrainingReport): number {
  const last = epochs.at(-1);
  return last === undefined ? Math.max(1, lossCurve.losses.length * lossCurve.every) : last.steps / last.epoch;
}

/** What was trained on, and what was held back, at the end of each epoch. */
function epochLines(
  epochs: readonly ReportEpoch[],
  pick: (score: { readonly loss: number; readonly accuracy: number }) => number,
  text: (value: number) => string,
): ChartLine[] {
  const line = (name: string, look: ChartLine['look'], points: readonly Point[]): ChartLine[] => {
    const last = points.at(-1);
    const marked = points.length <= markedEpochs;
    return last === undefined ? [] : [{ name, look, points, marked, ends: text(last[1]) }];
  };
  const held = epochs.flatMap(({ epoch, validation }): Point[] =>
    validation === undefined ? [] : [[epoch, pick(validation)]],
  );
  return [
    ...line(
      'training',
      'training',
      epochs.map((epoch): Point => [epoch.epoch, pick(epoch)]),
    ),
    ...line('held back', 'held', held),
  ];
}

function testLine(value: number, text: (value: number) => string, epochs: number): ChartLine {
  return {
    name: 'test',
    look: 'test',
    points: [
      [0, value],
      [epochs, value],
    ],
    ends: text(value),
  };
}

/** Each point the mean of it and those before, the older the less: at every point a tenth of their weight is lost. */
function smoothed(points: readonly Point[]): Point[] {
  const keep = 0.9;
  let [sum, weight] = [0, 0];
  return points.map(([at, value]): Point => {
    if (!Number.isFinite(value)) return [at, value];
    sum = keep * sum + value;
    weight = keep * weight + 1;
    return [at, sum / weight];
  });
}

function valuesOf(lines: readonly ChartLine[]): number[] {
  return lines.flatMap(({ points }) => points.map(([, value]) => value));
}

function epochTable(epochs: readonly ReportEpoch[]): Markup {
  const withHeld = epochs.some(({ validation }) => validation !== undefined);
  const best = epochs.findLast(({ validation }) => validation?.best === true)?.epoch;
  const rows = epochs.map((row) => {
    const held = row.validation;
    const cells = [
      lossText(row.loss),
      accuracyText(row.accuracy),
      ...(withHeld
        ? [held === undefined ? '' : lossText(held.loss), held === undefined ? '' : accuracyText(held.accuracy)]
        : []),
      String(Number(row.learningRate.toPrecision(3))),
      durationText(row.seconds),
      rateText(row.imagesPerSecond),
    ];
    const mark = row.epoch === best ? html` <small>best</small>` : '';
    return html`<tr${row.epoch === best ? html` class="best"` : ''}><th scope="row">${row.epoch}${mark}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  });
  const titles = [
    ...['epoch', 'loss', 'accuracy'],
    ...(withHeld ? ['loss, held back', 'accuracy, held back'] : []),
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
