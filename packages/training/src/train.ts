/** The training run: epochs of shuffled batches, gradients summed shard by shard, one update for each batch. */
import { batchCount, type ImageDataset, type Normalization, shuffledIndices } from '@longhand/datasets';
import { type Kernels, referenceKernels } from '@longhand/kernels';
import { type Loss, type Network, type Parameters, softmaxCrossEntropy } from '@longhand/layers';
import { constant, type Optimizer, type Schedule } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { prepareShardPass, shardSize } from './shard-pass';

export interface TrainingOptions {
  readonly network: Network;
  readonly dataset: ImageDataset;
  /** How pixels become numbers. */
  readonly normalization: Normalization;
  readonly optimizer: Optimizer;
  /** What becomes of the learning rate; constant unless said. */
  readonly schedule?: Schedule;
  /** Softmax with cross-entropy unless said. */
  readonly loss?: Loss;
  /** How many times every image is seen. */
  readonly epochs: number;
  /** How many images make one step; the last batch of an epoch may be short. */
  readonly batchSize: number;
  /** First values and the order of the images follow from it. */
  readonly seed: number;
  /** Where to start; values drawn from the seed unless given. They are changed in place. */
  readonly parameters?: Parameters;
  /** The reference set unless said. */
  readonly kernels?: Kernels;
}

/** Where a run stands after a step. */
export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Within the epoch, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** How many images this epoch has seen. */
  readonly images: number;
  /** The rate that the step was made with. */
  readonly learningRate: number;
  /** The mean loss of the step's batch. */
  readonly batchLoss: number;
  /** The mean loss of this epoch's images so far, each as it was seen. */
  readonly loss: number;
  /** The part of this epoch's images so far that were read right, each as it was seen. */
  readonly accuracy: number;
}

/** A loss that is no longer a number: the run cannot be saved. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
}

/**
 * Trains a network, step by step: the caller draws progress between steps, lets other work in, or stops.
 * The same options give the same parameters, byte for byte.
 *
 * @returns the trained parameters, when the last step is done
 * @throws RangeError when an option is out of range, ShapeError when the data do not fit the network, DivergenceError
 *   when the loss is no longer a number
 * @example
 * for await (const { epoch, loss } of train({ network, dataset, ...rest })) console.log(epoch, loss);
 */
export async function* train(options: TrainingOptions): AsyncGenerator<TrainingProgress, Parameters, undefined> {
  const { network, dataset, normalization, optimizer, epochs, batchSize, seed } = options;
  const { schedule = constant(), loss = softmaxCrossEntropy(), kernels = referenceKernels } = options;
  checkCount('epochs', epochs);
  checkCount('batch size', batchSize);
  const random = seededRandom(seed);
  const parameters = options.parameters ?? network.initialize(random.fork('initial'), { kernels });
  const shard = prepareShardPass({ network, parameters, dataset, normalization, loss, kernels, training: true });
  const shardGradients = shard.gradients as NonNullable<typeof shard.gradients>;
  const gradients = network.zeros({ kernels }).values;
  const updates = optimizer.prepare(parameters.values);
  const stepsPerEpoch = batchCount(dataset.count, batchSize);
  const totalSteps = epochs * stepsPerEpoch;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const indices = shuffledIndices(dataset.count, random.fork('order').fork(epoch));
    let epochLoss = 0;
    let epochCorrect = 0;
    for (let step = 1; step <= stepsPerEpoch; step++) {
      const first = (step - 1) * batchSize;
      const end = Math.min(first + batchSize, dataset.count);
      let batchLoss = 0;
      gradients.fill(0);
      for (let from = first; from < end; from += shardSize) {
        const { lossSum, correct } = shard.run(indices, from, Math.min(from + shardSize, end), end - first);
        batchLoss += lossSum;
        epochCorrect += correct;
        for (let i = 0; i < gradients.length; i++) gradients[i] = gradients[i] + shardGradients[i];
      }
      epochLoss += batchLoss;
      batchLoss /= end - first;
      if (!Number.isFinite(batchLoss)) throw divergence(batchLoss, epoch, step, optimizer.learningRate);
      const place = { step: (epoch - 1) * stepsPerEpoch + step - 1, totalSteps, stepsPerEpoch };
      const learningRate = optimizer.learningRate * schedule.factor(place);
      updates.update(gradients, learningRate);
      const seen = { images: end, loss: epochLoss / end, accuracy: epochCorrect / end };
      yield { epoch, epochs, step, stepsPerEpoch, learningRate, batchLoss, ...seen };
    }
  }
  return parameters;
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`train: expected a whole number of at least 1 as ${name}, got ${value}`);
  }
}

function divergence(loss: number, epoch: number, step: number, learningRate: number): DivergenceError {
  return new DivergenceError(
    `train: the loss became ${loss} at step ${step} of epoch ${epoch}; nothing is saved. ` +
      `Try a learning rate below ${learningRate}, such as ${Number((learningRate / 10).toPrecision(2))}`,
  );
}
