/**
 * One rank's part of data-parallel training. A step of all ranks together:
 *
 * 1. The batch is cut into micro-batches of 16 images. A rank runs the micro-batches `rank`, `rank + worldSize`, …
 *    forward and backward, and writes the gradients of each to its row of a shared matrix `[micro-batch, parameter]`.
 * 2. Barrier: all rows are written.
 * 3. Reduce-scatter: every rank sums all rows over its own slice of the parameters. Then the gradients are clipped, if the run
 *    does that: clipping by norm has a barrier of its own.
 * 4. Every rank applies the optimizer to its slice of the weights, with its slice of the optimizer's slots. (PyTorch
 *    calls this a sharded optimizer, ZeRO.) The weights are shared, so no all-gather follows.
 * 5. Barrier: all weights are updated.
 *
 * The matrix has at most {@link microBatchesPerRound} rows. A larger batch takes several rounds of 1 to 3, whose sums are
 * accumulated before the update.
 *
 * **Determinism.** A floating-point sum depends on the order of its terms. The micro-batches of a batch, and the order in
 * which their gradients are added (0, 1, 2, …), do not depend on `worldSize`. So any number of workers gives the same bits;
 * an all-reduce over one sum per rank would not.
 */
import {
  type AugmentationOptions,
  augmentation,
  batchCount,
  type ImageDataset,
  shuffledIndices,
} from '@longhand/datasets';
import { type Kernels, microBatchSumGeometry } from '@longhand/kernels';
import { lossFrom, networkFrom, Parameters } from '@longhand/layers';
import { optimizerFrom, updateAverage } from '@longhand/optimizers';
import { dtypeOf, type FloatArray, seededRandom } from '@longhand/tensor';
import { type CopyImage, microBatchSize } from '../micro-batch-input';
import { prepareMicroBatchPass } from '../micro-batch-pass';
import { barrierOf } from './barrier';
import { gradientClipper } from './gradient-clipper';
import { sliceOf, unitBounds } from './parameter-partition';
import {
  type CopiedState,
  microBatchesPerRound,
  type RankOfJob,
  type StepsRequest,
  type StepsResult,
  type TrainingSetup,
} from './protocol';
import { attachMemory } from './shared-memory';

/** A training run, prepared in one worker. */
export interface TrainingJob {
  makeSteps(request: StepsRequest): StepsResult;
  /** A copy of the state as this worker sees it; only needed where memory is not shared. */
  state(): CopiedState;
}

export function trainingJob(setup: TrainingSetup, { rank, worldSize, barrier }: RankOfJob): TrainingJob {
  const { dataset, batchSize, seed, microBatchLosses, microBatchCorrect } = setup;
  const memory = attachMemory(setup.memory);
  const { kernels } = memory;
  const network = networkFrom(setup.network);
  const values = memory.attach(setup.values);
  const slots = mapValues(setup.slots, (slot) => memory.attach(slot));
  const average = setup.average && memory.attach(setup.average);
  const microBatchGradients = memory.attach(setup.microBatchGradients);
  const augmented = setup.augmentation && augmentedImages(setup.augmentation, dataset, seed);
  const pass = prepareMicroBatchPass({
    network,
    parameters: new Parameters(network, values),
    dataset,
    normalization: setup.normalization,
    loss: lossFrom(setup.loss),
    kernels,
    training: true,
    copyImage: augmented?.copyImage,
    labelSmoothing: setup.labelSmoothing,
  });
  const passGradients = pass.gradients as FloatArray;
  const waitForAll = barrierOf(barrier, worldSize);

  // This rank's slice of the parameters.
  const parameterCount = values.length;
  const bounds = unitBounds(parameterCount);
  const own = sliceOf(bounds, { rank, worldSize });
  const slice = (array: FloatArray): FloatArray => array.subarray(own.begin, own.end);
  const gradients = gradientSum(kernels, microBatchGradients, { parameterCount, ...own });
  const clip = gradientClipper({ ...setup, bounds, slice: own, gradients: gradients.sum, waitForAll });
  const ownValues = slice(values);
  const ownAverage = average && slice(average);
  const optimizer = optimizerFrom(setup.optimizer).prepare(ownValues, mapValues(slots, slice));

  const stepsPerEpoch = batchCount(dataset.count, batchSize);
  const random = seededRandom(seed).fork('order');
  let preparedEpoch = 0;
  let order: Uint32Array = new Uint32Array();

  /** Shuffles the images for an epoch, counted from 1: the order follows from seed and epoch alone. */
  function prepareEpoch(epoch: number): void {
    if (epoch === preparedEpoch) return;
    order = shuffledIndices(dataset.count, random.fork(epoch));
    augmented?.startEpoch(epoch);
    preparedEpoch = epoch;
  }

  /**
   * Parts 1 to 3 of a step, for the images `order[first]` to `order[last − 1]`: leaves the summed gradients of this rank's
   * slice in `gradients.sum`, and returns the whole batch's figures.
   */
  function runBatch(first: number, last: number): { lossSum: number; correct: number } {
    const microBatches = Math.ceil((last - first) / microBatchSize);
    let lossSum = 0;
    let correct = 0;
    for (let done = 0; done < microBatches; done += microBatchesPerRound) {
      const rows = Math.min(microBatchesPerRound, microBatches - done);
      for (let row = rank; row < rows; row += worldSize) {
        const from = first + (done + row) * microBatchSize;
        const result = pass.run(order, from, Math.min(from + microBatchSize, last), last - first);
        microBatchGradients.set(passGradients, row * parameterCount);
        microBatchLosses[row] = result.lossSum;
        microBatchCorrect[row] = result.correct;
      }
      waitForAll();
      for (let row = 0; row < rows; row++) {
        lossSum += microBatchLosses[row];
        correct += microBatchCorrect[row];
      }
      gradients.add(rows, done === 0);
      // The next round overwrites the rows that other ranks may still be adding.
      if (done + microBatchesPerRound < microBatches) waitForAll();
    }
    return { lossSum, correct };
  }

  return {
    makeSteps({ from, learningRates }) {
      const lossSums: number[] = [];
      const corrects: number[] = [];
      for (const [k, learningRate] of learningRates.entries()) {
        const step = from + k;
        prepareEpoch(Math.floor(step / stepsPerEpoch) + 1);
        augmented?.enable(step < setup.closeAugmentationFrom);
        const first = (step % stepsPerEpoch) * batchSize;
        const { lossSum, correct } = runBatch(first, Math.min(first + batchSize, dataset.count));
        lossSums.push(lossSum);
        corrects.push(correct);
        // All ranks have the same sum, so that all of them stop here.
        if (!Number.isFinite(lossSum)) break;
        clip();
        optimizer.stepCount = step;
        optimizer.update(gradients.sum, learningRate);
        if (setup.averaging !== undefined && ownAverage !== undefined) {
          updateAverage(setup.averaging, { average: ownAverage, values: ownValues, step: optimizer.stepCount });
        }
        waitForAll();
      }
      return { lossSums, correct: corrects };
    },
    // Copies: a page without shared memory cannot post parts of a WebAssembly memory.
    state: () => ({
      values: values.slice(),
      slots: mapValues(slots, (slot) => slot.slice()),
      ...(average === undefined ? {} : { average: average.slice() }),
    }),
  };
}

/** The images of a data set with augmentation. An image's change follows from seed, epoch and index, not from the rank. */
function augmentedImages(
  options: AugmentationOptions,
  dataset: ImageDataset,
  seed: number,
): { readonly copyImage: CopyImage; startEpoch(epoch: number): void; enable(isEnabled: boolean): void } {
  const { images, height, width } = dataset;
  const pixels = height * width;
  const random = seededRandom(seed).fork('augmentation');
  const augment = augmentation(options).prepare(dataset);
  let epochRandom = random;
  let isEnabled = true;
  return {
    copyImage(index, into, at) {
      const first = index * pixels;
      if (isEnabled) augment(images, first, into, at, epochRandom.fork(index));
      else into.set(images.subarray(first, first + pixels), at);
    },
    startEpoch(epoch) {
      epochRandom = random.fork(epoch);
    },
    enable(enabled) {
      isEnabled = enabled;
    },
  };
}

/** The sum of the first rows of `[micro-batch, parameter]` over a slice of the parameters. */
function gradientSum(
  kernels: Kernels,
  rows: FloatArray,
  { parameterCount, begin, end }: { readonly parameterCount: number; readonly begin: number; readonly end: number },
): { readonly sum: FloatArray; add(count: number, isFirstRound: boolean): void } {
  const length = end - begin;
  const dtype = dtypeOf(rows);
  const sum = kernels.allocate(dtype, length);
  const roundSum = kernels.allocate(dtype, length);
  // One prepared kernel for each number of rows. A rank whose slice is empty has nothing to add.
  const sums = Array.from({ length: length === 0 ? 0 : rows.length / parameterCount }, (_, index) => {
    const geometry = microBatchSumGeometry('gradients', { microBatches: index + 1, length, stride: parameterCount });
    const x = rows.subarray(begin, begin + index * parameterCount + length);
    const into = (y: FloatArray) => kernels.prepare('microBatchSum', geometry, { x, y });
    return { first: into(sum), further: into(roundSum) };
  });
  return {
    sum,
    add(count, isFirstRound) {
      if (length === 0) return;
      if (isFirstRound) {
        sums[count - 1].first();
        return;
      }
      sums[count - 1].further();
      for (let k = 0; k < length; k++) sum[k] += roundSum[k];
    },
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
