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
import { moveAverage, type Optimizer, optimizerFrom, type WeightAverage } from '@longhand/optimizers';
import { dtypeOf, type FloatArray, seededRandom } from '@longhand/tensor';
import { prepareShardPass } from '../shard-pass';
import { shardSize } from '../shard-size';
import { barrierOf } from './barrier';
import { openSpace, type SpaceSource } from './shared-space';

/** All that a training run is; it can be posted as a message. Arrays are shared by all members. */
export interface TrainingSetup {
  /** The run's number: workers may be at several. */
  readonly run: number;
  readonly space: SpaceSource;
  readonly network: NetworkDescription;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  readonly loss: LossKind;
  /** How images are changed whenever they are seen; absent where they are not. */
  readonly augmentation?: AugmentationOptions;
  /** The first step, counted from 0 over the whole run, that sees them as they are. */
  readonly plainFrom: number;
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
  readonly shardGradients: FloatArray;
  /** Each of these shards' sum of losses, and how many images it read right. */
  readonly shardLosses: Float64Array;
  readonly shardCorrect: Int32Array;
}

/** A worker's place among those that share a job. */
export interface Membership {
  /** From 0. */
  readonly member: number;
  readonly members: number;
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
export const shardsAtATime = 16;

export interface TrainingJob {
  makeSteps(request: StepsRequest): StepsResult;
  /** A copy of the state as this worker sees it: only of interest where nothing is shared. */
  state(): Pick<TrainingSetup, 'values' | 'slots' | 'average'>;
}

export function trainingJob(setup: TrainingSetup, { member, members, barrier }: Membership): TrainingJob {
  const { dataset, normalization, batchSize, seed, shardLosses, shardCorrect } = setup;
  const space = openSpace(setup.space);
  const { kernels } = space;
  const network = networkFrom(setup.network);
  const values = space.adopt(setup.values);
  const slots = Object.fromEntries(Object.entries(setup.slots).map(([name, slot]) => [name, space.adopt(slot)]));
  const average = setup.average && space.adopt(setup.average);
  const shardGradients = space.adopt(setup.shardGradients);
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
  const pass = prepareShardPass({
    ...{ network, parameters, dataset, normalization, loss, kernels, training: true, copyImage, labelSmoothing },
  });
  const passGradients = pass.gradients as FloatArray;
  const meet = barrierOf(barrier, members);

  // This worker's part of the parameters, in whole lines of the cache.
  const count = values.length;
  const [begin, end] = [partOf(count, member, members), partOf(count, member + 1, members)];
  const dtype = dtypeOf(values);
  const sum = kernels.allocate(dtype, end - begin);
  const roundSum = kernels.allocate(dtype, end - begin);
  // Gradients of so many shards added in their order, for each number of shards there may be.
  const adders = Array.from({ length: shardGradients.length / count }, (_, index) => {
    // A worker whose part is empty has nothing to add.
    if (sum.length === 0) return { first: nothing, further: nothing };
    const geometry = microBatchSumGeometry('gradients', { microBatches: index + 1, length: sum.length, stride: count });
    const x = shardGradients.subarray(begin, begin + index * count + sum.length);
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
    const shards = Math.ceil((last - first) / shardSize);
    let lossSum = 0;
    let correct = 0;
    for (let round = 0; round < shards; round += shardsAtATime) {
      const here = Math.min(shardsAtATime, shards - round);
      for (let slot = member; slot < here; slot += members) {
        const from = first + (round + slot) * shardSize;
        const result = pass.run(order, from, Math.min(from + shardSize, last), last - first);
        shardGradients.set(passGradients, slot * count);
        shardLosses[slot] = result.lossSum;
        shardCorrect[slot] = result.correct;
      }
      meet();
      for (let slot = 0; slot < here; slot++) {
        lossSum += shardLosses[slot];
        correct += shardCorrect[slot];
      }
      if (round === 0) adders[here - 1].first();
      else {
        adders[here - 1].further();
        for (let k = 0; k < sum.length; k++) sum[k] += roundSum[k];
      }
      // The next round's shards write where these were.
      if (round + shardsAtATime < shards) meet();
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
        isPlain = from + k >= setup.plainFrom;
        const first = ((from + k) % stepsPerEpoch) * batchSize;
        const { lossSum, correct } = gradientsOf(first, Math.min(first + batchSize, dataset.count));
        lossSums.push(lossSum);
        corrects.push(correct);
        // All workers have the same sum, so all of them stop here.
        if (!Number.isFinite(lossSum)) break;
        updates.stepCount = from + k;
        updates.update(sum, learningRates[k]);
        if (setup.averaging !== undefined && ownAverage !== undefined) {
          moveAverage(setup.averaging, { average: ownAverage, values: ownValues, step: updates.stepCount });
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
function partOf(count: number, member: number, members: number): number {
  return member === members ? count : Math.floor((count * member) / members / 16) * 16;
}
