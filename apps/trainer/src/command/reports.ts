/** What several commands print: a network's layers, an evaluation, feature maps, settings in words. */

import { type ImageDataset, imageAt } from '@longhand/datasets';
import { type Network, summary } from '@longhand/layers';
import {
  accuracyText,
  buffersNote,
  columnsOf,
  confusionMatrix,
  countText,
  flow,
  leastShare,
  lossText,
  type Matrix,
  type MisclassifiedExample,
  metricText,
  percentText,
  styles,
  symbolsNote,
  table,
  visibleWidth,
  wantsColor,
  wrap,
} from '@longhand/rendering';
import {
  type Calibration,
  type Evaluation,
  type LayerOutput,
  misclassifiedImages,
  usualThreshold,
} from '@longhand/training';
import { shownName } from './failure';

/**
 * A row for each layer: its kind, its output with the symbol of the hand derivation where it has one, its parameters and
 * multiply-adds; a line for the buffers, if there are any. A narrow terminal gets less of it, and at last one line.
 */
export function networkReport(name: string, network: Network, stream: NodeJS.WriteStream): string {
  const { rows, parameters, buffers, multiplyAdds } = summary(network);
  const width = stream.isTTY ? columnsOf(stream) : Number.POSITIVE_INFINITY;
  const color = wantsColor(stream, process.env);
  const hasSymbols = rows.some(({ symbol }) => symbol !== undefined);
  const right = { align: 'right' as const };
  const columns = [
    { title: 'layer' },
    { title: 'kind', spare: 1 },
    ...(hasSymbols ? [{ title: 'symbol', spare: 3 }] : []),
    { title: 'output' },
    { title: 'parameters', ...right },
    { title: 'multiply-adds', ...right, spare: 2 },
  ];
  const cells = rows.map((row) => [
    row.name,
    row.kind,
    ...(hasSymbols ? [row.symbol ?? ''] : []),
    row.outputShape.join('×'),
    row.parameters === 0 ? '' : countText(row.parameters),
    row.multiplyAdds === 0 ? '' : countText(row.multiplyAdds),
  ]);
  const total = ['total', '', ...(hasSymbols ? [''] : []), '', countText(parameters), countText(multiplyAdds)];
  const report = table({ columns, rows: cells, total, width, color });
  const [head] = report.split('\n');
  const widest = visibleWidth(head);
  if (widest > width || report.includes('…')) return `${name}: ${countText(parameters)} parameters`;
  const notes = [...buffersNote(buffers), ...(head.includes('symbol') ? [symbolsNote] : [])];
  const { dim } = styles({ color });
  return [report, ...notes.flatMap((note) => wrap(note, widest)).map(dim)].join('\n');
}

/** From which probability on a model is sure: `80 %`, or with a digit more where that was fitted. */
export function thresholdText(calibration: Calibration | undefined): string {
  return calibration === undefined ? percentText(usualThreshold, 0) : percentText(calibration.threshold, 1);
}

/** Accuracy with its standard error, the loss, and the confusion matrix. */
export function evaluationReport(
  dataset: ImageDataset,
  evaluation: Evaluation,
  classes: readonly string[],
  stream: NodeJS.WriteStream,
): string {
  const { accuracy, standardError, count, correct, loss, confusion, metrics } = evaluation;
  const color = wantsColor(stream, process.env);
  const { bold } = styles({ color });
  const width = columnsOf(stream);
  return [
    `${dataset.name}: ${countText(count)} images`,
    flow(
      [
        `accuracy  ${bold(accuracyText(accuracy, standardError))}${correct === count ? `, at least ${percentText(leastShare(count))} at 95 % confidence` : ' standard error'}`,
        `(${countText(count - correct)} misclassified)`,
      ],
      width,
    ),
    `loss      ${lossText(loss)}`,
    ...metricsTexts(metrics).map(([name, value]) => `${name.padEnd(9)} ${value}`),
    '',
    confusionMatrix({ confusion, classes: classes.map(shownName), color, width }),
    '',
  ].join('\n');
}

/** Metrics of the user's own, in words. */
export function metricsTexts(metrics: Readonly<Record<string, number>> = {}): readonly (readonly [string, string])[] {
  return Object.entries(metrics).map(([name, value]) => [name, metricText(value)]);
}

/** The misclassified images of an evaluation to be drawn, the most confident first. */
export function misclassifiedExamples(
  dataset: ImageDataset,
  evaluation: Evaluation,
  classes: readonly string[],
  most = Number.POSITIVE_INFINITY,
): readonly MisclassifiedExample[] {
  const { height, width, channels } = dataset;
  return misclassifiedImages(evaluation, dataset)
    .slice(0, most)
    .map(({ index, trueClass, predictedClass, probability }) => ({
      pixels: imageAt(dataset, index),
      height,
      width,
      channels,
      trueClass: shownName(classes[trueClass]),
      predictedClass: shownName(classes[predictedClass]),
      probability,
    }));
}

/**
 * The layers worth showing: of a convolution, its normalization and its activation only the activation, as in the notes, which
 * name no other; and no dropout, which changes nothing here.
 */
export function shownLayers(layers: readonly LayerOutput[]): readonly LayerOutput[] {
  const list = layers.filter(({ kind }) => kind !== 'dropout');
  return list.filter((layer, at) => {
    const next = list[at + 1];
    const follows = next?.kind === 'activation' || next?.kind === 'batchNorm';
    return !(follows && listOf(next) === listOf(layer));
  });
}

/** The list that a layer is in: a block's branch, or the network itself. */
function listOf({ name }: LayerOutput): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

/** The channels of `[height, width, channels]`; a vector in rows of sixteen. */
export function mapsOf(shape: readonly number[], values: Float32Array): Matrix[] {
  if (shape.length < 3) {
    const width = values.length % 16 === 0 ? 16 : values.length;
    return [{ height: values.length / width, width, values }];
  }
  const [height, width, channels] = shape;
  return Array.from({ length: channels }, (_, channel) => ({
    height,
    width,
    values: Float32Array.from({ length: height * width }, (_, at) => values[at * channels + channel]),
  }));
}

/** `batchSize` as `batch size`. */
export function settingName(key: string): string {
  return key.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A number of the setting `key`. Seeds are no amounts: they stay as they are typed. */
export function settingNumber(key: string, value: number): string {
  return Number.isInteger(value) && key !== 'seed' ? countText(value) : String(value);
}
