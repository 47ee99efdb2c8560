/** A data set of the two IDX files that MNIST and its relatives come in: one of images, one of labels. */
import { formatShape } from '@longhand/tensor';
import { DatasetError } from './dataset-error';
import type { IdxArray } from './idx';
import { type ImageDataset, imageDataset } from './image-dataset';

/** The contents of two IDX files, and their names for messages. */
export interface IdxPair {
  readonly name: string;
  readonly images: IdxArray;
  readonly imagesFile: string;
  readonly labels: IdxArray;
  readonly labelsFile: string;
  /** The number of classes. Default: the largest label + 1. */
  readonly classes?: number;
}

/**
 * A data set of an image file `[count, height, width]` and a label file `[count]`, both uint8. Nothing is copied.
 *
 * @throws DatasetError when a file has another type or shape, or the counts differ
 * @example
 * imageDatasetOfIdx({ name: 'mine', images: readIdx(a), imagesFile: 'a.idx', labels: readIdx(b), labelsFile: 'b.idx' })
 */
export function imageDatasetOfIdx({ name, images, imagesFile, labels, labelsFile, classes }: IdxPair): ImageDataset {
  const imageBytes = bytesOf(images, 3, `images ([count, height, width])`, imagesFile);
  const labelBytes = labelsOf(labels, labelsFile);
  const [count, height, width] = images.shape;
  if (labelBytes.length !== count) {
    throw new DatasetError(
      `${labelsFile}: expected ${count} labels, one for each image of ${imagesFile}, got ${labelBytes.length}; give files that belong together`,
    );
  }
  return imageDataset({ name, images: imageBytes, labels: labelBytes, height, width, classes });
}

/**
 * The labels of an IDX file.
 *
 * @throws DatasetError when it has another type or shape
 */
export function labelsOf(labels: IdxArray, file: string): Uint8Array {
  return bytesOf(labels, 1, 'labels ([count])', file);
}

function bytesOf({ type, shape, data }: IdxArray, rank: number, content: string, file: string): Uint8Array {
  if (type !== 'uint8' || shape.length !== rank) {
    throw new DatasetError(
      `${file}: expected uint8 ${content}, got ${type} ${formatShape(shape)}; are image and label file exchanged?`,
    );
  }
  return data;
}
