/** Evaluation: how a network reads digits that it has not been trained on. */
import { checkNormalization, type ImageDataset, type Normalization } from '@longhand/datasets';
import { describeNetwork, type Loss, type Network, type Parameters, softmaxCrossEntropy } from '@longhand/layers';
import { dtypeOf } from '@longhand/tensor';
import { microBatchSize } from './micro-batch-input';
import { checkDataset, checkParameters } from './micro-batch-pass';
import { Engine, type EngineOptions } from './workers/engine';
import type { EvaluationResult } from './workers/evaluation-job';
import { sharedBytes } from './workers/shared-memory';

export interface EvaluationOptions extends EngineOptions {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly dataset: ImageDataset;
  /** How pixels become numbers: the same as in training. */
  readonly normalization: Normalization;
  /** Softmax with cross-entropy unless said. */
  readonly loss?: Loss;
  /** Workers that stand ready; unless given, some are started with the other options, and ended afterwards. */
  readonly engine?: Engine;
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
  /** The class that each image was read as, in the order of the dataset. */
  readonly predicted: Uint8Array;
  /**
   * How sure the network was of it, from 0 to 1: softmax's probability of the class read. With another loss, the output
   * of that class as the loss understands it.
   */
  readonly probability: Float32Array;
}

/**
 * Runs every image of a dataset through the network, in other threads.
 *
 * @throws ShapeError when data or parameters do not fit the network, OptionError or DatasetError when an option
 *   is out of range, WorkerError when a worker fails, UnsupportedKernelsError when the engine lacks what the kernels need
 * @example (await evaluate({ network, parameters, dataset: loadMnist({ split: 'test' }), normalization })).accuracy
 */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation> {
  const { network, parameters, dataset, normalization, loss = softmaxCrossEntropy() } = options;
  checkDataset(network, dataset);
  checkParameters('evaluate', network, parameters);
  checkNormalization('evaluate', normalization);
  const engine = options.engine ?? new Engine(options);
  try {
    const memory = engine.memory();
    const values = memory.allocate(dtypeOf(parameters.values), parameters.values.length);
    values.set(parameters.values);
    const parts = await engine.together(Math.ceil(dataset.count / microBatchSize), 'evaluate', {
      memory: memory.source,
      network: describeNetwork(network),
      dataset: { ...dataset, images: sharedBytes(dataset.images), labels: sharedBytes(dataset.labels) },
      normalization,
      loss: loss.kind,
      values,
    });
    engine.recycle(memory);
    return evaluationOf(dataset, network.outputShape[0], parts);
  } finally {
    if (options.engine === undefined) await engine.end();
  }
}

/** What the workers found, put together in the order of the images. */
function evaluationOf(dataset: ImageDataset, outputs: number, parts: readonly EvaluationResult[]): Evaluation {
  const { count, labels } = dataset;
  const confusion = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  const predicted = new Uint8Array(count);
  const probability = new Float32Array(count);
  let lossSum = 0;
  let correct = 0;
  for (let index = 0; index < count; index++) {
    const shard = Math.floor(index / microBatchSize);
    const part = parts[shard % parts.length];
    const place = Math.floor(shard / parts.length);
    if (index % microBatchSize === 0) lossSum += part.lossSums[place];
    const read = part.predicted[place * microBatchSize + (index % microBatchSize)];
    predicted[index] = read;
    probability[index] = part.probability[place * microBatchSize + (index % microBatchSize)];
    confusion[labels[index]][read]++;
    if (read === labels[index]) correct++;
  }
  const accuracy = correct / count;
  const standardError = Math.sqrt((accuracy * (1 - accuracy)) / count);
  return { count, correct, accuracy, standardError, loss: lossSum / count, confusion, predicted, probability };
}
