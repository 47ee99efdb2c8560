/** `longhand evaluate`: how a saved model reads digits. */

import type { ImageDataset } from '@longhand/datasets';
import { columnsOf, countText, percentText, table, terminalGallery, truncate, wantsColor } from '@longhand/rendering';
import { classScores, type Evaluation, evaluate, misclassifiedImages } from '@longhand/training';
import { loadDataset } from '../command/dataset-source';
import { type EngineSettings, withEngine } from '../command/engine-session';
import { type ForeignFileOptions, readModel } from '../command/model-source';
import { evaluationReport } from '../command/reports';

/** The options of `longhand evaluate`, parsed. */
export interface EvaluateOptions extends EngineSettings, ForeignFileOptions {
  readonly dataDir?: string;
  readonly split: 'train' | 'test';
  /** How many misread images to show. */
  readonly misread?: number;
  readonly json?: boolean;
}

/** @throws an error of the packages, with the line that tells a person what is wrong */
export async function evaluateCommand(file: string, options: EvaluateOptions): Promise<void> {
  const { dataDir, split, misread, json } = options;
  const model = readModel(file, options);
  const dataset = loadDataset(dataDir, split);
  const evaluation = await withEngine(
    options,
    () => 'interrupted',
    (engine) => evaluate({ ...model, dataset, engine }),
  );
  const found = { dataset, evaluation, classes: model.classes };
  if (json) {
    process.stdout.write(`${JSON.stringify({ model: file, ...evaluationJson(found, misread) })}\n`);
    return;
  }
  const parts = [
    evaluationReport(dataset, evaluation, model.classes, process.stdout),
    classTable(found, process.stdout),
    ...(misread === undefined ? [] : [misreadGallery(found, misread, process.stdout)]),
  ];
  process.stdout.write(parts.join('\n'));
}

/** An evaluation, of what, and what the classes are called. */
export interface Found {
  readonly dataset: ImageDataset;
  readonly evaluation: Evaluation;
  readonly classes: readonly string[];
}

const share = (part: number | undefined): string => (part === undefined ? '–' : percentText(part));

/** A row for each class: how often it was shown and read, and how much of either was right. Narrow terminals get less of it. */
export function classTable({ evaluation, classes }: Found, stream: NodeJS.WriteStream): string {
  const right = { align: 'right' as const };
  const drawn = table({
    columns: [
      { title: 'class' },
      { title: 'shown', ...right, spare: 3 },
      { title: 'read', ...right, spare: 2 },
      { title: 'precision', ...right },
      { title: 'recall', ...right },
      { title: 'F1', ...right, spare: 1 },
    ],
    rows: classScores(evaluation.confusion).map(({ support, predicted, precision, recall, f1 }, at) => [
      ...[classes[at], countText(support), countText(predicted), share(precision), share(recall), share(f1)],
    ]),
    width: columnsOf(stream),
    color: wantsColor(stream, process.env),
  });
  return `${drawn}\n`;
}

/** The surest mistakes as pictures, with what they are, what they were read as, and how sure the network was. */
export function misreadGallery(found: Found, count: number, stream: NodeJS.WriteStream): string {
  const { dataset, evaluation, classes } = found;
  const mistakes = misclassifiedImages(evaluation, dataset);
  const chosen = mistakes.slice(0, count);
  if (chosen.length === 0) return 'no image was misread\n';
  const { height, width } = dataset;
  const entries = chosen.map(({ index, trueClass, predictedClass, probability }) => ({
    pixels: dataset.images.subarray(index * height * width, (index + 1) * height * width),
    captions: [
      `shown   ${classes[trueClass]}`,
      `read as ${classes[predictedClass]}`,
      `sure    ${percentText(probability)}`,
      `image   ${index}`,
    ],
  }));
  const columns = columnsOf(stream);
  const all = mistakes.length;
  const head = all === chosen.length ? 'all' : `the ${countText(chosen.length)} surest`;
  return [
    truncate(`misread: ${head} of ${countText(all)}`, columns),
    '',
    terminalGallery({ entries, height, width, columns, color: wantsColor(stream, process.env) }),
    '',
  ].join('\n');
}

/** The evaluation as plain data; shares of nothing are null. */
export function evaluationJson({ dataset, evaluation, classes }: Found, misread: number | undefined): object {
  const { count, correct, accuracy, standardError, loss, confusion } = evaluation;
  const scores = classScores(confusion).map(({ support, predicted, correct, precision, recall, f1 }, label) => ({
    name: classes[label],
    shown: support,
    read: predicted,
    correct,
    precision: precision ?? null,
    recall: recall ?? null,
    f1: f1 ?? null,
  }));
  const mistakes = misclassifiedImages(evaluation, dataset)
    .slice(0, misread)
    .map(({ index, trueClass, predictedClass, probability }) => ({
      index,
      shown: trueClass,
      read: predictedClass,
      probability,
    }));
  return {
    ...{ data: dataset.name, images: count, correct, accuracy, standardError, loss, classes: scores, confusion },
    ...(misread === undefined ? {} : { misread: mistakes }),
  };
}
