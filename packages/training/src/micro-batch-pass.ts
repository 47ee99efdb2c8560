/**
 * The forward and backward pass over one micro-batch: so few images that all their activations stay in the cache. A batch
 * is always cut at the same places, whichever worker runs its micro-batches, so that sums are rounded alike.
 */
import {
  channelNormalizations,
  gatherTargets,
  type ImageDataset,
  imageSize,
  type LabelArray,
  labelArray,
  type Normalization,
} from '@longhand/datasets';
import { type Kernels, pixelValues } from '@longhand/kernels';
import {
  everyPass,
  type Loss,
  type Mode,
  type Network,
  type NetworkParameters,
  type Operation,
  type ParameterEntry,
  runAlone,
  trainingContext,
} from '@longhand/layers';
import { dtypeOf, type FloatArray, formatShape, type Random, ShapeError, seededRandom } from '@longhand/tensor';
import { type CopyImages, microBatchInput, microBatchSize, type NetworkInput, plainCopies } from './micro-batch-input';
import type { ForwardFinding } from './workers/findings';

export interface MicroBatchPassOptions {
  readonly network: Network;
  readonly parameters: NetworkParameters;
  readonly dataset: ImageDataset;
  readonly normalization: Normalization;
  readonly loss: Loss;
  readonly kernels: Kernels;
  /** The most images of a micro-batch (`lanesFor`). Default: {@link microBatchSize}. */
  readonly lanes?: number;
  /** In the mode `'train'` a run is forward and backward, otherwise forward alone. */
  readonly mode: Mode;
  /** What layers draw from, such as dropout: forked for each step, image and layer. Default: a generator of a fixed seed. */
  readonly random?: Random;
  /** Where the gradients are written. Default: an array of their own. */
  readonly gradientValues?: FloatArray;
  /** The parameters whose gradients are written, with their offsets there. Default: all. */
  readonly gradientEntries?: readonly ParameterEntry[];
  /** How pixels are copied into a micro-batch. Default: unchanged. */
  readonly copyImages?: CopyImages | undefined;
  /** The part of each target that is spread evenly over all classes. Default: 0. */
  readonly labelSmoothing?: number;
  /** What sees the same images for a loss that learns from it. Default: nothing. */
  readonly teacher?: TeacherPass | undefined;
  /** Where the loss of each image of the data set is written. Default: nowhere. */
  readonly imageLosses?: Float32Array | undefined;
}

/** The images of one micro-batch, at most {@link microBatchSize}, and the batch that they are a part of. */
export interface MicroBatch {
  /** The images `indices[from]` to `indices[to − 1]`. */
  readonly indices: Uint32Array;
  readonly from: number;
  readonly to: number;
  /** The number of images that the gradients are a mean over. */
  readonly batchSize: number;
  /** The step, counted from 0 over the whole run. */
  readonly step: number;
}

/** The figures of one micro-batch. */
export interface MicroBatchResult {
  /** The sum of the images' losses. */
  lossSum: number;
  /** The number of correctly classified images. */
  correct: number;
}

/** Teachers, prepared for micro-batches (`workers/teacher-pass.ts`). */
export interface TeacherPass {
  /** Where each of them expects the images. */
  readonly inputs: readonly NetworkInput[];
  /** Writes the probabilities of the images in the inputs, `[classes, lanes]`. */
  run(microBatch: Pick<MicroBatch, 'indices' | 'from' | 'to'>, into: FloatArray): void;
}

/** A network and its loss, prepared for micro-batches of a data set. */
export interface MicroBatchPass {
  /** The gradients of the last micro-batch, flat; undefined without training. */
  readonly gradients: FloatArray | undefined;
  /** The predicted class of each image of the last micro-batch. */
  readonly predicted: LabelArray;
  /** The probability of each predicted class, as the loss defines it; not written in training. */
  readonly probability: Float32Array;
  /** `[output, lanes]`: the output as the loss understands it. */
  readonly prediction: FloatArray;
  /** Runs a micro-batch that is the whole batch, as far as layers have to know: {@link load}, operations, {@link result}. */
  run(microBatch: MicroBatch): MicroBatchResult;
  /** Fills in the images and their targets. */
  load(microBatch: MicroBatch): void;
  /** Forward, the loss, and backward in training. */
  readonly operations: readonly Operation[];
  /** The figures of the loaded micro-batch, after all operations. */
  result(): MicroBatchResult;
  /**
   * Binds the pass to where a micro-batch leaves its part of gradients over the whole batch, after all operations.
   *
   * @param into the arrays of each layer, by its path
   */
  prepareLeaving(into: ReadonlyMap<string, Readonly<Record<string, FloatArray>>>): () => void;
  /** What is NaN or infinite after the forward pass, the nearest to the input. */
  nonFinite(): ForwardFinding | undefined;
}

/** Prepares a network for the images of a data set, which {@link checkDataset} has accepted. */
export function prepareMicroBatchPass(options: MicroBatchPassOptions): MicroBatchPass {
  const { network, parameters, dataset, normalization, loss, kernels, mode, labelSmoothing = 0, teacher } = options;
  const {
    imageLosses,
    gradientValues,
    gradientEntries,
    random = seededRandom('layers'),
    lanes = microBatchSize,
  } = options;
  const training = mode === 'train';
  let loaded: MicroBatch = { indices: new Uint32Array(), from: 0, to: 0, batchSize: 0, step: 0 };
  const context = trainingContext({
    kernels,
    dtype: dtypeOf(parameters.values),
    capacity: lanes,
    random,
    // By the image's index in the data set: the same numbers, whichever micro-batch, lane and worker the image is in.
    imageAt: (lane) => loaded.indices[loaded.from + lane],
  });
  const bytes = kernels.allocateBytes(lanes * imageSize(dataset));
  const channels = channelNormalizations('input', normalization, dataset.channels);
  const pass = network.prepare({
    kernels,
    parameters,
    capacity: lanes,
    mode,
    fuse: true,
    pixels: { bytes, channels },
    ...(gradientValues === undefined ? {} : { gradientValues }),
    ...(gradientEntries === undefined ? {} : { gradientEntries }),
    context,
  });
  const lossPass = loss.prepare(pass);
  const { copyImages = plainCopies(dataset) } = options;
  const inputs = [...(pass.takesPixels ? [] : [{ normalization, into: pass.input }]), ...(teacher?.inputs ?? [])];
  const background = pass.takesPixels ? pixelValues(channels[0]).background : undefined;
  const fillInput = microBatchInput({ kernels, image: dataset, inputs, lanes, copyImages, bytes, background });
  const outputs = network.outputShape[0];
  const predicted = labelArray(outputs, lanes);
  const probability = new Float32Array(lanes);
  const figures: MicroBatchResult = { lossSum: 0, correct: 0 };
  const operations: readonly Operation[] = [
    ...pass.forwardOperations,
    { run: () => lossPass.forward() },
    ...(training ? [{ run: () => lossPass.inputGradient() }] : []),
    ...pass.backwardOperations,
  ];
  const runOperations = runAlone(operations);

  function load(microBatch: MicroBatch): void {
    loaded = microBatch;
    const { indices, from, to, batchSize } = microBatch;
    fillInput(indices, from, to);
    gatherTargets({ dataset, indices, from, to, capacity: lanes, into: lossPass.target, labelSmoothing });
    if (lossPass.teacher !== undefined) teacher?.run(microBatch, lossPass.teacher);
    lossPass.imageWeight.fill(0).fill(1 / batchSize, 0, to - from);
    context.step = microBatch.step;
    context.count = to - from;
  }

  function result(): MicroBatchResult {
    const { indices, from, to } = loaded;
    figures.lossSum = 0;
    figures.correct = 0;
    for (let n = 0; n < to - from; n++) {
      const predictedClass = largestIndex(lossPass.prediction, n, { outputs, lanes });
      predicted[n] = predictedClass;
      if (!training) probability[n] = lossPass.prediction[predictedClass * lanes + n];
      figures.lossSum += lossPass.loss[n];
      if (imageLosses !== undefined) imageLosses[indices[from + n]] = lossPass.loss[n];
      if (predictedClass === dataset.labels[indices[from + n]]) figures.correct++;
    }
    return figures;
  }

  function nonFinite(): ForwardFinding | undefined {
    const images = loaded.to - loaded.from;
    const arrays: [what: string, values: FloatArray][] = [
      ['the normalized input', pass.input],
      ...Array.from(everyPass(pass.layers), ([name, { y }]): [string, FloatArray] => [`the output of '${name}'`, y]),
      [`the loss '${loss.description.kind}'`, lossPass.loss],
    ];
    const order = arrays.findIndex(([, values]) =>
      // What is in spare lanes is nobody's.
      values.some((value: number, at: number) => at % lanes < images && !Number.isFinite(value)),
    );
    return order === -1 ? undefined : { order, what: arrays[order][0] };
  }

  return {
    nonFinite,
    prepareLeaving(into) {
      const passes = everyPass(pass.layers);
      const parts = Array.from(into, ([layer, arrays]) => passes.get(layer)?.leave?.(arrays) ?? notLeft(layer));
      return () => {
        for (const leave of parts) leave();
      };
    },
    gradients: pass.gradients?.values,
    predicted,
    probability,
    prediction: lossPass.prediction,
    run(microBatch) {
      load(microBatch);
      runOperations();
      return result();
    },
    load,
    operations,
    result,
  };
}

function notLeft(layer: string): never {
  throw new Error(`${layer}: expected a pass that leaves its part of a gradient over the whole batch, got one without`);
}

/**
 * Refuses images that a network does not take.
 *
 * @throws ShapeError when the images have another size than the network's input, or there are more classes than outputs
 * @example
 * import { imageDataset } from '@longhand/datasets';
 * import { lenet5 } from '@longhand/layers';
 * const dots = imageDataset({ name: 'dots', images: Uint8Array.of(0, 255), labels: Uint8Array.of(0, 1), height: 1, width: 1 });
 * checkDataset(lenet5(), dots); // throws: …
 */
export function checkDataset(network: Network, dataset: ImageDataset): void {
  const expected = formatShape(network.inputShape);
  const got = formatShape([dataset.height, dataset.width, dataset.channels]);
  if (expected !== got) {
    throw new ShapeError(
      `${dataset.name}: expected images ${expected} for this network, got ${got}; train a network for such images`,
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

/** @throws ShapeError when there are more or fewer parameters, or numbers in buffers, than the network has */
export function checkParameters(where: string, network: Network, { values, buffers }: NetworkParameters): void {
  if (values.length !== network.parameterCount) {
    throw new ShapeError(
      `${where}: expected ${network.parameterCount} numbers as parameters of this network, got ${values.length}`,
    );
  }
  if (buffers.length !== network.bufferCount) {
    throw new ShapeError(
      `${where}: expected ${network.bufferCount} numbers in buffers of this network, got ${buffers.length}`,
    );
  }
}

/** The index of the largest entry of image `n` in `[outputs, lanes]`; the first, if several are equal. */
function largestIndex(
  values: FloatArray,
  n: number,
  { outputs, lanes }: { readonly outputs: number; readonly lanes: number },
): number {
  let largest = 0;
  for (let k = 1; k < outputs; k++) {
    if (values[k * lanes + n] > values[largest * lanes + n]) largest = k;
  }
  return largest;
}
