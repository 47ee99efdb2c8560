/** The inputs of a run: data, network, and the configuration that records both. The same for a new and a resumed run. */

import { createHash } from 'node:crypto';
import { type ImageDataset, joinedDatasets, splitValidation, subset } from '@longhand/datasets';
import { describeNetwork, type Network, NetworkParameters, networkFrom } from '@longhand/layers';
import { withModuleNames } from '@longhand/schema';
import { seededRandom } from '@longhand/tensor';
import { checkDataset, decodeModel, type Model, type ModelData, parametersChecksum } from '@longhand/training';
import packageJson from '../../package.json' with { type: 'json' };
import { currentBudget } from '../command/budget';
import { classNamesOf, type DataSource, loadSource, modelDataOf, noValidationPart } from '../command/dataset-source';
import { refusal, sayLine, unusable } from '../command/failure';
import { networkSource } from '../command/network-source';
import { decodeOptions, moduleUrl, type OwnCode } from '../command/own-modules';
import { currentRuntime } from '../command/runtime';
import type { RunFolder } from '../run/run-folder';
import { type RunCheckpoint, type RunConfig, readCheckpoint } from '../run/run-record';
import { unexpectedModels } from '../run/run-recovery';
import type { RunSettings } from '../run/run-settings';
import { needsNewHead, parametersWithNewHead, withOutputs } from './new-head';
import { recordedNetwork, sayWhatChanged } from './repeated-run';
import type { RepeatedRun } from './settings-sources';
import { rulesOf } from './training-options';

export interface RunInputs {
  readonly network: Network;
  /** The weights to start from. Default: random ones. */
  readonly parameters?: NetworkParameters;
  readonly dataset: ImageDataset;
  /** The images to choose the best epoch by, which are not trained on. */
  readonly validation: ImageDataset | undefined;
  readonly testing: ImageDataset;
  readonly config: RunConfig;
  /** What was found where the data are, in one line; absent for MNIST. */
  readonly found?: string | undefined;
  /** What the models say of the data. */
  readonly modelData: ModelData | undefined;
  /** The modules that network and settings may be of. */
  readonly code: OwnCode;
  /** The models that the network learns from; empty for a run without. */
  readonly teachers: readonly Model[];
}

/** What a run starts or resumes from. */
export interface RunStart {
  readonly inputs: RunInputs;
  /** Absent for a new run. */
  readonly resume?: RunCheckpoint;
  /** Claims the run's folder for this process. For a new run, the files of an earlier one are removed from it. */
  claim(): RunFolder;
}

/** What a new run is made of besides its settings. */
export interface NewRun {
  /** The number of threads, for the record. */
  readonly threads: number;
  /** The model that the settings start from. */
  readonly from: Model | undefined;
  readonly code: OwnCode;
  /** The models that the settings' teachers are. */
  readonly teachers: readonly Model[];
  /** What is split off for validation where neither the settings nor the data say. Default: nothing. */
  readonly usualValidation?: number;
  /** The run whose config.json the settings are from. */
  readonly repeated?: RepeatedRun | undefined;
}

/**
 * The inputs of a new run.
 *
 * @throws DatasetError, ShapeError or CommandError when data, network and settings do not fit together
 */
export async function newInputs(
  given: RunSettings,
  { threads, from, code, teachers, usualValidation = 0, repeated }: NewRun,
): Promise<RunInputs> {
  const source = await loadSource(given);
  const { validation: byDefault = source.validation === undefined ? usualValidation : 'val' } = given;
  const settings = { ...given, validation: byDefault };
  rulesOf(settings);
  const data = partsOf(source, settings);
  const whole = source.train;
  checkShift(settings, whole);
  const names = classNamesOf(settings, whole, source.classNames);
  const hasNewHead = from !== undefined && needsNewHead(from, names);
  if (hasNewHead) {
    sayLine(
      `note: ${settings.from} has ${from.classes.length} classes, the data ${names.length}: its last layer begins anew`,
    );
  }
  const network = hasNewHead
    ? withOutputs(from, names.length, code, settings.from ?? 'the model')
    : (from?.network ?? networkSource(settings, whole, code, recordedNetwork(repeated, code)).network);
  const record = recordOf(settings, data);
  sayWhatChanged(settings, { whole, network, code, repeated, record });
  for (const split of [data.dataset, data.validation, data.testing])
    if (split !== undefined) checkDataset(network, split);
  const config: RunConfig = {
    longhand: packageJson.version,
    began: new Date().toISOString(),
    runtime: currentRuntime(),
    threads,
    settings,
    network: describeNetwork(network),
    normalization: from?.normalization ?? source.normalization,
    classes: hasNewHead ? names : classesFor(settings, source, from),
    data: record,
    ...(from === undefined ? {} : { fromChecksum: parametersChecksum(from.parameters) }),
    ...(teachers.length > 0 && {
      teacherChecksums: teachers.map(({ parameters }) => parametersChecksum(parameters)),
    }),
  };
  checkClasses(config, network, "option '--classes'");
  const modelData = modelDataOf(source);
  const found = source.found && [source.found, ...validationNotes(settings, source)].join('; ');
  return {
    ...data,
    network,
    config,
    code,
    teachers,
    modelData,
    found,
    ...(from && { parameters: hasNewHead ? parametersWithNewHead(network, from, settings.seed) : from.parameters }),
  };
}

/**
 * The inputs of a run that is resumed.
 *
 * @param where the run's folder
 * @throws CommandError when the data, or a model that the run starts from, have changed meanwhile
 */
export async function resumedInputs(
  config: RunConfig,
  where: string,
  { from, code, teachers }: Pick<NewRun, 'from' | 'code' | 'teachers'>,
): Promise<RunInputs> {
  const source = await loadSource(config.settings);
  const data = partsOf(source, config.settings);
  const modelData = modelDataOf(source);
  const record = recordOf(config.settings, data);
  // Data may be moved and renamed: their checksum decides.
  const [expected, got] = [config.data, record].map((of) => JSON.stringify(of));
  const isSame = config.data.checksum === undefined ? expected === got : sameData(config.data, record);
  if (!isSame) {
    throw unusable(
      `${where}: expected the data that the run began with, ${expected}, got ${got}; put them back, say where they are now with --data, or begin a new run`,
    );
  }
  const named = withModuleNames(config.network, (name) => code.urlOf(moduleUrl(name, where)));
  const network = networkFrom(named, { modules: code.modules, budget: currentBudget() });
  checkClasses(config, network, `${where}/config.json`);
  if (from === undefined) return { ...data, network, config, code, teachers, modelData };
  if (parametersChecksum(from.parameters) !== config.fromChecksum) {
    throw unusable(
      `${config.settings.from}: expected the model that ${where} was to start from, got another; put it back, or begin a new run`,
    );
  }
  const isSameNetwork = from.network.parameterCount === network.parameterCount;
  const parameters = isSameNetwork
    ? new NetworkParameters(network, from.parameters.values, from.parameters.buffers)
    : parametersWithNewHead(network, from, config.settings.seed);
  return { ...data, network, config, code, teachers, modelData, parameters };
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
export function resumedCheckpoint(folder: RunFolder, code: OwnCode): RunCheckpoint | undefined {
  const checkpoint = readCheckpoint(folder);
  if (checkpoint?.record.best === undefined) return checkpoint;
  if (folder.has('best') && unexpectedModels(folder).includes('best')) {
    throw unusable(
      `${folder.file('best')}: expected the best model of the run’s checkpoint, got another or a damaged one; put it back, or begin a new run`,
    );
  }
  const best = decodeModel(folder.read('best'), folder.file('best'), decodeOptions(code, folder.path));
  return { ...checkpoint, best: best.parameters };
}

type DataParts = Pick<RunInputs, 'dataset' | 'validation' | 'testing'>;

/**
 * What a run trains on, validates and tests with.
 *
 * @throws CommandError when the settings ask for validation images that there are not
 */
function partsOf(source: DataSource, { limit, data, validation: choice = 0 }: RunSettings): DataParts {
  const { train, validation: own, test: testing } = source;
  if (choice === 'val' && own === undefined) {
    throw noValidationPart('--validation val', data ?? source.name, 'take a part of the training images, 0.1');
  }
  // As in the runs of earlier versions, which knew no part for validation.
  const whole = choice === 'val' || own === undefined ? train : joinedDatasets(train, own);
  const used = limit !== undefined && limit < whole.count ? subset(whole, { from: 0, to: limit }) : whole;
  if (choice === 'val') return { testing, dataset: used, validation: own };
  const validationCount = choice < 1 ? Math.round(choice * used.count) : choice;
  if (validationCount === 0) return { testing, dataset: used, validation: undefined };
  if (validationCount >= used.count) {
    throw refusal(
      `option '--validation' expects fewer than the ${used.count} images of ${used.name}, got ${validationCount}`,
    );
  }
  // The same images for every seed, so that runs can be compared.
  const { training, validation } = splitValidation(used, validationCount, seededRandom('validation'));
  return { testing, dataset: training, validation };
}

/** What the validation part of the data is used for, where they have one. */
function validationNotes({ validation }: RunSettings, source: DataSource): readonly string[] {
  if (source.validation === undefined) return [];
  if (validation === 'val') return ['the validation part chooses what is best, and is not trained on'];
  return ['the validation part is trained on too (--validation val: it chooses the best epoch)'];
}

/**
 * Of new runs alone: those of earlier versions may have such a setting, and go on with it.
 *
 * @throws CommandError when images may be shifted out of their own frame
 */
function checkShift({ shift }: RunSettings, { height, width }: Pick<ImageDataset, 'height' | 'width'>): void {
  const most = Math.floor(Math.min(height, width) / 2);
  if (shift <= most) return;
  throw refusal(
    `option '--shift <pixels>' argument '${shift}' is invalid. Expected a number from 0 to ${most}, half of the images' side.`,
  );
}

/** A network that was trained before keeps its class names. */
function classesFor(
  settings: RunSettings,
  { train, classNames }: DataSource,
  from: Model | undefined,
): readonly string[] {
  if (from === undefined || settings.classes !== undefined) return classNamesOf(settings, train, classNames);
  return from.classes;
}

function sameData(one: RunConfig['data'], other: RunConfig['data']): boolean {
  return one.checksum === other.checksum && one.images === other.images && one.validation === other.validation;
}

function recordOf(
  { data }: RunSettings,
  { dataset, validation }: Pick<DataParts, 'dataset' | 'validation'>,
): RunConfig['data'] {
  const record = { name: dataset.name, images: dataset.count, validation: validation?.count ?? 0 };
  if (data === undefined) return record;
  const hash = createHash('sha256').update(dataset.images).update(dataset.labels);
  return { ...record, checksum: hash.digest('hex') };
}
