/** What a run's folder records: its configuration and its results so far. Plain data. */
import { type Normalization, storedNormalization } from '@longhand/datasets';
import type { NetworkDescription } from '@longhand/layers';
import { list, number, objectWithExtras, parseJsonText, string } from '@longhand/schema';
import { type BestEpoch, decodeCheckpoint, type EpochRecord, type Score } from '@longhand/training';
import { unusable } from '../command/failure';
import type { RunFolder } from './run-folder';
import type { RunSettings } from './run-settings';

/** `config.json`: with it the run can be repeated or resumed. */
export interface RunConfig {
  readonly longhand: string;
  readonly node: string;
  /** The number of threads; no result depends on it. */
  readonly threads: number;
  readonly settings: RunSettings;
  readonly network: NetworkDescription;
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
export interface RunRecord {
  readonly epochs: readonly EpochRecord[];
  readonly best?: BestEpoch;
  /** Why training ended before its last epoch. */
  readonly stopped?: 'target' | 'patience';
  /** The training time of the current epoch so far, in seconds. */
  readonly epochSeconds: number;
  /** The mean loss of every `every` steps, in order. */
  readonly lossCurve: { readonly every: number; readonly losses: readonly number[] };
  readonly test?: TestMetrics;
}

/** The record before the first step. */
export function newRecord(totalSteps: number): RunRecord {
  return { epochs: [], epochSeconds: 0, lossCurve: { every: Math.max(1, Math.ceil(totalSteps / 400)), losses: [] } };
}

/** The settings that `longhand runs` shows of every run. Whoever resumes one validates all of them. */
const shownSettings = objectWithExtras({ recipe: string, network: string, epochs: number, seed: number });

const configSchema = objectWithExtras({
  settings: shownSettings,
  network: objectWithExtras({}),
  normalization: objectWithExtras({}),
  classes: list(string),
  data: objectWithExtras({ name: string, images: number, validation: number }),
});

/**
 * The configuration of a run.
 *
 * @throws CommandError when the file is damaged
 */
export function readConfig(folder: RunFolder): RunConfig {
  const where = folder.file('config');
  const text = new TextDecoder().decode(folder.read('config'));
  const options = { where, expected: 'the settings of a run as JSON', hint: 'begin a new run', error: unusable };
  const config = parseJsonText(configSchema, text, options);
  const normalization = storedNormalization(config.normalization);
  if (normalization === undefined) {
    throw unusable(`${where}: expected a mean and a standard deviation as 'normalization'; begin a new run`);
  }
  const settings = Object.fromEntries(
    // Longhand 0.1.0 called this setting `plainEnd`.
    Object.entries(config.settings).map(([key, value]) => [key === 'plainEnd' ? 'closeAugmentation' : key, value]),
  );
  // biome-ignore lint/plugin: what is shown is validated here; a run that is resumed validates all of its settings.
  return { ...config, settings, normalization } as unknown as RunConfig;
}

/**
 * The record in the last checkpoint of a run; an empty one where there is no checkpoint yet.
 *
 * @throws CheckpointError or FormatError when the file is damaged
 */
export function readRecord(folder: RunFolder): RunRecord {
  if (!folder.has('checkpoint')) return newRecord(1);
  // biome-ignore lint/plugin: a record that this app has written, in a file that is checked as a whole.
  return decodeCheckpoint(folder.read('checkpoint'), folder.file('checkpoint')).record as unknown as RunRecord;
}
