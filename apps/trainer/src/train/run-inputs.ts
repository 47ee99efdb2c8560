/** The inputs of a run: data, network, and the configuration that records both. The same for a new and a resumed run. */

import { createHash } from 'node:crypto';
import { type ImageDataset, splitValidation, subset } from '@longhand/datasets';
import { describeNetwork, type Network, networkFrom, Parameters } from '@longhand/layers';
import { seededRandom } from '@longhand/tensor';
import { checkDataset, checksumText, decodeModel, type Model, xxHash32 } from '@longhand/training';
import packageJson from '../../package.json' with { type: 'json' };
import { currentBudget } from '../command/budget';
import { classNamesOf, loadDataset, normalizationOf } from '../command/dataset-source';
import { refusal, unusable } from '../command/failure';
import { readModel } from '../command/model-source';
import { networkSource } from '../command/network-source';
import { currentRuntime } from '../command/runtime';
import type { RunFolder } from '../run/run-folder';
import { type RunCheckpoint, type RunConfig, readCheckpoint } from '../run/run-record';
import { unexpectedModels } from '../run/run-recovery';
import type { RunSettings } from '../run/run-settings';

export interface RunInputs {
  readonly network: Network;
  /** The weights to start from. Default: random ones. */
  readonly parameters?: Parameters;
  readonly dataset: ImageDataset;
  /** The validation split, to choose the best epoch by; these images are not trained on. */
  readonly validation: ImageDataset | undefined;
  readonly testing: ImageDataset;
  readonly config: RunConfig;
}

/** What a run starts or resumes from. */
export interface RunStart {
  readonly inputs: RunInputs;
  /** Absent for a new run. */
  readonly resume?: RunCheckpoint;
  /** Claims the run's folder for this process. For a new run, the files of an earlier one are removed from it. */
  claim(): RunFolder;
}

/**
 * The inputs of a new run.
 *
 * @param threads their number, for the record
 * @throws DatasetError, ShapeError or CommandError when data, network and settings do not fit together
 */
export function newInputs(settings: RunSettings, threads: number): RunInputs {
  const { whole, ...data } = loadData(settings);
  const from = settings.from === undefined ? undefined : readModel(settings.from);
  const network = from?.network ?? networkSource(settings, whole).network;
  for (const split of [data.dataset, data.testing]) checkDataset(network, split);
  const config: RunConfig = {
    longhand: packageJson.version,
    runtime: currentRuntime(),
    threads,
    settings,
    network: describeNetwork(network),
    normalization: from?.normalization ?? normalizationOf(settings.dataDir, whole),
    classes: classesFor(settings, whole, from),
    data: recordOf(settings, data),
    ...(from === undefined ? {} : { fromChecksum: weightsChecksum(from) }),
  };
  checkClasses(config, network, "option '--classes'");
  return { ...data, network, config, ...(from === undefined ? {} : { parameters: from.parameters }) };
}

/**
 * The inputs of a run that is resumed.
 *
 * @param fromStart whether no step is saved yet
 * @throws CommandError when the data, or a model that the run starts from, have changed meanwhile
 */
export function resumedInputs(config: RunConfig, where: string, fromStart: boolean): RunInputs {
  const { whole: _, ...data } = loadData(config.settings);
  const [expected, got] = [config.data, recordOf(config.settings, data)].map((record) => JSON.stringify(record));
  if (expected !== got) {
    throw unusable(
      `${where}: expected the data that the run began with, ${expected}, got ${got}; put them back, or begin a new run`,
    );
  }
  const network = networkFrom(config.network, { budget: currentBudget() });
  checkClasses(config, network, `${where}/config.json`);
  const { from } = config.settings;
  if (from === undefined || !fromStart) return { ...data, network, config };
  const model = readModel(from);
  if (weightsChecksum(model) !== config.fromChecksum) {
    throw unusable(
      `${from}: expected the model that ${where} was to start from, got another; put it back, or begin a new run`,
    );
  }
  return {
    ...data,
    network,
    config,
    parameters: new Parameters(network, model.parameters.values, model.parameters.buffers),
  };
}

/** A checksum of the weights of a model. */
function weightsChecksum({ parameters: { values, buffers } }: Model): string {
  const [first, second] = [values, buffers].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return checksumText(xxHash32(second, xxHash32(first)));
}

/** @throws CommandError unless each output of the network has a name: else its models could not be read */
function checkClasses({ classes }: RunConfig, { outputShape }: Network, where: string): void {
  if (classes.length === outputShape[0]) return;
  throw unusable(
    `${where}: expected ${outputShape[0]} names of classes, one for each output of the network, got ${classes.length}`,
  );
}

/**
 * The last checkpoint of a run with the parameters of its best epoch; undefined if there is none yet.
 *
 * @throws CommandError, CheckpointError, ModelError or FormatError when a file is missing or damaged
 */
export function resumedCheckpoint(folder: RunFolder): RunCheckpoint | undefined {
  const checkpoint = readCheckpoint(folder);
  if (checkpoint?.record.best === undefined) return checkpoint;
  if (folder.has('best') && unexpectedModels(folder).includes('best')) {
    throw unusable(
      `${folder.file('best')}: expected the best model of the run’s checkpoint, got another or a damaged one; put it back, or begin a new run`,
    );
  }
  return {
    ...checkpoint,
    best: decodeModel(folder.read('best'), folder.file('best'), { budget: currentBudget() }).parameters,
  };
}

interface LoadedData extends Pick<RunInputs, 'dataset' | 'validation' | 'testing'> {
  /** All training images, before the limit and the validation split. */
  readonly whole: ImageDataset;
}

function loadData({ dataDir, limit, validation: validationCount }: RunSettings): LoadedData {
  const whole = loadDataset(dataDir, 'train');
  const testing = loadDataset(dataDir, 'test');
  const used = limit !== undefined && limit < whole.count ? subset(whole, { from: 0, to: limit }) : whole;
  if (validationCount === 0) return { whole, testing, dataset: used, validation: undefined };
  if (validationCount >= used.count) {
    throw refusal(
      `option '--validation' expects fewer than the ${used.count} images of ${used.name}, got ${validationCount}`,
    );
  }
  // The same images for every seed, so that runs can be compared.
  const { training, validation } = splitValidation(used, validationCount, seededRandom('validation'));
  return { whole, testing, dataset: training, validation };
}

/** A network that was trained before keeps its class names. */
function classesFor(settings: RunSettings, whole: ImageDataset, from: Model | undefined): readonly string[] {
  if (from === undefined || settings.classes !== undefined) return classNamesOf(settings, whole);
  return from.classes;
}

function recordOf(
  { dataDir }: RunSettings,
  { dataset, validation }: Pick<LoadedData, 'dataset' | 'validation'>,
): RunConfig['data'] {
  const record = { name: dataset.name, images: dataset.count, validation: validation?.count ?? 0 };
  if (dataDir === undefined) return record;
  const hash = createHash('sha256').update(dataset.images).update(dataset.labels);
  return { ...record, checksum: hash.digest('hex') };
}
