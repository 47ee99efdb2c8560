/** Evaluation: how a network reads digits that it has not been trained on. */
import type { ImageDataset, Normalization } from '@longhand/datasets';
import { type Kernels, referenceKernels } from '@longhand/kernels';
import { type Loss, type Network, type Parameters, softmaxCrossEntropy } from '@longhand/layers';
import { prepareShardPass, shardSize } from './shard-pass';

export interface EvaluationOptions {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly dataset: ImageDataset;
  /** How pixels become numbers: the same as in training. */
  readonly normalization: Normalization;
  /** Softmax with cross-entropy unless said. */
  readonly loss?: Loss;
  /** The reference set unless said. */
  readonly kernels?: Kernels;
}

/** What a network made of a dataset. */
export interface Evaluation {
  /** How many images there were. */
  readonly count: number;
  readonly correct: number;
  /** The part that was read right. */
  readonly accuracy: number;
  /**
   * The standard error of the accuracy, √(p (1 − p) / n): how far it would typically be from that of another test
   * set of this size.
   */
  readonly standardError: number;
  /** The mean loss. */
  readonly loss: number;
  /** How often an image of class `row` was read as class `column`. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Runs every image of a dataset through the network.
 *
 * @throws ShapeError when the data do not fit the network
 * @example evaluate({ network, parameters, dataset: loadMnist({ split: 'test' }), normalization }).accuracy
 */
export function evaluate(options: EvaluationOptions): Evaluation {
  const { network, dataset, loss = softmaxCrossEntropy(), kernels = referenceKernels } = options;
  const shard = prepareShardPass({ ...options, loss, kernels, training: false });
  const indices = Uint32Array.from({ length: dataset.count }, (_, index) => index);
  const outputs = network.outputShape[0];
  const confusion = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  let lossSum = 0;
  let correct = 0;
  for (let from = 0; from < dataset.count; from += shardSize) {
    const to = Math.min(from + shardSize, dataset.count);
    const result = shard.run(indices, from, to, dataset.count);
    lossSum += result.lossSum;
    correct += result.correct;
    for (let index = from; index < to; index++) {
      confusion[dataset.labels[index]][shard.predicted[index - from]]++;
    }
  }
  const accuracy = correct / dataset.count;
  return {
    count: dataset.count,
    correct,
    accuracy,
    standardError: Math.sqrt((accuracy * (1 - accuracy)) / dataset.count),
    loss: lossSum / dataset.count,
    confusion,
  };
}
