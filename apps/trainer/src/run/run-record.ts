/** What a run's folder records: its configuration and its results so far. Plain data. */
import { type Normalization, storedNormalization } from '@longhand/datasets';
import {
  list,
  number,
  type Output,
  object,
  objectWithExtras,
  oneOf,
  optional,
  parseJson,
  parseJsonText,
  string,
} from '@longhand/schema';
import { type Checkpoint, decodeCheckpoint, type FitRecord, fitRecordEntries, type Score } from '@longhand/training';
import { currentBudget } from '../command/budget';
import { unusable } from '../command/failure';
import type { Runtime } from '../command/runtime';
import type { RunFolder } from './run-folder';
import type { RunSettings } from './run-settings';

/** `config.json`: with it the run can be repeated or resumed. */
export interface RunConfig<Settings = RunSettings> {
  readonly longhand: string;
  /** What the run began in; no result depends on it. */
  readonly runtime: Runtime;
  /** The number of threads; no result depends on it. */
  readonly threads: number;
  readonly settings: Settings;
  /** The description of the network, which `networkFrom` validates. */
  readonly network: object;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
  readonly data: {
    readonly name: string;
    /** The number of images that are trained on, without the validation split. */
    readonly images: number;
    readonly validation: number;
    /** SHA-256 of the training images and labels; MNIST's own are checked whenever they are read. */
    readonly checksum?: string;
  };
}

/** The settings that commands show of every run. Resuming a run validates all of its settings. */
const recordedSettings = objectWithExtras({
  recipe: string,
  network: string,
  model: optional(string),
  from: optional(string),
  epochs: number,
  seed: number,
  closeAugmentation: optional(number),
  /** What Longhand 0.1.0 called `closeAugmentation`. */
  plainEnd: optional(number),
});

export type RecordedSettings = Readonly<Output<typeof recordedSettings>>;

const recordedConfig = objectWithExtras({
  longhand: string,
  runtime: optional(object({ name: string, version: string, engine: optional(string) })),
  /** What Longhand 0.1.0 recorded instead of `runtime`: `process.version`. */
  node: optional(string),
  threads: number,
  settings: recordedSettings,
  network: objectWithExtras({}),
  normalization: objectWithExtras({}),
  classes: list(string),
  data: object({ name: string, images: number, validation: number, checksum: optional(string) }),
});

/** The last line of `metrics.jsonl`: the metrics on the test set. */
export interface TestMetrics extends Score {
  readonly data: string;
  readonly images: number;
  readonly correct: number;
  readonly standardError: number;
  /** The model that was evaluated. */
  readonly model: 'best' | 'last';
}

/** What a checkpoint records besides the state of training. */
export interface RunRecord extends FitRecord {
  readonly lossCurve: LossCurve;
  readonly test?: TestMetrics;
}

/** The mean loss of every `every` steps, in order. */
export interface LossCurve {
  readonly every: number;
  readonly losses: readonly number[];
}

/** The curve before the first step. */
export function newLossCurve(totalSteps: number): LossCurve {
  return { every: Math.max(1, Math.ceil(totalSteps / 400)), losses: [] };
}

/**
 * The configuration of a run.
 *
 * @throws CommandError when the file is damaged
 */
export function readConfig(folder: RunFolder): RunConfig<RecordedSettings> {
  const where = folder.file('config');
  const text = new TextDecoder().decode(folder.read('config'));
  const expected = 'the settings of a run as JSON';
  const config = parseJsonText(recordedConfig, text, {
    where,
    expected,
    hint: 'begin a new run',
    error: unusable,
    budget: currentBudget(),
  });
  const normalization = storedNormalization(config.normalization);
  if (normalization === undefined) {
    throw unusable(`${where}: expected a mean and a standard deviation as 'normalization'; begin a new run`);
  }
  const { node = '', runtime = { name: 'node', version: node.replace(/^v/, '') }, ...rest } = config;
  return { ...rest, runtime, settings: currentSettings(config.settings), normalization };
}

/** The settings with today's names. */
function currentSettings({ plainEnd, ...settings }: RecordedSettings): RecordedSettings {
  return plainEnd === undefined ? settings : { ...settings, closeAugmentation: plainEnd };
}

const testMetrics = object({
  data: string,
  images: number,
  correct: number,
  accuracy: number,
  loss: number,
  standardError: number,
  model: oneOf('best', 'last'),
});
const runRecord = object({
  ...fitRecordEntries,
  lossCurve: object({ every: number, losses: list(number) }),
  test: optional(testMetrics),
});

/** The last checkpoint of a run. The parameters of its best epoch are in a file of their own. */
export interface RunCheckpoint extends Checkpoint {
  readonly record: RunRecord;
}

/**
 * The last checkpoint of a run, if there is one yet.
 *
 * @throws CommandError, CheckpointError or FormatError when the file is damaged
 */
export function readCheckpoint(folder: RunFolder): RunCheckpoint | undefined {
  if (!folder.has('checkpoint')) return undefined;
  const where = folder.file('checkpoint');
  const { state, record } = decodeCheckpoint(folder.read('checkpoint'), where, { budget: currentBudget() });
  return { state, record: parseJson(runRecord, record, { where, error: unusable, hint: 'begin a new run' }) };
}

/**
 * The record in the last checkpoint of a run; an empty one where there is no checkpoint yet.
 *
 * @throws CommandError, CheckpointError or FormatError when the file is damaged
 */
export function readRecord(folder: RunFolder): RunRecord {
  return readCheckpoint(folder)?.record ?? { epochs: [], epochSeconds: 0, lossCurve: newLossCurve(1) };
}
