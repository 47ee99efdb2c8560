/**
 * The messages between the main thread and its workers: private to this package, as plain data that can be posted.
 * Objects with methods (networks, losses, optimizers, augmentation) travel as their descriptions, see `job-objects.ts`.
 */
import type { ImageDataset, LabelArray, Normalization } from '@longhand/datasets';
import type { GradientClipping, WeightAverage } from '@longhand/optimizers';
import type { FloatArray } from '@longhand/tensor';
import type { HardExamples } from '../hard-examples';
import type { Findings } from './findings';
import type { DescribedEvaluation, DescribedTraining } from './job-objects';
import type { MemorySource } from './shared-memory';

/** The requests by name, each with its answer. A worker answers in the order of the requests. */
export interface Requests {
  /** Prepares a training run. */
  train: [request: { setup: TrainingSetup; objects: DescribedTraining; worker: RankOfJob }, answer: undefined];
  /** Makes some steps of a prepared run. */
  steps: [request: StepsRequest, answer: StepsResult];
  /** Copies the state of a run. */
  state: [request: RunRequest, answer: CopiedState];
  /** What was not finite in a run that has failed. */
  findings: [request: RunRequest, answer: Findings];
  /** Drops a run, so that its memory can be collected. */
  release: [request: RunRequest, answer: undefined];
  /** Evaluates a whole data set. */
  evaluate: [
    request: { setup: EvaluationSetup; objects: DescribedEvaluation; worker: RankOfJob },
    answer: EvaluationResult,
  ];
}

export type RequestMessage = {
  [Name in keyof Requests]: { readonly name: Name; readonly request: Requests[Name][0] };
}[keyof Requests];

/** A request as it is posted, with the build of the worker's code that it is for. */
export interface PostedRequest {
  readonly build: string;
  readonly message: RequestMessage;
}

export type AnswerMessage =
  | { readonly answer: unknown }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack: string | undefined } };

/** A worker's rank in a job, with the words of PyTorch's `distributed`. */
export interface RankOfJob {
  /** The worker's index in the job, from 0. */
  readonly rank: number;
  /** The number of workers in the job. */
  readonly worldSize: number;
  /** Where the workers wait for each other; undefined for a worker alone. */
  readonly barrier: Int32Array | undefined;
}

/** A whole training run. Its arrays lie in shared memory: all ranks see the same ones. */
export interface TrainingSetup {
  /** The number that later requests name the run by: a worker may hold several. */
  readonly run: number;
  readonly memory: MemorySource;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  /** The first step without augmentation, counted from 0 over the whole run. */
  readonly closeAugmentationFrom: number;
  readonly labelSmoothing: number;
  /** Absent for a run that learns from labels alone. */
  readonly teacher?: TeacherSetup;
  /** Absent for a run on all images to its end. */
  readonly hardExamples?: HardExamplesSetup;
  /** Absent for a run without clipping. */
  readonly gradientClipping?: GradientClipping;
  readonly batchSize: number;
  readonly seed: number;
  /** The parameters, flat. */
  readonly values: FloatArray;
  /** The network's buffers, flat; of length 0 where it has none. */
  readonly buffers: FloatArray;
  /** The optimizer's arrays by name, each as long as `values`. */
  readonly slots: Readonly<Record<string, FloatArray>>;
  /** The moving average of the parameters and buffers: its rule and its values, all or none. */
  readonly averaging?: WeightAverage;
  readonly average?: FloatArray;
  readonly averageBuffers?: FloatArray;
  /**
   * `[micro-batch, number]`: what each micro-batch of a batch found at each reduction, one after another. Absent for a network
   * without reductions.
   */
  readonly partials?: FloatArray;
  /**
   * `[micro-batch, number]`: the gradients that one round's micro-batches write (`gradient-layout.ts`); of the whole batch's with
   * `partials`.
   */
  readonly microBatchGradients: FloatArray;
  /** What the same micro-batches leave for gradients over the whole batch. */
  readonly left: FloatArray;
  /** For each of these micro-batches, the sum of its losses and its number of correctly classified images. */
  readonly microBatchLosses: Float64Array;
  readonly microBatchCorrect: Int32Array;
  /** For each unit of the parameters (`parameter-partition.ts`), the sum of the squares of its gradients. */
  readonly unitSquares: Float64Array;
}

/** How hard examples are chosen, and the losses of all images that they are chosen by. */
export interface HardExamplesSetup extends HardExamples {
  readonly totalSteps: number;
  /** When each image was last seen. Written by the rank that has it. */
  readonly imageLosses: Float32Array;
  /** The same at the beginning of the current round: a run that is resumed within it makes the same choice. */
  readonly roundLosses: Float32Array;
}

/** The models that a run learns from. */
export interface TeacherSetup {
  readonly temperature: number;
  readonly models: readonly Pick<TrainingSetup, 'values' | 'buffers' | 'normalization'>[];
  /**
   * What they say of images as they are in the data set; absent for a run that sees none of them twice. Written by the rank that has
   * an image first, and read by any in a later epoch.
   */
  readonly kept?: {
    /** `[image, class]` */
    readonly probabilities: FloatArray;
    /** Of each image, 1 where they are there. */
    readonly known: Uint8Array;
  };
}

export interface RunRequest {
  readonly run: number;
}

export interface StepsRequest extends RunRequest {
  /** The first step to make, counted from 0 over the whole run. */
  readonly from: number;
  /** The learning rate of each step; as many steps are made. */
  readonly learningRates: Float64Array;
}

/** The figures of the steps made: fewer than requested if a loss became NaN or infinite. */
export interface StepsResult {
  /** The sum of the losses of each step's images. */
  readonly lossSums: number[];
  /** The number of correctly classified images of each step. */
  readonly correct: number[];
}

export type CopiedState = Pick<
  TrainingSetup,
  'values' | 'buffers' | 'slots' | 'average' | 'averageBuffers' | 'hardExamples'
>;

/** A whole evaluation. */
export interface EvaluationSetup {
  readonly memory: MemorySource;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  readonly values: FloatArray;
  readonly buffers: FloatArray;
  /** Whether the prediction for every output is wanted, not only for the predicted class. */
  readonly wantsProbabilities: boolean;
}

/** The results of one rank's micro-batches, in order. */
export interface EvaluationResult {
  /** The sum of the losses of each micro-batch. */
  readonly lossSums: Float64Array;
  /** The predicted class of each image, `microBatchSize` entries for each micro-batch. */
  readonly predicted: LabelArray;
  /** The probability of each predicted class. */
  readonly probability: Float32Array;
  /** `[image, output]`: all predictions of the loss; empty unless asked for. */
  readonly probabilities: Float32Array;
}
