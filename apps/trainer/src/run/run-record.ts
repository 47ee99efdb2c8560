/** What a run's folder records: its configuration and its results so far. Plain data. */
import { createHash } from 'node:crypto';
import { type Normalization, storedNormalization } from '@longhand/datasets';
import {
  boolean,
  count,
  finiteNumber,
  isRecord,
  list,
  nonNegative,
  number,
  type Output,
  object,
  objectWithExtras,
  oneOf,
  optional,
  parseJson,
  parseJsonText,
  recordOf,
  share,
  shown,
  string,
  where,
  wholeNumber,
} from '@longhand/schema';
import { type Checkpoint, decodeCheckpoint, type FitRecord, fitRecordEntries, type Score } from '@longhand/training';
import { currentBudget } from '../command/budget';
import { messageOf, unusable } from '../command/failure';
import type { Runtime } from '../command/runtime';
import type { ModelKind } from './run-commit';
import type { RunFolder } from './run-folder';
import { missingSetting, type RunSettings } from './run-settings';

/** `config.json`: with it the run can be repeated or resumed. */
export interface RunConfig<Settings = RunSettings> {
  readonly longhand: string;
  /** When the run began, as in ISO 8601; no result depends on it. Absent in runs of earlier versions. */
  readonly began?: string;
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
  /** The checksum of the weights that the run began from, with `from`. */
  readonly fromChecksum?: string;
  /** The checksums of the weights of each teacher, with `teacher`. */
  readonly teacherChecksums?: readonly string[];
  /** While the files of an earlier run of the name are being removed. */
  readonly clearing?: boolean;
  /** Whether numbers of the run became NaN or infinite. */
  readonly diverged?: boolean;
}

/** The settings that commands show of every run. Resuming a run validates all of its settings. */
const recordedSettings = objectWithExtras({
  recipe: optional(string),
  network: optional(string),
  model: optional(string),
  from: optional(string),
  epochs: number,
  seed: number,
  closeAugmentation: optional(number),
  /** What Longhand 0.1.0 called `closeAugmentation`. */
  plainEnd: optional(number),
});

const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

export type RecordedSettings = Readonly<Output<typeof recordedSettings>>;

const recordedConfig = objectWithExtras({
  longhand: string,
  began: optional(where<string>('a time such as 2026-01-31T12:00:00.000Z', isTime)),
  runtime: optional(object({ name: string, version: string, engine: optional(string) })),
  /** What Longhand 0.1.0 recorded instead of `runtime`: `process.version`. */
  node: optional(string),
  threads: number,
  settings: recordedSettings,
  network: objectWithExtras({}),
  normalization: objectWithExtras({}),
  classes: list(string),
  data: object({ name: string, images: number, validation: number, checksum: optional(string) }),
  fromChecksum: optional(string),
  teacherChecksums: optional(list(string)),
  clearing: optional(boolean),
  diverged: optional(boolean),
});

/** The last line of `metrics.jsonl`: the metrics on the test set. */
export interface TestMetrics extends Score {
  readonly data: string;
  readonly images: number;
  readonly correct: number;
  readonly standardError: number;
  /** The model that was evaluated. */
  readonly model: 'best' | 'last';
  /** The metrics of the user's own, by name; absent without any. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What a checkpoint records besides the state of training. */
export interface RunRecord extends FitRecord {
  readonly lossCurve: LossCurve;
  readonly test?: TestMetrics;
  /** The checksums of the files of its models; absent before the first, and in checkpoints of longhand 0.1.0. */
  readonly models?: Readonly<Partial<Record<ModelKind, string>>>;
  /** The {@link fingerprintOf} of its run; absent in checkpoints of longhand 0.1.0. */
  readonly fingerprint?: string;
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
  const missing = missingSetting(config.settings);
  if (missing !== undefined) {
    throw unusable(`${where}: expected a text as 'settings.${missing}', got none; begin a new run`);
  }
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

/**
 * What tells the checkpoints of a run from those of others: a hash of settings, network, data, normalization and classes. Where
 * the data lie may change.
 */
export function fingerprintOf({
  settings,
  network,
  normalization,
  classes,
  data,
}: RunConfig<RecordedSettings>): string {
  // `dataDir` is what earlier versions called `data`.
  const { data: _, dataDir: __, ...others } = settings as RecordedSettings & { data?: unknown; dataDir?: unknown };
  const text = JSON.stringify(sorted({ settings: others, network, normalization, classes, data }));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Where the file of a run says that its data are; undefined for MNIST. Earlier versions called it `dataDir`. */
export function dataOf({ settings }: RunConfig<RecordedSettings>): string | undefined {
  const { data, dataDir = data } = settings as RecordedSettings & { data?: unknown; dataDir?: unknown };
  return typeof dataDir === 'string' ? dataDir : undefined;
}

/** The same JSON with the keys of all objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}

/** The lines of `metrics.jsonl` that belong to a record, without those of its first `from` epochs. */
export function metricsText({ epochs, test }: RunRecord, from = 0): string {
  const lines: unknown[] = [...epochs.slice(from), ...(test === undefined ? [] : [{ test }])];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const testMetrics = object({
  data: string,
  images: count,
  correct: wholeNumber,
  accuracy: share,
  loss: finiteNumber,
  standardError: nonNegative,
  model: oneOf('best', 'last'),
  metrics: optional(recordOf(number)),
});
const runRecord = object({
  ...fitRecordEntries,
  lossCurve: object({ every: count, losses: list(finiteNumber) }),
  test: optional(testMetrics),
  models: optional(object({ last: optional(string), best: optional(string) })),
  fingerprint: optional(string),
});

/** The last checkpoint of a run. The parameters of its best epoch are in a file of their own. */
export interface RunCheckpoint extends Checkpoint {
  readonly record: RunRecord;
}

/**
 * The last checkpoint of a run, if there is one yet.
 *
 * @throws CommandError when the file is damaged or of another run; it says whether the checkpoint before it is whole
 */
export function readCheckpoint(folder: RunFolder): RunCheckpoint | undefined {
  const config = readConfig(folder);
  if (config.clearing) return undefined;
  // While a checkpoint is saved, there is a moment in which the last one has the name of the one before.
  const kind = (['checkpoint', 'checkpoint.previous'] as const).find((file) => folder.has(file));
  if (kind === undefined) return undefined;
  try {
    return decoded(folder, kind, fingerprintOf(config));
  } catch (error) {
    // The moment came between two looks.
    if (!folder.has(kind)) return readCheckpoint(folder);
    throw unusable(`${messageOf(error)}; ${wayBack(folder, kind, fingerprintOf(config))}`);
  }
}

function decoded(folder: RunFolder, kind: 'checkpoint' | 'checkpoint.previous', fingerprint: string): RunCheckpoint {
  const where = folder.file(kind);
  const { state, record } = decodeCheckpoint(folder.read(kind), where, { budget: currentBudget() });
  const checked = parseJson(runRecord, record, { where, error: unusable });
  const fault = faultOf(checked, state.steps);
  if (fault !== undefined) throw unusable(`${where}: expected figures of one run, got ${fault}`);
  const { fingerprint: got = fingerprint } = checked;
  if (got !== fingerprint) {
    throw unusable(
      `${where}: expected a checkpoint of this run, whose settings, network and data have the fingerprint ${fingerprint}, got one of ${shown(got)}`,
    );
  }
  return { state, record: checked };
}

/** What to do about a checkpoint that cannot be used. */
function wayBack(folder: RunFolder, kind: string, fingerprint: string): string {
  if (kind === 'checkpoint' && folder.has('checkpoint.previous')) {
    try {
      const { steps } = decoded(folder, 'checkpoint.previous', fingerprint).state;
      return `remove it to go on from the one before, after step ${steps}`;
    } catch {}
  }
  return 'begin a new run';
}

/** What contradicts itself in a record; undefined if nothing does. */
function faultOf({ epochs, best, test, lossCurve }: RunRecord, steps: number): string | undefined {
  const perEpoch = epochs[0]?.steps ?? Number.POSITIVE_INFINITY;
  const stray = epochs.findIndex((epoch, at) => epoch.epoch !== at + 1 || epoch.steps !== (at + 1) * perEpoch);
  if (stray >= 0) return `epoch ${epochs[stray].epoch} at step ${epochs[stray].steps} in place ${stray + 1}`;
  if (epochs.length > 0 && Math.floor(steps / perEpoch) !== epochs.length) {
    return `${steps} steps, ${perEpoch} an epoch, in ${epochs.length} epochs`;
  }
  const validated = epochs.some(({ validation }) => validation !== undefined);
  if (validated !== (best !== undefined)) return validated ? 'no best epoch' : 'a best epoch without validation';
  if (best !== undefined && epochs[best.epoch - 1]?.validation === undefined) return `a best epoch ${best.epoch}`;
  if (lossCurve.losses.length > Math.ceil(steps / lossCurve.every)) {
    return `${lossCurve.losses.length} means of ${lossCurve.every} losses in ${steps} steps`;
  }
  if (test !== undefined && test.correct > test.images) return `${test.correct} correct of ${test.images} images`;
  return undefined;
}

/**
 * The record in the last checkpoint of a run; an empty one where there is no checkpoint yet.
 *
 * @throws CommandError when the file is damaged or of another run
 */
export function readRecord(folder: RunFolder): RunRecord {
  return readCheckpoint(folder)?.record ?? { epochs: [], epochSeconds: 0, lossCurve: newLossCurve(1) };
}
