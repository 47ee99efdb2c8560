/** What is written down of a run: how it was set up, and what has come of it so far. Plain data, in its folder's files. */
import { type Normalization, storedNormalization } from '@longhand/datasets';
import type { NetworkDescription } from '@longhand/layers';
import { type BestEpoch, decodeCheckpoint } from '@longhand/training';
import { CommandError, exitCodes } from '../command/failure';
import type { RunFolder } from './run-folder';
import type { TrainSettings } from './run-settings';

/** `config.json`: with it the run can be made again, or go on. */
export interface RunConfig {
  readonly longhand: string;
  readonly node: string;
  /** How many threads computed; no result depends on it. */
  readonly threads: number;
  readonly settings: TrainSettings;
  readonly network: NetworkDescription;
  readonly normalization: Normalization;
  readonly classes: readonly string[];
  readonly data: {
    readonly name: string;
    /** How many images are trained on, after those held back and left out. */
    readonly images: number;
    readonly validation: number;
    /** SHA-256 of the training images and labels; MNIST's own are checked whenever they are read. */
    readonly checksum?: string;
  };
}

/** How images were read. */
export interface Score {
  readonly accuracy: number;
  readonly loss: number;
}

/** A line of `metrics.jsonl` for an epoch. */
export interface EpochMetrics extends Score {
  /** From 1. */
  readonly epoch: number;
  /** How many steps were made until its end, over the whole run. */
  readonly steps: number;
  /** The rate of its last step. */
  readonly learningRate: number;
  /** How the images held back were read; `best` if never better. */
  readonly validation?: Score & { readonly best: boolean };
  /** How long its training took. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
}

/** The last line of `metrics.jsonl`: the test, made once. */
export interface TestMetrics extends Score {
  readonly data: string;
  readonly images: number;
  readonly correct: number;
  readonly standardError: number;
  /** Which model was tested. */
  readonly model: 'best' | 'last';
}

/** What a run remembers in its checkpoint besides its state. */
export interface RunRecord {
  readonly epochs: readonly EpochMetrics[];
  readonly best?: BestEpoch;
  /** Why training ended before its last epoch. */
  readonly stopped?: 'target' | 'patience';
  /** How long the epoch under way has been trained so far. */
  readonly epochSeconds: number;
  /** The mean loss of every `every` steps, one after another. */
  readonly lossCurve: { readonly every: number; readonly losses: readonly number[] };
  readonly test?: TestMetrics;
}

/** Before the first step. */
export function newRecord(totalSteps: number): RunRecord {
  return { epochs: [], epochSeconds: 0, lossCurve: { every: Math.max(1, Math.ceil(totalSteps / 400)), losses: [] } };
}

/** Settings that every run has and that commands show, by the kind of their values. */
const shownSettings = { recipe: 'string', network: 'string', epochs: 'number', seed: 'number' } as const;

/** @throws CommandError when the file is damaged */
export function readConfig(folder: RunFolder): RunConfig {
  const file = folder.file('config');
  let config: unknown;
  try {
    config = JSON.parse(new TextDecoder().decode(folder.read('config')));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { settings, network, normalization, classes, data } = (config ?? {}) as Partial<RunConfig>;
  const stored = storedNormalization(normalization);
  if (
    stored === undefined ||
    [settings, network, classes, data].some((part) => typeof part !== 'object' || part === null)
  ) {
    throw new CommandError(
      exitCodes.data,
      `${file}: expected the settings of a run as JSON, got something else; begin a new run`,
    );
  }
  for (const [name, kind] of Object.entries(shownSettings)) {
    const value: unknown = settings?.[name as keyof typeof shownSettings];
    if (typeof value !== kind) {
      const got = JSON.stringify(value) ?? 'none';
      throw new CommandError(exitCodes.data, `${file}: expected a ${kind} as '${name}', got ${got}; begin a new run`);
    }
  }
  return { ...(config as RunConfig), normalization: stored };
}

/**
 * What had come of a run when its last checkpoint was written; what is so before the first step where there is none.
 *
 * @throws CheckpointError or FormatError when the file is damaged
 */
export function readRecord(folder: RunFolder): RunRecord {
  if (!folder.has('checkpoint')) return newRecord(1);
  return decodeCheckpoint(folder.read('checkpoint'), folder.file('checkpoint')).record as unknown as RunRecord;
}
