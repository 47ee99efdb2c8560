/** The report of a run: all its results, gathered for one page. */
import { cpus } from 'node:os';
import { type ImageDataset, imageAt } from '@longhand/datasets';
import { referenceKernels } from '@longhand/kernels';
import { everyLayer, summary, weightImages } from '@longhand/layers';
import { countText, type TrainingReport, trainingReportPage } from '@longhand/rendering';
import { classifier, classScores, type Evaluation, type Model } from '@longhand/training';
import { commandLine } from '../command/failure';
import { moduleOptions } from '../command/own-modules';
import { mapsOf, misclassifiedExamples, shownLayers } from '../command/reports';
import { runtimeText } from '../command/runtime';
import type { RunFolder } from './run-folder';
import type { RunConfig, RunRecord, TestMetrics } from './run-record';
import { networkTitle } from './run-settings';

/** The most misclassified images, and kernels of a layer, in a report. */
const [mostMisclassified, mostKernels] = [36, 96];

/** The settings of a run for its report. */
export type ReportedSettings = Pick<TrainingReport, 'configuration' | 'unused'>;

export interface ReportedRun {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  readonly settings: ReportedSettings;
  readonly record: RunRecord;
  readonly model: Model;
  readonly testing: ImageDataset;
  readonly evaluation: Evaluation;
  readonly test: TestMetrics;
  /** What the model's calibration was fitted on; undefined where it has none. */
  readonly calibration: NonNullable<TrainingReport['test']>['calibration'] | undefined;
  /** The learning rate of a step, counted from 0. */
  readonly learningRateAt: (step: number) => number;
  /** The URLs of the user's own modules. */
  readonly modules: readonly string[];
}

/** The page of a run that has been evaluated on the test set. */
export function runReport(run: ReportedRun): string {
  const { folder, config, record, model, testing, evaluation, test } = run;
  const { settings, data, classes } = config;
  const { confusion } = evaluation;
  const report: TrainingReport = {
    title: folder.name,
    about: `${networkTitle(settings)} on ${data.name}: ${epochsText(run)} of ${countText(data.images)} images`,
    network: summary(model.network),
    epochs: record.epochs,
    lossCurve: record.lossCurve,
    learningRates: learningRates(run),
    ...(record.stopped === undefined ? {} : { stopped: stopSentence(record) }),
    test: {
      ...test,
      ...(run.calibration && { calibration: run.calibration }),
      classes,
      confusion,
      scores: classScores(confusion).map(({ support, precision, recall, f1 }) => ({ support, precision, recall, f1 })),
    },
    misclassified: misclassifiedExamples(testing, evaluation, classes, mostMisclassified),
    kernels: kernelsOf(model),
    ...exampleOf(run),
    ...run.settings,
    versions: [
      ['longhand', config.longhand],
      ['runtime', runtimeText(config.runtime)],
      ['threads', String(config.threads)],
      ['processor', cpus()[0]?.model.trim() || 'unknown'],
    ],
    uses: usesOf(run),
    reproduce: commandLine('train', '--config', folder.file('config'), ...moduleOptions(run.modules)),
  };
  return trainingReportPage(report);
}

/** The most points of the curve of the learning rate. */
const mostRates = 200;

/** The learning rate at steps all over the run, by epochs. */
function learningRates({ record: { epochs }, learningRateAt }: ReportedRun): readonly (readonly [number, number])[] {
  const last = epochs.at(-1);
  if (last === undefined) return [];
  const perEpoch = last.steps / last.epoch;
  const count = Math.min(mostRates, last.steps);
  return Array.from({ length: count }, (_, at) => {
    const step = Math.round((at * (last.steps - 1)) / Math.max(1, count - 1));
    return [(step + 1) / perEpoch, learningRateAt(step)];
  });
}

/** What may be done with the model next. */
function usesOf({ folder, test, modules }: ReportedRun): readonly (readonly [string, string])[] {
  const model = folder.file(test.model);
  const own = moduleOptions(modules);
  return [
    ['Draw for it, and look inside: the playground’s menu has this run', commandLine('serve')],
    ['Classify a photograph', commandLine('predict', '--model', model, ...own, 'seven.jpg')],
    [
      'Feature maps of a photograph',
      commandLine('visualize', '--model', model, ...own, 'seven.jpg', '--html', 'maps.html'),
    ],
    [
      'One page that classifies drawings, to keep and to send',
      commandLine('export', model, ...own, '--output', 'digits.html'),
    ],
  ];
}

/** The number of epochs, and of those planned where the run was stopped early. */
function epochsText({ record: { epochs, stopped }, config: { settings } }: ReportedRun): string {
  const meant = `${settings.epochs} ${settings.epochs === 1 ? 'epoch' : 'epochs'}`;
  return stopped === undefined ? meant : `${epochs.length} of ${meant}`;
}

function stopSentence({ stopped, best }: RunRecord): string {
  return stopped === 'target'
    ? 'The validation accuracy reached the target.'
    : `No epoch after epoch ${best?.epoch} had a better validation accuracy.`;
}

/** The kernels of the convolutions, each layer's first ones where there are many. */
function kernelsOf({ network, parameters }: Model): TrainingReport['kernels'] {
  return everyLayer(network.layers).flatMap(({ name, layer }) => {
    if (!layer.description.kind.startsWith('conv')) return [];
    const kernels = weightImages(network, parameters, name);
    if (kernels === undefined) return [];
    const { outputs, inputs, height, width, values } = kernels;
    const size = height * width;
    // All kernels of an output or none, unless one output alone has too many.
    const few = Math.floor(mostKernels / inputs) * inputs || mostKernels;
    const maps = Array.from({ length: Math.min(outputs * inputs, few) }, (_, at) => ({
      height,
      width,
      values: values.subarray(at * size, (at + 1) * size),
    }));
    return [{ layer: name, outputs, inputs, maps }];
  });
}

/** The feature maps of the first test image. */
function exampleOf({ model, testing, config }: ReportedRun): Pick<TrainingReport, 'example'> {
  // Such a run may be where there is no WebAssembly.
  const prepared = config.settings.kernels === 'reference' ? classifier(model, referenceKernels) : classifier(model);
  const { height, width, channels } = testing;
  const image = { pixels: imageAt(testing, 0), height, width, channels };
  const maps = shownLayers(prepared.layerOutputs(image.pixels)).filter(({ shape }) => shape.length === 3);
  const [probabilities] = prepared.classify([image.pixels]);
  const featureMaps = maps.map(({ name, shape, values }) => ({ layer: name, maps: mapsOf(shape, values) }));
  const { classes } = model;
  return { example: { ...image, trueClass: classes[testing.labels[0]], classes, probabilities, featureMaps } };
}
