/** Images with their labels, as bytes: 60,000 digits are 47 MB this way and 188 MB as float32. Batches are normalized. */
import { formatShape, type Random } from '@longhand/tensor';
import { shuffledIndices } from './batches';
import { bytesOf } from './bytes';
import { DatasetError } from './dataset-error';

/** Gray images of one size, each with the index of its class. */
export interface ImageDataset {
  /** For messages and records, such as `MNIST train`. */
  readonly name: string;
  /** `[count, height, width]` bytes, row-major. */
  readonly images: Uint8Array;
  /** `[count]` numbers below `classes`. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
}

/** What an {@link ImageDataset} is made of. Default of `classes`: the largest label + 1. */
export interface ImageDatasetParts extends Omit<ImageDataset, 'images' | 'count' | 'classes'> {
  /** Those of a canvas, clamped, are viewed as plain bytes. */
  readonly images: Uint8Array | Uint8ClampedArray;
  readonly classes?: number | undefined;
}

/** Images `from` to `to − 1`. */
export interface IndexRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A data set of its parts, checked. The arrays are not copied.
 *
 * @throws DatasetError when images or labels are no bytes, there is no image, the numbers of images and labels differ, or a label
 *   is not below `classes`
 * @example imageDataset({ name: 'dots', images: Uint8Array.of(0, 255), labels: Uint8Array.of(0, 1), height: 1, width: 1 })
 */
export function imageDataset(parts: ImageDatasetParts): ImageDataset {
  const { name, height, width } = parts;
  const images = bytesOf(name, 'images', parts.images);
  const labels = bytesOf(name, 'labels', parts.labels);
  const { classes = classesOf(labels) } = parts;
  const count = labels.length;
  if (![count, height, width, classes].every((extent) => Number.isSafeInteger(extent) && extent >= 1)) {
    throw new DatasetError(
      `${name}: expected at least one image, row, column and class, got ${count} images of ${formatShape([height, width])} in ${classes} classes`,
    );
  }
  if (images.length !== count * height * width) {
    throw new DatasetError(
      `${name}: expected ${count * height * width} bytes for ${count} labeled images of ${formatShape([height, width])}, got ${images.length}`,
    );
  }
  const invalid = labels.findIndex((label) => label >= classes);
  if (invalid !== -1) {
    throw new DatasetError(
      `${name}: expected labels below ${classes}, got ${labels[invalid]} for image ${invalid}; check the label file`,
    );
  }
  return { name, images, labels, count, height, width, classes };
}

/** The least number of classes: the largest label + 1. */
export function classesOf(labels: Uint8Array): number {
  return labels.reduce((largest, label) => Math.max(largest, label), 0) + 1;
}

/**
 * Some images of a data set: a view of a range, or copies of the listed ones in the order of the list.
 *
 * @throws DatasetError when nothing is chosen, or an index is out of range
 * @example subset(digits, { from: 0, to: 1000 })
 */
export function subset(dataset: ImageDataset, chosen: IndexRange | ArrayLike<number>): ImageDataset {
  return 'from' in chosen ? rangeOf(dataset, chosen) : selectionOf(dataset, chosen);
}

/**
 * Splits a data set in two: `count` images drawn at random for validation, the others for training, both in their original
 * order.
 *
 * @throws DatasetError unless each of the two gets an image
 * @example const { training, validation } = splitValidation(digits, 5000, seededRandom(1).fork('validation'))
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

function rangeOf(dataset: ImageDataset, { from, to }: IndexRange): ImageDataset {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to <= from || to > dataset.count) {
    throw new DatasetError(
      `subset: expected a range within the ${dataset.count} images of ${dataset.name}, got ${from} to ${to}`,
    );
  }
  const size = dataset.height * dataset.width;
  return {
    ...dataset,
    images: dataset.images.subarray(from * size, to * size),
    labels: dataset.labels.subarray(from, to),
    count: to - from,
  };
}

function selectionOf(dataset: ImageDataset, indices: ArrayLike<number>): ImageDataset {
  const size = dataset.height * dataset.width;
  const count = indices.length;
  if (count === 0) throw new DatasetError(`subset: expected at least one image of ${dataset.name}, got none`);
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  for (let k = 0; k < count; k++) {
    const index = indices[k];
    if (!(Number.isInteger(index) && index >= 0 && index < dataset.count)) {
      throw new DatasetError(`subset: expected images below ${dataset.count} of ${dataset.name}, got ${index}`);
    }
    images.set(dataset.images.subarray(index * size, (index + 1) * size), k * size);
    labels[k] = dataset.labels[index];
  }
  return { ...dataset, images, labels, count };
}
