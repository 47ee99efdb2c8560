/**
 * A worker's part in training: its shards of every batch, and its part of the parameters in every update.
 *
 * The shards of a batch are the same whoever works on them, and their gradients are added in the shards' order, so that
 * any number of workers gives the same bits.
 */
import {
  type AugmentationOptions,
  augmentation,
  batchCount,
  type ImageDataset,
  type Normalization,
  shuffledIndices,
} from '@longhand/datasets';
import { microBatchSumGeometry } from '@longhand/kernels';
import { type LossKind, lossFrom, type NetworkDescription, networkFrom, Parameters } from '@longhand/layers';
import { type Optimizer, optimizerFrom, updateAverage, type WeightAverage } from '@longhand/optimizers';
import { dtypeOf, type FloatArray, seededRandom } from '@longhand/tensor';
import { microBatchSize } from '../micro-batch-input';
import { prepareMicroBatchPass } from '../micro-batch-pass';
import { barrierOf } from './barrier';
import { attachMemory, type MemorySource } from './shared-memory';

/** All that a training run is; it can be posted as a message. Arrays are shared by all worldSize. */
export interface TrainingSetup {
  /** The run's number: workers may be at several. */
  readonly run: number;
  readonly memory: MemorySource;
  readonly network: NetworkDescription;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  readonly loss: LossKind;
  /** How images are changed whenever they are seen; absent where they are not. */
  readonly augmentation?: AugmentationOptions;
  /** The first step, counted from 0 over the whole run, that sees them as they are. */
  readonly closeAugmentationFrom: number;
  readonly labelSmoothing: number;
  readonly optimizer: Optimizer['description'];
  readonly batchSize: number;
  readonly seed: number;
  readonly values: FloatArray;
  readonly slots: Readonly<Record<string, FloatArray>>;
  /** The moving average of the values; both or neither. */
  readonly averaging?: WeightAverage;
  readonly average?: FloatArray;
  /** The gradients of the shards that are worked on at a time, one after another. */
  readonly microBatchGradients: FloatArray;
  /** Each of these shards' sum of losses, and how many images it read right. */
  readonly microBatchLosses: Float64Array;
  readonly microBatchCorrect: Int32Array;
}

/** A worker's place among those that share a job. */
export interface WorkerRank {
  /** From 0. */
  readonly rank: number;
  readonly worldSize: number;
  /** Absent for one alone. */
  readonly barrier: Int32Array | undefined;
}

/** Which run a question is about. */
export interface RunRequest {
  readonly run: number;
}

/** Steps to be made, counted from 0 over the whole run. */
export interface StepsRequest extends RunRequest {
  readonly from: number;
  /** One for each step. */
  readonly learningRates: Float64Array;
}

/** What became of the steps; shorter than asked for where the loss ceased to be a number. */
export interface StepsResult {
  /** The sum of the losses of each step's images. */
  readonly lossSums: number[];
  /** How many images of each step were read right. */
  readonly correct: number[];
}

/** How many shards are worked on before their gradients are added; memory for so many is needed. */
export const microBatchesPerRound = 16;

export interface TrainingJob {
  makeSteps(request: StepsRequest): StepsResult;
  /** A copy of the state as this worker sees it: only of interest where nothing is shared. */
  state(): Pick<TrainingSetup, 'values' | 'slots' | 'average'>;
}

export function trainingJob(setup: TrainingSetup, { rank, worldSize, barrier }: WorkerRank): TrainingJob {
  const { dataset, normalization, batchSize, seed, microBatchLosses, microBatchCorrect } = setup;
  const memory = attachMemory(setup.memory);
  const { kernels } = memory;
  const network = networkFrom(setup.network);
  const values = memory.attach(setup.values);
  const slots = Object.fromEntries(Object.entries(setup.slots).map(([name, slot]) => [name, memory.attach(slot)]));
  const average = setup.average && memory.attach(setup.average);
  const microBatchGradients = memory.attach(setup.microBatchGradients);
  const parameters = new Parameters(network.parameterEntries, values);
  const loss = lossFrom(setup.loss);
  const { labelSmoothing } = setup;
  // Each image's change follows from seed, epoch and image, whichever worker makes it.
  const changes = seededRandom(seed).fork('augmentation');
  let epochChanges = changes;
  const distort = setup.augmentation && augmentation(setup.augmentation).prepare(dataset);
  const pixels = dataset.height * dataset.width;
  let isPlain = false;
  const copyImage =
    distort &&
    ((index: number, into: Uint8Array, at: number): void => {
      const first = index * pixels;
      if (isPlain) into.set(dataset.images.subarray(first, first + pixels), at);
      else distort(dataset.images, first, into, at, epochChanges.fork(index));
    });
  const pass = prepareMicroBatchPass({
    ...{ network, parameters, dataset, normalization, loss, kernels, training: true, copyImage, labelSmoothing },
  });
  const passGradients = pass.gradients as FloatArray;
  const meet = barrierOf(barrier, worldSize);

  // This worker's part of the parameters, in whole lines of the cache.
  const count = values.length;
  const [begin, end] = [partOf(count, rank, worldSize), partOf(count, rank + 1, worldSize)];
  const dtype = dtypeOf(values);
  const sum = kernels.allocate(dtype, end - begin);
  const roundSum = kernels.allocate(dtype, end - begin);
  // Gradients of so many shards added in their order, for each number of shards there may be.
  const adders = Array.from({ length: microBatchGradients.length / count }, (_, index) => {
    // A worker whose part is empty has nothing to add.
    if (sum.length === 0) return { first: nothing, further: nothing };
    const geometry = microBatchSumGeometry('gradients', { microBatches: index + 1, length: sum.length, stride: count });
    const x = microBatchGradients.subarray(begin, begin + index * count + sum.length);
    const prepare = (y: FloatArray) => kernels.prepare('microBatchSum', geometry, { x, y });
    return { first: prepare(sum), further: prepare(roundSum) };
  });
  const ownValues = values.subarray(begin, end);
  const ownAverage = average?.subarray(begin, end);
  const updates = optimizerFrom(setup.optimizer).prepare(
    ownValues,
    Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.subarray(begin, end)])),
  );

  const stepsPerEpoch = batchCount(dataset.count, batchSize);
  const random = seededRandom(seed).fork('order');
  let orderOf = 0;
  let order: Uint32Array = new Uint32Array();

  /** Runs this worker's shards of a batch and adds up all workers' for its part; the batch's results. */
  function gradientsOf(first: number, last: number): { lossSum: number; correct: number } {
    const shards = Math.ceil((last - first) / microBatchSize);
    let lossSum = 0;
    let correct = 0;
    for (let round = 0; round < shards; round += microBatchesPerRound) {
      const here = Math.min(microBatchesPerRound, shards - round);
      for (let slot = rank; slot < here; slot += worldSize) {
        const from = first + (round + slot) * microBatchSize;
        const result = pass.run(order, from, Math.min(from + microBatchSize, last), last - first);
        microBatchGradients.set(passGradients, slot * count);
        microBatchLosses[slot] = result.lossSum;
        microBatchCorrect[slot] = result.correct;
      }
      meet();
      for (let slot = 0; slot < here; slot++) {
        lossSum += microBatchLosses[slot];
        correct += microBatchCorrect[slot];
      }
      if (round === 0) adders[here - 1].first();
      else {
        adders[here - 1].further();
        for (let k = 0; k < sum.length; k++) sum[k] += roundSum[k];
      }
      // The next round's shards write where these were.
      if (round + microBatchesPerRound < shards) meet();
    }
    return { lossSum, correct };
  }

  return {
    makeSteps({ from, learningRates }) {
      const lossSums: number[] = [];
      const corrects: number[] = [];
      for (let k = 0; k < learningRates.length; k++) {
        const epoch = Math.floor((from + k) / stepsPerEpoch) + 1;
        if (epoch !== orderOf) {
          order = shuffledIndices(dataset.count, random.fork(epoch));
          orderOf = epoch;
          epochChanges = changes.fork(epoch);
        }
        isPlain = from + k >= setup.closeAugmentationFrom;
        const first = ((from + k) % stepsPerEpoch) * batchSize;
        const { lossSum, correct } = gradientsOf(first, Math.min(first + batchSize, dataset.count));
        lossSums.push(lossSum);
        corrects.push(correct);
        // All workers have the same sum, so all of them stop here.
        if (!Number.isFinite(lossSum)) break;
        updates.stepCount = from + k;
        updates.update(sum, learningRates[k]);
        if (setup.averaging !== undefined && ownAverage !== undefined) {
          updateAverage(setup.averaging, { average: ownAverage, values: ownValues, step: updates.stepCount });
        }
        meet();
      }
      return { lossSums, correct: corrects };
    },
    // Copies, since these arrays lie in a memory that a page which may not share refuses to post.
    state: () => ({
      values: values.slice(),
      slots: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.slice()])),
      ...(average === undefined ? {} : { average: average.slice() }),
    }),
  };
}

const nothing = (): void => {};

/** Where a worker's part of so many numbers begins. */
function partOf(count: number, rank: number, worldSize: number): number {
  return rank === worldSize ? count : Math.floor((count * rank) / worldSize / 16) * 16;
}
