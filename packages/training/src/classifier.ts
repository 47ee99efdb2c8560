/**
 * A model applied to single images, in the caller's own thread: class probabilities, the outputs of its layers, the
 * gradient at the pixels (a saliency map), and an occlusion map. For whole data sets there is `evaluate`.
 */
import { bytesOf, channelNormalizations, DatasetError } from '@longhand/datasets';
import { type Kernels, type Releasable, scopedKernels } from '@longhand/kernels';
import { everyLayer, everyPass, outputRange, softmaxCrossEntropy } from '@longhand/layers';
import { formatShape, type Shape } from '@longhand/tensor';
import { calibratedProbabilities } from './calibration';
import { type CopyImages, microBatchInput, microBatchSize } from './micro-batch-input';
import type { Model } from './model-settings';
import { lendKernels } from './workers/memory-stock';

/** The output of a layer for one image. */
export interface LayerOutput {
  /** Its path: `conv1`, `block1.body.conv1`. */
  readonly name: string;
  /** The kind of the layer, or for some what is more telling: `relu`, `max`. */
  readonly kind: string;
  /** Its symbol in the hand examples, such as `C¹`; undefined where the network has none. */
  readonly symbol: string | undefined;
  /** The shape of its output. */
  readonly shape: Shape;
  /** `[...shape]`, row-major. */
  readonly values: Float32Array;
}

/** What a network gives for one image. */
export interface ClassPrediction {
  /** The probability of each class, as {@link Classifier.classify} gives it. */
  readonly probabilities: Float32Array;
  /** The outputs whose softmax is taken, before any temperature; undefined where the network ends with a softmax or a sigmoid. */
  readonly logits: Float32Array | undefined;
}

/** A classifier holds memory until it is released, or forgotten. */
export interface Classifier extends Releasable {
  /**
   * The probability of each class, for each image: the softmax of the network's output, or that output itself where the network
   * ends with a softmax or a sigmoid; with the temperature of the model's calibration, if it has one.
   */
  classify(images: readonly Uint8Array[]): readonly Float32Array[];
  /** The probabilities with the logits that they are made of, for each image, in one pass. */
  predict(images: readonly Uint8Array[]): readonly ClassPrediction[];
  /** The outputs of all layers for one image, in the network's order; those of a block's layers before that of the block. */
  layerOutputs(image: Uint8Array): readonly LayerOutput[];
  /**
   * The gradient of a class's output (its logit, unless the network ends with a softmax or a sigmoid) at the input,
   * `[height, width, channels]`, per level of a byte from 0 to 1: ∂ logit / ∂ pixel.
   */
  inputGradient(image: Uint8Array, classIndex: number): Float32Array;
}

/**
 * Prepares a model for single images `[height, width, channels]`, a byte each. For MNIST's digits that is 0 for the background
 * and 255 for ink, as `prepareDigit` makes them.
 *
 * @param kernels Default: the strict set, shared by all classifiers of this thread.
 * @throws DatasetError when an image has another size than the network's input
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const [probabilities] = classifier(model).classify([new Uint8Array(784)]);
 * probabilities?.length; // 10
 */
export function classifier(
  {
    network,
    parameters,
    normalization,
    calibration,
  }: Pick<Model, 'network' | 'parameters' | 'normalization' | 'calibration'>,
  kernels?: Kernels,
): Classifier {
  const [height, width, channels] = network.inputShape;
  const size = height * width * channels;
  const lent = kernels === undefined ? lendKernels() : { kernels, giveBack() {} };
  const scope = scopedKernels(lent.kernels, 'classifier');
  const own = network.zeros({ kernels: scope });
  own.values.set(parameters.values);
  own.buffers.set(parameters.buffers);
  const pass = network.prepare({
    kernels: scope,
    parameters: own,
    capacity: microBatchSize,
    mode: 'evaluate',
    gradients: true,
    inputGradient: true,
  });
  let batch: readonly Uint8Array[] = [];
  const copyImages: CopyImages = (_indices, _from, _to, into) => {
    for (const [n, image] of batch.entries()) into.set(image, n * size);
  };
  const fillInput = microBatchInput({
    kernels: scope,
    image: { height, width, channels },
    inputs: [{ normalization, into: pass.input }],
    lanes: microBatchSize,
    copyImages,
  });
  const order = Uint32Array.from({ length: microBatchSize }, (_, n) => n);
  // A network that ends with a softmax or a sigmoid gives the probabilities itself.
  const range = outputRange(network)?.range;
  const loss = range === 'softmax' || range === 'sigmoid' ? undefined : softmaxCrossEntropy().prepare(pass);
  const outputs = network.outputShape[0];

  /** Runs up to {@link microBatchSize} images forward. */
  function run(images: readonly Uint8Array[]): void {
    scope.checkInUse();
    for (const image of images) {
      bytesOf('image', 'pixels', image);
      if (image.length !== size) {
        throw new DatasetError(
          `image: expected ${size} bytes for ${formatShape(network.inputShape)}, got ${image.length}`,
        );
      }
    }
    batch = images;
    fillInput(order, 0, images.length);
    pass.forward();
  }

  /** The values of image `n` of a batch. */
  function lane(values: ArrayLike<number>, n: number): Float32Array {
    return Float32Array.from({ length: values.length / microBatchSize }, (_, at) => values[at * microBatchSize + n]);
  }

  function predict(images: readonly Uint8Array[]): ClassPrediction[] {
    const predictions: ClassPrediction[] = [];
    for (let from = 0; from < images.length; from += microBatchSize) {
      const batch = images.slice(from, from + microBatchSize);
      run(batch);
      loss?.forward();
      for (let n = 0; n < batch.length; n++) {
        const own = lane(loss?.prediction ?? pass.output, n);
        predictions.push({
          probabilities: calibration === undefined ? own : calibratedProbabilities(own, calibration),
          logits: loss === undefined ? undefined : lane(pass.output, n),
        });
      }
    }
    return predictions;
  }

  const release = (): void => {
    pass.release();
    scope.release();
    lent.giveBack();
  };
  return {
    release,
    [Symbol.dispose]: release,
    classify: (images) => predict(images).map(({ probabilities }) => probabilities),
    predict,
    layerOutputs(image) {
      run([image]);
      const passes = everyPass(pass.layers);
      return everyLayer(network.layers).map(({ name, symbol, outputShape, layer }) => {
        const { y } = passes.get(name) as { y: ArrayLike<number> };
        return { name, kind: layer.description.kind, symbol, shape: outputShape, values: lane(y, 0) };
      });
    },
    inputGradient(image, classIndex) {
      if (!(Number.isInteger(classIndex) && classIndex >= 0 && classIndex < outputs)) {
        throw new DatasetError(`inputGradient: expected a class from 0 to ${outputs - 1}, got ${classIndex}`);
      }
      run([image]);
      pass.dOutput.fill(0).fill(1, classIndex * microBatchSize, classIndex * microBatchSize + 1);
      pass.backward();
      const deviations = channelNormalizations('inputGradient', normalization, channels).map(({ std }) => std);
      return lane(pass.dInput, 0).map((value, at) => value / deviations[at % channels]);
    },
  };
}

/** The options of {@link occlusionMap}. */
export interface OcclusionOptions {
  /** `[height, width, channels]` bytes. */
  readonly image: Uint8Array;
  /** The height of the image. */
  readonly height: number;
  /** The width of the image. */
  readonly width: number;
  /** The class whose probability is mapped, from 0. */
  readonly classIndex: number;
  /** The side of the hiding patch in pixels, an odd number. Default: 5. */
  readonly patch?: number;
  /** The byte of each channel that the patch is painted with. Default: 0, the background of a digit, for each. */
  readonly paint?: readonly number[];
}

/**
 * The probability of a class while a patch hides the surroundings of each pixel, `[height, width]`: low
 * where the pixels matter (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014).
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const image = new Uint8Array(784);
 * occlusionMap(classifier(model), { image, height: 28, width: 28, classIndex: 7 }).length; // 784
 */
export function occlusionMap(
  classifier: Pick<Classifier, 'classify'>,
  { classIndex, ...options }: OcclusionOptions,
): Float32Array {
  return occlusionMaps(classifier, options)[classIndex] ?? new Float32Array();
}

/**
 * The maps of all classes at the cost of one: every hidden image is classified once.
 *
 * @returns for each class what {@link occlusionMap} gives
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * occlusionMaps(classifier(model), { image: new Uint8Array(784), height: 28, width: 28 }).length; // 10
 */
export function occlusionMaps(
  { classify }: Pick<Classifier, 'classify'>,
  { image, height, width, patch = 5, paint = [] }: Omit<OcclusionOptions, 'classIndex'>,
): readonly Float32Array[] {
  const reach = (patch - 1) / 2;
  const channels = image.length / (height * width);
  const painted = Uint8Array.from({ length: width * channels }, (_, k) => paint[k % channels] ?? 0);
  const hidden = Array.from({ length: height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    const [left, right] = [Math.max(column - reach, 0), Math.min(column + reach + 1, width)];
    const copy = image.slice();
    for (let y = Math.max(row - reach, 0); y < Math.min(row + reach + 1, height); y++) {
      copy.set(painted.subarray(left * channels, right * channels), (y * width + left) * channels);
    }
    return copy;
  });
  const answers = classify(hidden);
  const classes = answers[0]?.length ?? 0;
  return Array.from({ length: classes }, (_, k) => Float32Array.from(answers, (probabilities) => probabilities[k]));
}
