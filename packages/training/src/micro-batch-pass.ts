/**
 * The forward and backward pass over one micro-batch: so few images that all their activations stay in the cache. A batch
 * is always cut at the same places, whichever worker runs its micro-batches, so that sums are rounded alike.
 */
import { gatherTargets, type ImageDataset, type Normalization } from '@longhand/datasets';
import type { Kernels } from '@longhand/kernels';
import type { Loss, Network, Parameters } from '@longhand/layers';
import { type FloatArray, formatShape, ShapeError } from '@longhand/tensor';
import { type CopyImage, microBatchInput, microBatchSize } from './micro-batch-input';

export interface MicroBatchPassOptions {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  readonly loss: Loss;
  readonly kernels: Kernels;
  /** Whether to run backward too. */
  readonly training: boolean;
  /** How pixels are copied into a micro-batch. Default: unchanged. */
  readonly copyImage?: CopyImage | undefined;
  /** The part of each target that is spread evenly over all classes. Default: 0. */
  readonly labelSmoothing?: number;
}

/** The figures of one micro-batch. */
export interface MicroBatchResult {
  /** The sum of the images' losses. */
  lossSum: number;
  /** The number of correctly classified images. */
  correct: number;
}

/** A network and its loss, prepared for micro-batches of a data set. */
export interface MicroBatchPass {
  /** The gradients of the last micro-batch, flat; undefined without training. */
  readonly gradients: FloatArray | undefined;
  /** The predicted class of each image of the last micro-batch. */
  readonly predicted: Uint8Array;
  /** The probability of each predicted class, as the loss defines it; not written in training. */
  readonly probability: Float32Array;
  /**
   * Runs the images `indices[from]` to `indices[to − 1]`, at most {@link microBatchSize}, forward, and backward if training.
   *
   * @param batchSize the number of images that the gradients are a mean over
   */
  run(indices: Uint32Array, from: number, to: number, batchSize: number): MicroBatchResult;
}

/** Prepares a network for the images of a data set, which {@link checkDataset} has accepted. */
export function prepareMicroBatchPass(options: MicroBatchPassOptions): MicroBatchPass {
  const { network, parameters, dataset, normalization, loss, kernels, training, labelSmoothing = 0 } = options;
  const mode = training ? 'train' : 'evaluate';
  const pass = network.prepare({ kernels, parameters, capacity: microBatchSize, mode, fuse: true });
  const lossPass = loss.prepare(pass);
  const fillInput = microBatchInput(kernels, dataset, normalization, pass.input, options.copyImage);
  const outputs = network.outputShape[0];
  const predicted = new Uint8Array(microBatchSize);
  const probability = new Float32Array(microBatchSize);
  const result: MicroBatchResult = { lossSum: 0, correct: 0 };
  return {
    gradients: pass.gradients?.values,
    predicted,
    probability,
    run(indices, from, to, batchSize) {
      const batch = { dataset, indices, from, to, capacity: microBatchSize };
      fillInput(indices, from, to);
      gatherTargets({ ...batch, into: lossPass.target, labelSmoothing });
      lossPass.imageWeight.fill(0).fill(1 / batchSize, 0, to - from);
      pass.forward();
      lossPass.forward();
      if (training) {
        lossPass.inputGradient();
        pass.backward();
      }
      result.lossSum = 0;
      result.correct = 0;
      for (let n = 0; n < to - from; n++) {
        const predictedClass = largestIndex(lossPass.prediction, outputs, n);
        predicted[n] = predictedClass;
        if (!training) probability[n] = lossPass.prediction[predictedClass * microBatchSize + n];
        result.lossSum += lossPass.loss[n];
        if (predictedClass === dataset.labels[indices[from + n]]) result.correct++;
      }
      return result;
    },
  };
}

/** @throws ShapeError when the images have another size than the network's input, or there are more classes than outputs */
export function checkDataset(network: Network, dataset: ImageDataset): void {
  const expected = formatShape(network.inputShape);
  const got = formatShape([dataset.height, dataset.width, 1]);
  if (expected !== got) {
    throw new ShapeError(
      `${dataset.name}: expected images ${expected} for this network, got ${got}; train a network for this size`,
    );
  }
  const outputs = network.outputShape[0];
  if (dataset.classes > outputs) {
    throw new ShapeError(
      `${dataset.name}: expected labels from 0 to ${outputs - 1}, one for each output of the network, ` +
        `got labels up to ${dataset.classes - 1}; train a network with ${dataset.classes} outputs`,
    );
  }
}

/** @throws ShapeError when there are more or fewer parameters than the network has */
export function checkParameters(where: string, network: Network, { values }: Parameters): void {
  if (values.length !== network.parameterCount) {
    throw new ShapeError(
      `${where}: expected ${network.parameterCount} numbers as parameters of this network, got ${values.length}`,
    );
  }
}

/** The index of the largest entry of image `n` in `[features, microBatchSize]`; the first, if several are equal. */
function largestIndex(values: FloatArray, features: number, n: number): number {
  let largest = 0;
  for (let k = 1; k < features; k++) {
    if (values[k * microBatchSize + n] > values[largest * microBatchSize + n]) largest = k;
  }
  return largest;
}
