/**
 * A model at single images, in the caller's own thread: what it reads them as, what its layers make of them, and what it
 * looks at. For whole data sets there is `evaluate`.
 */
import { DatasetError, gatherImages, imageDataset } from '@longhand/datasets';
import { type Kernels, simdKernels } from '@longhand/kernels';
import { softmaxCrossEntropy } from '@longhand/layers';
import { formatShape, type Shape } from '@longhand/tensor';
import type { Model } from './model-settings';
import { shardSize } from './shard-size';

/** What a layer gave for an image. */
export interface LayerOutput {
  readonly name: string;
  readonly kind: string;
  /** The notes' symbol of it, where the network has one. */
  readonly symbol: string | undefined;
  readonly shape: Shape;
  /** `[...shape]`, row-major. */
  readonly values: Float32Array;
}

export interface ImageReader {
  /** The probability of each class, for each image. */
  read(images: readonly Uint8Array[]): readonly Float32Array[];
  /** What every layer gives for an image, in the network's order. */
  outputsOf(image: Uint8Array): readonly LayerOutput[];
  /**
   * How the score of a class (its output before softmax) grows with each pixel: its gradient at the input, `[height, width]`,
   * per grey level from 0 to 1.
   */
  gradientAt(image: Uint8Array, ofClass: number): Float32Array;
}

/**
 * Prepares a model for single images: `height · width` bytes each, 0 ground and 255 ink, as `prepareDigit` makes them.
 *
 * @param kernels plain vectors unless given
 * @throws DatasetError when an image has another size than the network takes
 * @example imageReader(decodeModel(bytes, file)).read([prepareDigit(picture).image])[0]
 */
export function imageReader(
  { network, parameters, normalization }: Pick<Model, 'network' | 'parameters' | 'normalization'>,
  kernels: Kernels = simdKernels('strict'),
): ImageReader {
  const [height, width] = network.inputShape;
  const own = network.zeros({ kernels });
  own.values.set(parameters.values);
  const pass = network.prepare({ kernels, parameters: own, capacity: shardSize, inputGradient: true });
  const loss = softmaxCrossEntropy().prepare(pass);
  const outputs = network.outputShape[0];

  /** Runs up to a shard of images forward. */
  function run(images: readonly Uint8Array[]): void {
    const pixels = new Uint8Array(images.length * height * width);
    for (const [n, image] of images.entries()) {
      if (image.length !== height * width) {
        throw new DatasetError(
          `image: expected ${height * width} bytes for ${formatShape([height, width])}, got ${image.length}`,
        );
      }
      pixels.set(image, n * height * width);
    }
    const dataset = imageDataset({
      name: 'image',
      images: pixels,
      labels: new Uint8Array(images.length),
      height,
      width,
    });
    const indices = Uint32Array.from(images, (_, n) => n);
    gatherImages({
      dataset,
      indices,
      from: 0,
      to: images.length,
      capacity: shardSize,
      ...normalization,
      into: pass.input,
    });
    pass.forward();
  }

  /** The numbers of one lane. */
  function lane(values: ArrayLike<number>, n: number): Float32Array {
    return Float32Array.from({ length: values.length / shardSize }, (_, at) => values[at * shardSize + n]);
  }

  return {
    read(images) {
      const read: Float32Array[] = [];
      for (let from = 0; from < images.length; from += shardSize) {
        const shard = images.slice(from, from + shardSize);
        run(shard);
        loss.forward();
        for (let n = 0; n < shard.length; n++) read.push(lane(loss.prediction, n));
      }
      return read;
    },
    outputsOf(image) {
      run([image]);
      return network.layers.map(({ name, symbol, outputShape, layer }) => {
        const { y } = pass.layers.get(name) as { y: ArrayLike<number> };
        return { name, kind: layer.description.kind, symbol, shape: outputShape, values: lane(y, 0) };
      });
    },
    gradientAt(image, ofClass) {
      if (!(Number.isInteger(ofClass) && ofClass >= 0 && ofClass < outputs)) {
        throw new DatasetError(`gradientAt: expected a class from 0 to ${outputs - 1}, got ${ofClass}`);
      }
      run([image]);
      pass.dOutput?.fill(0).fill(1, ofClass * shardSize, ofClass * shardSize + 1);
      pass.backward();
      return lane(pass.dInput ?? [], 0).map((value) => value / normalization.deviation);
    },
  };
}

export interface OcclusionOptions {
  readonly image: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly ofClass: number;
  /** The side of the patch that is laid over the image, odd; 5 unless said. */
  readonly patch?: number;
}

/**
 * How sure the reader is of a class when a patch of blank ground hides the surroundings of each pixel, `[height, width]`: low
 * where it looks (Zeiler and Fergus, "Visualizing and understanding convolutional networks", 2014).
 *
 * @example occlusionMap(reader, { image, height: 28, width: 28, ofClass: 7 })
 */
export function occlusionMap(
  reader: Pick<ImageReader, 'read'>,
  { image, height, width, ofClass, patch = 5 }: OcclusionOptions,
): Float32Array {
  const reach = (patch - 1) / 2;
  const hidden = Array.from({ length: height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return image.map((value, place) => {
      const [down, right] = [Math.floor(place / width) - row, (place % width) - column];
      return Math.abs(down) <= reach && Math.abs(right) <= reach ? 0 : value;
    });
  });
  return Float32Array.from(reader.read(hidden), (probabilities) => probabilities[ofClass]);
}
