/** Images with their labels, as integers: 60,000 digits are 47 MB this way and 188 MB as float32. Batches are normalized. */
import { formatShape, type Random } from '@longhand/tensor';
import { shuffledIndices } from './batches';
import { bytesOf } from './bytes';
import { DatasetError } from './dataset-error';
import { checkedLabels, classesOf, type LabelArray, labelArray } from './labels';
import { sharedBytes } from './shared-bytes';

/** Images of one size, each with the index of its class. */
export interface ImageDataset {
  /** For messages and records, such as `MNIST train`. */
  readonly name: string;
  /**
   * `[count, height, width, channels]` bytes, row-major: the channels of a pixel side by side, as in a canvas or in a
   * `RasterImage`, in the order red, green, blue.
   */
  readonly images: Uint8Array;
  /** `[count]` integers below `classes`. */
  readonly labels: LabelArray;
  /** The number of images. */
  readonly count: number;
  /** The height of each image, in pixels. */
  readonly height: number;
  /** The width of each image, in pixels. */
  readonly width: number;
  /** The bytes of a pixel: 1 for gray images, 3 for colors. */
  readonly channels: number;
  /** The number of classes. */
  readonly classes: number;
}

/** What an {@link ImageDataset} is made of. */
export interface ImageDatasetParts extends Omit<ImageDataset, 'images' | 'count' | 'channels' | 'classes'> {
  /** Those of a canvas, clamped, are viewed as plain bytes. */
  readonly images: Uint8Array | Uint8ClampedArray;
  /** Default: 1. */
  readonly channels?: number | undefined;
  /** Default: the largest label + 1. */
  readonly classes?: number | undefined;
}

/** Images `from` to `to − 1`. */
export interface IndexRange {
  /** The first index. */
  readonly from: number;
  /** The first index that is not in it. */
  readonly to: number;
}

/**
 * A data set of its parts, checked. The arrays are not copied.
 *
 * @throws DatasetError when images or labels are no bytes, there is no image, the numbers of images and labels differ, or a label
 *   is not below `classes`
 * @example imageDataset({ name: 'dots', images: Uint8Array.of(0, 255), labels: Uint8Array.of(0, 1), height: 1, width: 1 }).count; // 2
 */
export function imageDataset(parts: ImageDatasetParts): ImageDataset {
  const { name, height, width, channels = 1 } = parts;
  const images = bytesOf(name, 'images', parts.images);
  const labels = checkedLabels(name, parts.labels);
  const { classes = classesOf(labels) } = parts;
  const count = labels.length;
  const size = height * width * channels;
  const shape = formatShape(channels === 1 ? [height, width] : [height, width, channels]);
  if (![count, height, width, channels, classes].every((extent) => Number.isSafeInteger(extent) && extent >= 1)) {
    throw new DatasetError(
      `${name}: expected at least one image, row, column and class, got ${count} images of ${shape} in ${classes} classes`,
    );
  }
  if (images.length !== count * size) {
    throw new DatasetError(
      `${name}: expected ${count * size} bytes for ${count} labeled images of ${shape}, got ${images.length}`,
    );
  }
  const invalid = labels.findIndex((label) => label >= classes);
  if (invalid !== -1) {
    throw new DatasetError(
      `${name}: expected labels below ${classes}, got ${labels[invalid]} for image ${invalid}; check the label file`,
    );
  }
  return { name, images, labels, count, height, width, channels, classes };
}

/**
 * The bytes of one image, `[height, width, channels]`: a view, not a copy.
 *
 * @example
 * const dots = imageDataset({ name: 'dots', images: Uint8Array.of(0, 255), labels: Uint8Array.of(0, 1), height: 1, width: 1 });
 * imageAt(dots, 1); // [ 255 ]
 */
export function imageAt(dataset: ImageDataset, index: number): Uint8Array {
  const size = imageSize(dataset);
  return dataset.images.subarray(index * size, (index + 1) * size);
}

/**
 * The bytes of an image.
 *
 * @example imageSize({ height: 32, width: 32, channels: 3 }); // 3072
 */
export function imageSize({ height, width, channels }: Pick<ImageDataset, 'height' | 'width' | 'channels'>): number {
  return height * width * channels;
}

/**
 * Some images of a data set: a view of a range, or copies of the listed ones in the order of the list.
 *
 * @throws DatasetError when nothing is chosen, or an index is out of range
 * @example
 * const dots = imageDataset({ name: 'dots', images: Uint8Array.of(0, 255), labels: Uint8Array.of(0, 1), height: 1, width: 1 });
 * subset(dots, { from: 0, to: 1 }).count; // 1
 * subset(dots, [1, 1, 0]).labels; // [ 1, 1, 0 ]
 */
export function subset(dataset: ImageDataset, chosen: IndexRange | ArrayLike<number>): ImageDataset {
  return 'from' in chosen ? rangeOf(dataset, chosen) : selectionOf(dataset, chosen);
}

/**
 * Splits a data set in two: `count` images drawn at random for validation, the others for training, both in their original
 * order.
 *
 * @throws DatasetError unless each of the two gets an image
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * const [images, labels] = [Uint8Array.of(0, 1, 2, 3), Uint8Array.of(0, 1, 0, 1)];
 * const dots = imageDataset({ name: 'dots', images, labels, height: 1, width: 1 });
 * const { training, validation } = splitValidation(dots, 1, seededRandom(1).fork('validation'));
 * [training.count, validation.count]; // [ 3, 1 ]
 */
export function splitValidation(
  dataset: ImageDataset,
  count: number,
  random: Random,
): { training: ImageDataset; validation: ImageDataset } {
  if (!Number.isInteger(count) || count < 1 || count >= dataset.count) {
    throw new DatasetError(
      `splitValidation: expected from 1 to ${dataset.count - 1} images of ${dataset.name} for validation, got ${count}`,
    );
  }
  const order = shuffledIndices(dataset.count, random);
  const validation = selectionOf(dataset, order.subarray(0, count).sort());
  const training = selectionOf(dataset, order.subarray(count).sort());
  return { training, validation: { ...validation, name: `${dataset.name}, validation` } };
}

/**
 * The images of one data set, then those of another of the same size and classes, with the name of the first.
 *
 * @throws DatasetError when sizes or classes differ
 * @example
 * const dots = imageDataset({ name: 'dots', images: Uint8Array.of(0, 255), labels: Uint8Array.of(0, 1), height: 1, width: 1 });
 * joinedDatasets(dots, dots).labels; // [ 0, 1, 0, 1 ]
 */
export function joinedDatasets(one: ImageDataset, other: ImageDataset): ImageDataset {
  const kindOf = ({ height, width, channels, classes }: ImageDataset): string =>
    `${formatShape([height, width, channels])} in ${classes} classes`;
  if (kindOf(one) !== kindOf(other)) {
    throw new DatasetError(`${other.name}: expected images of ${kindOf(one)}, as in ${one.name}, got ${kindOf(other)}`);
  }
  const images = sharedBytes(one.images.length + other.images.length);
  images.set(one.images);
  images.set(other.images, one.images.length);
  const count = one.count + other.count;
  const labels = labelArray(one.classes, count);
  labels.set(one.labels);
  labels.set(other.labels, one.count);
  return { ...one, images, labels, count };
}

function rangeOf(dataset: ImageDataset, { from, to }: IndexRange): ImageDataset {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > dataset.count) {
    throw new DatasetError(
      `subset: expected a range within the ${dataset.count} images of ${dataset.name}, got ${from} to ${to}`,
    );
  }
  const size = imageSize(dataset);
  return {
    ...dataset,
    images: dataset.images.subarray(from * size, to * size),
    labels: dataset.labels.subarray(from, to),
    count: to - from,
  };
}

function selectionOf(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  const size = imageSize(dataset);
  const count = indices.length;
  if (count === 0) throw new DatasetError(`subset: expected at least one image of ${dataset.name}, got none`);
  const images = sharedBytes(count * size);
  const labels = labelArray(dataset.classes, count);
  for (let k = 0; k < count; k++) {
    const index = indices[k];
    if (!(Number.isInteger(index) && index >= 0 && index < dataset.count)) {
      throw new DatasetError(`subset: expected images below ${dataset.count} of ${dataset.name}, got ${index}`);
    }
    images.set(imageAt(dataset, index), k * size);
    labels[k] = dataset.labels[index];
  }
  return { ...dataset, images, labels, count };
}
