/** The pixels of a micro-batch as normalized numbers, images side by side, as kernels and layers take them. */
import { channelNormalizations, type ImageDataset, imageSize, type Normalization } from '@longhand/datasets';
import { fewImages, type Kernels, normalizeGeometry } from '@longhand/kernels';
import type { LayerDescription, Network } from '@longhand/layers';
import { isBuiltIn } from '@longhand/schema';
import type { FloatArray } from '@longhand/tensor';

/**
 * How many images a micro-batch has: one for each lane of the vector kernels. The sums of a step are rounded in an order
 * that depends on it, so it is a constant and no option.
 */
export const microBatchSize = 16;

/** The layers whose kernels take eight images as they are. */
const smallKinds: readonly string[] = [
  'flatten',
  'reshape',
  'dense',
  'activation',
  'softmax',
  'dropout',
] satisfies readonly LayerDescription['kind'][];

/**
 * The lanes of a micro-batch's arrays: half of {@link microBatchSize} where a batch has no more images and all layers gain by it. Spare
 * lanes add zeros to every sum, so the results have the same bits either way.
 *
 * @param networks all that see the images
 * @param images those of the largest batch
 */
export function lanesFor(networks: readonly Network[], images: number): number {
  const halves = networks.every(({ layers }) =>
    layers.every(({ layer }) => isBuiltIn(layer) && smallKinds.includes(layer.description.kind)),
  );
  return images <= fewImages && halves ? fewImages : microBatchSize;
}

/** The input of a network's pass. */
export interface NetworkInput {
  readonly normalization: Normalization;
  /** `[height, width, channels, lanes]`, to be filled. */
  readonly into: FloatArray;
}

/** Fills the input of each pass with the images `indices[from]` to `indices[to − 1]`; lanes without an image become zero. */
export type FillInput = (indices: Uint32Array, from: number, to: number) => void;

/** Writes the bytes of the images `indices[from]` to `indices[to − 1]` into an array, one after another: as they are, or changed. */
export type CopyImages = (indices: Uint32Array, from: number, to: number, into: Uint8Array) => void;

export interface MicroBatchInputOptions {
  readonly kernels: Kernels;
  readonly image: Pick<ImageDataset, 'height' | 'width' | 'channels'>;
  /** All of them get the same images, each as it normalizes them. */
  readonly inputs: readonly NetworkInput[];
  readonly lanes: number;
  readonly copyImages: CopyImages;
  /** Where the bytes go, `[lanes, height, width, channels]`. Default: to an array of their own. */
  readonly bytes?: Uint8Array;
  /** What the bytes of lanes without an image become. Default: they stay what they were. */
  readonly background?: number | undefined;
}

export function microBatchInput(options: MicroBatchInputOptions): FillInput {
  const { kernels, image, inputs, lanes, copyImages, background } = options;
  const { height, width } = image;
  const size = imageSize(image);
  const { bytes = kernels.allocateBytes(lanes * size) } = options;
  const normalize = inputs.map(({ normalization, into }) => {
    const channels = channelNormalizations('input', normalization, image.channels);
    const geometry = normalizeGeometry('input', { batch: lanes, pixels: height * width, channels });
    return kernels.prepare('normalize', geometry, { x: bytes, y: into });
  });
  return (indices, from, to) => {
    const count = to - from;
    copyImages(indices, from, to, bytes);
    if (background !== undefined) bytes.fill(background, count * size);
    for (const [at, { into }] of inputs.entries()) {
      normalize[at]();
      // A zero byte does not become the number 0: unused lanes, in the last micro-batch of a batch, are cleared here.
      for (let n = count; n < lanes; n++) {
        for (let entry = n; entry < into.length; entry += lanes) into[entry] = 0;
      }
    }
  };
}

/** The bytes of a data set as they are: images that are neighbors there, as in an evaluation, at once. */
export function plainCopies(dataset: ImageDataset): CopyImages {
  const { images } = dataset;
  const size = imageSize(dataset);
  return (indices, from, to, into) => {
    let n = from;
    while (n < to) {
      const first = n;
      do n++;
      while (n < to && indices[n] === indices[n - 1] + 1);
      const begin = indices[first] * size;
      into.set(images.subarray(begin, begin + (n - first) * size), (first - from) * size);
    }
  };
}
