/** What a training run is given, what it reports, and what it needs to be resumed; and the checks of all of it. */
import {
  type Augmentation,
  batchCount,
  channelNormalizations,
  type ImageDataset,
  type Normalization,
} from '@longhand/datasets';
import { type Loss, type Network, NetworkParameters, softmaxCrossEntropy } from '@longhand/layers';
import {
  type GradientClipping,
  gradientClipping,
  type Optimizer,
  type Schedule,
  type WeightAverage,
} from '@longhand/optimizers';
import { count, type Entries, isRecord, number, optional, where } from '@longhand/schema';
import { type FloatArray, OptionError } from '@longhand/tensor';
import {
  checkHardExamples,
  type HardExamples,
  hardExamplesSchema,
  isWithinHardRound,
  type RunLength,
} from './hard-examples';
import { checkDataset, checkParameters } from './micro-batch-pass';
import {
  augmentationSchema,
  averagingSchema,
  checkRunOptions,
  datasetSchema,
  lossSchema,
  networkSchema,
  normalizationSchema,
  optimizerSchema,
  parametersSchema,
  scheduleSchema,
} from './run-schemas';
import { checkTeacher, checkWithoutTeacher, type Teacher, teacherSchema } from './teacher';
import { Engine, type EngineOptions, engineEntries } from './workers/engine';

/** The options of {@link train}. `Path` are the paths of the network's parameters. */
export interface TrainingOptions<Path extends string = string> extends EngineOptions {
  /** The network. */
  readonly network: Network<string, Path>;
  /** The images to train on, of the network's input shape. */
  readonly dataset: ImageDataset;
  /** The mean and standard deviation that pixels are normalized with. */
  readonly normalization: Normalization;
  /** The rule that changes the parameters, with its learning rate: `adamw({ learningRate: 0.01 })`. */
  readonly optimizer: Optimizer;
  /** Limits the gradients before each update: their norm over all parameters, or each by itself. Default: none. */
  readonly gradientClipping?: GradientClipping;
  /** How the learning rate changes over the run. Default: constant. */
  readonly schedule?: Schedule;
  /** Default: softmax with cross-entropy. */
  readonly loss?: Loss;
  /** Random changes of the images, different in every epoch. Default: none. */
  readonly augmentation?: Augmentation;
  /**
   * The last fraction of the run that trains without augmentation, from 0 to 1, so that it ends on the images as they are
   * (YOLO's `close_mosaic`). Default: 0.
   */
  readonly closeAugmentation?: number;
  /**
   * After a part of the run, trains on the images whose loss was largest when they were last seen, chosen anew in every round. Worth most
   * in runs of a few epochs. Default: on all images to the end.
   */
  readonly hardExamples?: HardExamples;
  /**
   * Trained models that the network learns from besides the labels (distillation), with softmax cross-entropy. The figures of the
   * run's losses are then those of both together; a validation has the cross-entropy alone. Default: none.
   */
  readonly teacher?: Teacher;
  /** The part of each target that is spread evenly over all classes, from 0 to below 1. Default: 0. */
  readonly labelSmoothing?: number;
  /** A moving average of the weights, which is then the result of `train`. Default: none. */
  readonly averaging?: WeightAverage;
  /** How many times every image is seen; with {@link hardExamples}, an epoch has as many steps, but not all images. */
  readonly epochs: number;
  /** The images in a step. The last batch of an epoch may be smaller. */
  readonly batchSize: number;
  /** Determines the initial parameters, the order of the images, their augmentation, and what dropout drops. */
  readonly seed: number;
  /** The initial parameters. Default: drawn from the seed. */
  readonly parameters?: NetworkParameters;
  /** Workers that outlive the run. Default: the run starts its own with the other options, and ends them. */
  readonly engine?: Engine;
}

/** A schema for each option. Ranges that depend on more than the option are checked by {@link checkTraining}. */
export const trainingEntries = {
  ...engineEntries,
  network: networkSchema,
  dataset: datasetSchema,
  normalization: normalizationSchema,
  optimizer: optimizerSchema,
  gradientClipping: optional(where<GradientClipping>('a clipping such as { norm: 1 }', isRecord)),
  schedule: optional(scheduleSchema),
  loss: optional(lossSchema),
  augmentation: optional(augmentationSchema),
  closeAugmentation: optional(number),
  hardExamples: optional(hardExamplesSchema),
  teacher: optional(teacherSchema),
  labelSmoothing: optional(number),
  averaging: optional(averagingSchema),
  epochs: count,
  batchSize: count,
  seed: number,
  parameters: optional(parametersSchema),
  engine: optional(where<Engine>('an Engine', (value) => value instanceof Engine)),
} satisfies Entries<TrainingOptions>;

/** The figures of a run after one step. */
export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  /** The epochs of the whole run. */
  readonly epochs: number;
  /** Within the epoch, from 1. */
  readonly step: number;
  /** The steps of each epoch. */
  readonly stepsPerEpoch: number;
  /** The images seen in this epoch. */
  readonly images: number;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** The mean loss of this step's batch. */
  readonly batchLoss: number;
  /** The mean loss of this epoch's images so far, each at the step that saw it. */
  readonly loss: number;
  /** The share of this epoch's images so far that were classified correctly, each at the step that saw it. */
  readonly accuracy: number;
}

/**
 * All that a halted run needs to be resumed, besides its options. It holds no state of a random generator: every order
 * and every initial value follows from the seed and the step.
 */
export interface TrainingState {
  /** The steps made, over the whole run. */
  readonly steps: number;
  /** The sum of the losses of the current epoch's images so far, and how many were classified correctly. */
  readonly lossSum: number;
  /** How many of the current epoch's images so far were classified correctly. */
  readonly correct: number;
  /** The parameters, flat, in the order of the network's parameters. */
  readonly values: FloatArray;
  /** The optimizer's arrays (such as momentum) by name, each as long as `values`. */
  readonly slots: Readonly<Record<string, FloatArray>>;
  /** The moving average of the parameters; absent without averaging. */
  readonly average?: FloatArray;
  /** The network's buffers, flat, such as running means; absent where it has none. */
  readonly buffers?: FloatArray;
  /** The moving average of the buffers; absent without buffers or averaging. */
  readonly averageBuffers?: FloatArray;
  /** The loss of each image when it was last seen, −∞ before; absent without hard examples. */
  readonly imageLosses?: FloatArray;
  /** The same at the beginning of the current round of hard examples; absent between two rounds. */
  readonly roundLosses?: FloatArray;
}

/**
 * Checks the options and, if there is one, the state that a run is resumed from.
 *
 * @returns the steps of an epoch and of the whole run
 * @throws OptionError or DatasetError when an option is out of range or the state belongs to other options, ShapeError when
 *   data or parameters do not fit the network
 */
export function checkTraining(options: TrainingOptions, state: TrainingState | undefined): RunLength {
  checkRunOptions<TrainingOptions>('train', trainingEntries, options);
  const { network, dataset, epochs, batchSize, labelSmoothing = 0, closeAugmentation = 0 } = options;
  checkDataset(network, dataset);
  (options.loss ?? softmaxCrossEntropy()).checkNetwork?.(network);
  checkWithoutTeacher('train', options.loss);
  if (options.teacher !== undefined) {
    if (options.loss !== undefined) {
      throw new OptionError(
        'train: expected a loss or a teacher, which has softmax cross-entropy as its loss, got both; leave one of them out',
      );
    }
    checkTeacher('train', options.teacher, network, dataset);
  }
  if (options.parameters !== undefined) checkParameters('train', network, options.parameters);
  channelNormalizations('train', options.normalization, dataset.channels);
  if (!(closeAugmentation >= 0 && closeAugmentation <= 1)) {
    throw new OptionError(`train: expected a number from 0 to 1 as close augmentation, got ${closeAugmentation}`);
  }
  if (options.hardExamples !== undefined) checkHardExamples('train', options.hardExamples);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new OptionError(`train: expected a number from 0 to below 1 as label smoothing, got ${labelSmoothing}`);
  }
  const stepsPerEpoch = batchCount(dataset.count, batchSize);
  const totalSteps = epochs * stepsPerEpoch;
  options.optimizer.checkEntries?.(network.parameterEntries);
  if (options.gradientClipping !== undefined) gradientClipping(options.gradientClipping);
  if (state !== undefined) checkState(options, state, { stepsPerEpoch, totalSteps });
  return { stepsPerEpoch, totalSteps };
}

function checkState(
  { network, dataset, optimizer, averaging, hardExamples }: TrainingOptions,
  state: TrainingState,
  { stepsPerEpoch, totalSteps }: RunLength,
): void {
  const { steps, values, slots, average, buffers, averageBuffers, imageLosses, roundLosses } = state;
  const fail = (expected: string, got: string): never => {
    throw new OptionError(`train: expected a state with ${expected}, got ${got}; give the options of the run it is of`);
  };
  if (!Number.isSafeInteger(steps) || steps < 0 || steps > totalSteps) {
    fail(`0 to ${totalSteps} steps made`, `${steps}`);
  }
  const names = Object.keys(slots).toSorted().join(', ') || 'none';
  const expectedNames = [...optimizer.slotNames].toSorted().join(', ') || 'none';
  if (names !== expectedNames) fail(`the memory of ${optimizer.description.kind} (${expectedNames})`, names);
  if ((average !== undefined) !== (averaging !== undefined)) {
    fail(averaging === undefined ? 'no average of the weights' : 'an average of the weights', average ? 'one' : 'none');
  }
  const { parameterCount, bufferCount } = network;
  const lengths: [name: string, expected: number, got: FloatArray | undefined][] = [
    ['weights', parameterCount, values],
    ...Object.entries(slots).map(([name, slot]): [string, number, FloatArray] => [name, parameterCount, slot]),
    ['average', averaging === undefined ? 0 : parameterCount, average],
    ['buffers', bufferCount, buffers],
    ['average of the buffers', averaging === undefined ? 0 : bufferCount, averageBuffers],
    ['losses of images', hardExamples === undefined ? 0 : dataset.count, imageLosses],
    [
      'losses of the round',
      isWithinHardRound(hardExamples, { stepsPerEpoch, totalSteps }, steps) ? dataset.count : 0,
      roundLosses,
    ],
  ];
  for (const [name, expected, { length } = []] of lengths) {
    if (length !== expected) fail(`${expected} numbers as ${name}`, `${length}`);
  }
}

/**
 * The network's parameters and buffers in a state: their moving averages, where there are any.
 *
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const run = new TrainingRun(options);
 * for await (const { step } of run.steps(1)) console.log(step); // 1
 * parametersOf(network, await run.state()).values.length; // 3898
 * await run.end();
 */
export function parametersOf(network: Network, state: TrainingState): NetworkParameters {
  const { values, average = values, buffers, averageBuffers = buffers } = state;
  return new NetworkParameters(network, average, averageBuffers);
}
