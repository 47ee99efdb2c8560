/** What `fit` is given, what it reports, and what it results in. */
import type { ImageDataset } from '@longhand/datasets';
import type { NetworkParameters } from '@longhand/layers';
import { type Entries, isRecord, number, optional, recordOf, where } from '@longhand/schema';
import type { Checkpoint } from './checkpoint';
import type { Evaluation } from './evaluate';
import type { Metrics } from './metric';
import { callbackSchema } from './run-schemas';
import type { BestEpoch, EpochRecord, SelectionRules } from './selection';
import { type TrainingOptions, type TrainingProgress, trainingEntries } from './training-options';

/** A part of the training images that is not trained on. */
export interface ValidationSplit {
  /** The part of the images, above 0 and below 1. */
  readonly fraction: number;
  /** Determines which images. Default: the same ones for every seed of the run, so that runs can be compared. */
  readonly seed?: number | string;
}

/**
 * The options of {@link fit}: those of {@link train}, with validation, rules to stop by, callbacks and checkpoints.
 */
export interface FitOptions<Path extends string = string> extends TrainingOptions<Path>, SelectionRules {
  /** Images to evaluate each epoch on, or the part of the training images that is set aside for that. Default: none. */
  readonly validation?: ImageDataset | ValidationSplit;
  /** Further figures of the validation images, by name. Default: none. */
  readonly metrics?: Metrics;
  /** Called when everything is ready for the first step. Default: nothing is called. */
  readonly onStart?: (start: FitStart) => void | Promise<void>;
  /** Called after every step. Default: nothing is called. */
  readonly onStep?: (progress: TrainingProgress) => void;
  /**
   * Called after every epoch, with its validation. Default: nothing is called.
   *
   * The compiler compares the parameter of a method both ways, so that options of a network whose names it knows are options of any.
   */
  onEpoch?(epoch: FitEpoch<Path>): void | Promise<void>;
  /**
   * Called after every epoch, every {@link checkpointEvery} steps, and where a run is aborted or left, with all that
   * resumes it. Default: nothing is called.
   */
  readonly onCheckpoint?: (checkpoint: FitCheckpoint) => void | Promise<void>;
  /** The steps between checkpoints, besides those at the end of epochs. Default: none in between. */
  readonly checkpointEvery?: number;
  /** A checkpoint of a run with the same options, to be resumed. Default: a run from its beginning. */
  readonly resume?: Checkpoint;
  /**
   * Aborts the run between two steps: `onCheckpoint` is called, and then it rejects with the signal's reason, an `AbortError` unless
   * `abort` was given another. Default: none.
   */
  readonly signal?: AbortSignal;
}

/** A schema for each option. */
export const fitEntries = {
  ...trainingEntries,
  validation: optional(where('a data set or { fraction: 0.1 }', isRecord)),
  patience: optional(number),
  targetAccuracy: optional(number),
  metrics: optional(recordOf(callbackSchema, 'functions by name')),
  onStart: optional(callbackSchema),
  onStep: optional(callbackSchema),
  onEpoch: optional(callbackSchema),
  onCheckpoint: optional(callbackSchema),
  checkpointEvery: optional(number),
  resume: optional(where('a checkpoint', isRecord)),
  signal: optional(where('an AbortSignal', (value) => isRecord(value) && 'aborted' in value)),
} satisfies Entries<FitOptions>;

/** A run before its first step, or before the first after it was resumed. */
export interface FitStart {
  /** The steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** The steps of the whole run. */
  readonly totalSteps: number;
  /** With it the run could be started again. */
  readonly checkpoint: FitCheckpoint;
}

/** An epoch with its figures, and the parameters at its end. */
export interface FitEpoch<Path extends string = string> extends EpochRecord {
  /** With `averaging` their moving average. */
  readonly parameters: NetworkParameters<Path>;
  /** The whole evaluation of the validation images; absent without them. */
  readonly evaluation?: Evaluation;
}

/** The figures of a run so far, as plain data. */
export interface FitRecord extends Readonly<Record<string, unknown>> {
  /** The figures of each epoch so far. */
  readonly epochs: readonly EpochRecord[];
  /** The training time of the current epoch so far, in seconds. */
  readonly epochSeconds: number;
  /** The best epoch; absent without validation. */
  readonly best?: BestEpoch;
  /** The rule that ended the run. */
  readonly stopped?: 'target' | 'patience';
}

/** What `encodeCheckpoint` stores of a run, and `resume` takes. */
export interface FitCheckpoint extends Checkpoint {
  readonly record: FitRecord;
}

/** What a run results in. */
export interface FitResult<Path extends string = string> {
  /** After the last step; with `averaging` their moving average. */
  readonly parameters: NetworkParameters<Path>;
  /** The figures of each epoch. */
  readonly history: readonly EpochRecord[];
  /** The epoch with the highest validation accuracy, and its parameters; undefined without validation. */
  readonly best: (BestEpoch & { readonly parameters: NetworkParameters<Path> }) | undefined;
  /**
   * Why the run ended before its last epoch: the accuracy reached its `target`, `patience` ran out, or its caller has `left` the
   * loop or disposed of the run. Undefined if it did not.
   */
  readonly stopped: 'target' | 'patience' | 'left' | undefined;
}
