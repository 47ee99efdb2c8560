/** `longhand evaluate`: accuracy, confusion matrix, scores of each class and misclassified images of a saved model. */

import { type ImageDataset, imageAt, layoutText } from '@longhand/datasets';
import { softmaxCrossEntropy } from '@longhand/layers';
import {
  classesToShow,
  columnsOf,
  countText,
  percentText,
  styles,
  table,
  terminalGallery,
  truncate,
  wantsColor,
} from '@longhand/rendering';
import { type ModuleReference, modulesIn } from '@longhand/schema';
import {
  type Coverage,
  calibratedProbabilities,
  classifierLoss,
  classProbabilities,
  classScores,
  coverageOf,
  dataFingerprint,
  type Evaluation,
  type EvaluationOptions,
  evaluate,
  layoutOfModel,
  type Model,
  misclassifiedImages,
} from '@longhand/training';
import { type DataChoice, loadPart } from '../command/dataset-source';
import { type EngineSettings, withEngine } from '../command/engine-session';
import { sayLine, shownName } from '../command/failure';
import { withLikelyNormalization } from '../command/likely-normalization';
import { type ModelFileOptions, type ReadModel, readAnyModel, sayAssumptions } from '../command/model-source';
import { importCode } from '../command/own-modules';
import { evaluationReport, thresholdText } from '../command/reports';
import { metricsOf } from '../train/training-options';
import { commonErrors, commonErrorsText } from './common-errors';
import { scoreWithoutHard, withoutHardText } from './hard-digits';

/** The options of `longhand evaluate`, parsed. */
export interface EvaluateOptions extends EngineSettings, ModelFileOptions, DataChoice {
  readonly split: 'train' | 'validation' | 'test';
  /** The number of misclassified images to draw. */
  readonly misclassified?: number;
  /** Metrics of the user's own. */
  readonly metric?: readonly ModuleReference[];
  readonly json?: boolean;
}

/**
 * Prints an evaluation. Of several models each gets a line, and then it says which images all of them misclassify.
 *
 * @throws an error of the packages, with a message of one line
 */
export async function evaluateCommand(files: readonly string[], options: EvaluateOptions): Promise<void> {
  const { split, misclassified, json } = options;
  const models: (Pick<ReadModel, 'model' | 'matched'> & { readonly file: string })[] = [];
  for (const file of files) {
    const read = await withLikelyNormalization(await readAnyModel(file, options), options, options);
    // As JSON, the matched names are among the results.
    sayAssumptions(file, read, { quiet: json ?? false });
    models.push({ file, model: read.model, matched: read.matched });
  }
  const { dataset, name, layout } = await loadPart(options, split);
  const metrics = metricsOf(options, await importCode({ trusted: modulesIn(options.metric) }));
  const found = await withEngine(
    options,
    () => 'interrupted',
    async (engine) => {
      const results: Pick<EvaluatedModel, 'evaluation' | 'coverage'>[] = [];
      for (const { model } of models) results.push(await calibratedEvaluation(model, { dataset, metrics, engine }));
      return results;
    },
  );
  for (const { file, model } of models) {
    const other = otherData(model, { dataset, name, layout, split });
    if (other !== undefined) sayLine(`note: ${file} ${other}`);
  }
  if (json) {
    for (const [at, { file, model, matched }] of models.entries()) {
      const evaluated = { dataset, ...found[at], classes: model.classes };
      const line = {
        model: file,
        ...(matched.length > 0 && { matched }),
        ...evaluationJson(evaluated, misclassified),
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
    if (files.length > 1) {
      const evaluations = found.map(({ evaluation }) => evaluation);
      process.stdout.write(`${JSON.stringify({ models: files, misclassified: commonErrors(evaluations, dataset) })}\n`);
    }
    return;
  }
  const [{ model }] = models;
  const [{ evaluation, coverage }] = found;
  const classes = model.classes.map(shownName);
  if (models.length > 1) {
    const evaluated = models.map(({ file }, at) => ({ model: file, evaluation: found[at].evaluation }));
    const stream = process.stdout;
    stream.write(commonErrorsText(evaluated, dataset, { classes, drawn: misclassified, stream }));
    return;
  }
  const evaluated = { dataset, evaluation, classes, coverage };
  const hard = scoreWithoutHard(dataset, evaluation);
  const parts = [
    evaluationReport(dataset, evaluation, classes, process.stdout),
    `${coverageText(coverage, model)}${hard === undefined ? '' : `${withoutHardText(hard, columnsOf(process.stdout))}\n`}`,
    classTable(evaluated, process.stdout),
    ...(misclassified === undefined ? [] : [misclassifiedGallery(evaluated, misclassified, process.stdout)]),
  ];
  process.stdout.write(parts.join('\n'));
}

/** An evaluation, and how many of its predictions are sure. Its probabilities are those that `predict` shows. */
async function calibratedEvaluation(
  { calibration, ...model }: Model,
  options: Pick<EvaluationOptions, 'dataset'> & Required<Pick<EvaluationOptions, 'metrics' | 'engine'>>,
): Promise<Pick<EvaluatedModel, 'evaluation' | 'coverage'>> {
  const { network, parameters, normalization, loss = softmaxCrossEntropy() } = model;
  const { dataset, engine } = options;
  const isClassifiers = loss.description.kind === classifierLoss(network).description.kind;
  const evaluation = await evaluate({ ...model, ...options, probabilities: isClassifiers });
  const { probabilities } = isClassifiers
    ? evaluation
    : await classProbabilities({ network, parameters, normalization, dataset, engine });
  const [classes] = network.outputShape;
  const coverage = coverageOf({ probabilities, classes, labels: dataset.labels }, calibration);
  if (calibration === undefined) return { evaluation, coverage };
  const probability = Float32Array.from(evaluation.predicted, (predicted, image) => {
    const own = probabilities.subarray(image * classes, (image + 1) * classes);
    return calibratedProbabilities(own, calibration)[predicted];
  });
  return { evaluation: { ...evaluation, probability }, coverage };
}

/** One line: `coverage  96.12 % are sure (from 83.1 % on), 99.83 % of them correct`. */
function coverageText({ images, sure, sureAndCorrect }: Coverage, { calibration }: Pick<Model, 'calibration'>): string {
  const correct = sure === 0 ? '' : `, ${percentText(sureAndCorrect / sure)} of them correct`;
  const from = thresholdText(calibration);
  return `coverage  ${percentText(sure / images)} are sure (from ${from} on)${correct}\n`;
}

/** What has to be said of a model on other data than it was trained on; undefined where they are the same, or not known. */
function otherData(
  model: Model,
  {
    dataset,
    name,
    layout,
    split,
  }: Omit<Awaited<ReturnType<typeof loadPart>>, 'found'> & Pick<EvaluateOptions, 'split'>,
): string | undefined {
  const named = model.training?.data;
  const learnedFrom = typeof named === 'string' ? { name: named.replace(/ train$/, ''), test: undefined } : undefined;
  const data = model.data ?? learnedFrom;
  if (data === undefined) return undefined;
  const hasTest = split === 'test' && data.test !== undefined;
  if (hasTest ? data.test === dataFingerprint(dataset) : data.name === name) return undefined;
  const [learned, given] = [layoutText(layoutOfModel(model)), layoutText(layout)];
  const lie = learned === given ? '' : `: its images lie otherwise, ${given}, not ${learned}`;
  const [of, images] = data.name === name ? ['other images', `this ${name}`] : [data.name, name];
  return `was trained on ${of}, and is evaluated on ${images}${lie}`;
}

/** An evaluation with its data set and class names. */
export interface EvaluatedModel {
  readonly dataset: ImageDataset;
  readonly evaluation: Evaluation;
  readonly classes: readonly string[];
  readonly coverage: Coverage;
}

const share = (part: number | undefined): string => (part === undefined ? '–' : percentText(part));

/**
 * A row for each class: support (its number of images), number of predictions, precision, recall and F1. Narrow terminals have
 * fewer columns; of many classes those with the most misclassified images have a row.
 */
export function classTable({ evaluation, classes }: EvaluatedModel, stream: NodeJS.WriteStream): string {
  const right = { align: 'right' as const };
  const { indices, note } = classesToShow(evaluation.confusion);
  const scores = classScores(evaluation.confusion);
  const [width, color] = [columnsOf(stream), wantsColor(stream, process.env)];
  if (indices.length === 0) return '';
  const drawn = table({
    columns: [
      { title: 'class' },
      { title: 'support', ...right, spare: 3 },
      { title: 'predicted', ...right, spare: 2 },
      { title: 'precision', ...right },
      { title: 'recall', ...right },
      { title: 'F1', ...right, spare: 1 },
    ],
    rows: indices.map((at) => {
      const { support, predicted, precision, recall, f1 } = scores[at];
      return [classes[at], countText(support), countText(predicted), share(precision), share(recall), share(f1)];
    }),
    width,
    color,
  });
  const others =
    note === undefined ? '' : `${styles({ color }).dim(truncate(`${note}; all of them: --json`, width))}\n`;
  return `${drawn}\n${others}`;
}

/** The most confident misclassified images, with true class, predicted class and its probability. */
export function misclassifiedGallery(evaluated: EvaluatedModel, count: number, stream: NodeJS.WriteStream): string {
  const { dataset, evaluation, classes } = evaluated;
  const misclassified = misclassifiedImages(evaluation, dataset);
  const chosen = misclassified.slice(0, count);
  if (chosen.length === 0) return 'no image was misclassified\n';
  const { height, width, channels } = dataset;
  const entries = chosen.map(({ index, trueClass, predictedClass, probability }) => ({
    pixels: imageAt(dataset, index),
    captions: [
      `true ${classes[trueClass]}`,
      `predicted ${classes[predictedClass]}`,
      `p = ${percentText(probability)}`,
      `image ${index}`,
    ],
  }));
  const columns = columnsOf(stream);
  const shown = `${countText(chosen.length)} of ${countText(misclassified.length)}`;
  return [
    truncate(`misclassified: ${shown}, the most confident first`, columns),
    '',
    terminalGallery({ entries, height, width, channels, columns, color: wantsColor(stream, process.env) }),
    '',
  ].join('\n');
}

/** The evaluation as plain data. A share of no images is null. */
export function evaluationJson(
  { dataset, evaluation, classes, coverage }: EvaluatedModel,
  misclassified: number | undefined,
): object {
  const { count, correct, accuracy, standardError, loss, confusion, metrics } = evaluation;
  const hard = scoreWithoutHard(dataset, evaluation);
  const scores = classScores(confusion).map((score, label) => ({
    name: classes[label],
    ...score,
    precision: score.precision ?? null,
    recall: score.recall ?? null,
    f1: score.f1 ?? null,
  }));
  return {
    data: dataset.name,
    images: count,
    correct,
    accuracy,
    standardError,
    loss,
    ...(hard && { hard }),
    coverage: { ...coverage, accuracy: coverage.sure === 0 ? null : coverage.sureAndCorrect / coverage.sure },
    ...(Object.keys(metrics).length > 0 && { metrics }),
    classes: scores,
    confusion,
    ...(misclassified === undefined
      ? {}
      : { misclassified: misclassifiedImages(evaluation, dataset).slice(0, misclassified) }),
  };
}
