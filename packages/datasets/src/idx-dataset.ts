/** A data set of the two IDX files that MNIST and its relatives come in: one of images, one of labels. */
import { isRecord, kindOf } from '@longhand/schema';
import { formatShape } from '@longhand/tensor';
import { DatasetError } from './dataset-error';
import type { IdxArray } from './idx';
import { type ImageDataset, imageDataset } from './image-dataset';
import { type LabelArray, labelsFrom } from './labels';

/** The contents of two IDX files, and their names for messages. */
export interface IdxPair {
  /** What the data set is called. */
  readonly name: string;
  /** The images, `[count, height, width]` or `[count, height, width, channels]`. */
  readonly images: IdxArray;
  /** The file of the images, for messages. */
  readonly imagesFile: string;
  /** The labels, `[count]`. */
  readonly labels: IdxArray;
  /** The file of the labels, for messages. */
  readonly labelsFile: string;
  /** The number of classes. Default: the largest label + 1. */
  readonly classes?: number;
}

/**
 * A data set of an image file `[count, height, width]`, or `[count, height, width, channels]`, and a label file `[count]`. Images
 * are uint8, labels uint8 or, for more than 256 classes, int16 or int32. Bytes are not copied.
 *
 * @throws DatasetError when a file has another type or shape, or the counts differ
 * @example
 * const images = readIdx(writeIdx({ shape: [2, 1, 1], data: Uint8Array.of(0, 255) }));
 * const labels = readIdx(writeIdx({ shape: [2], data: Uint8Array.of(0, 1) }));
 * imageDatasetOfIdx({ name: 'mine', images, imagesFile: 'a.idx', labels, labelsFile: 'b.idx' }).classes; // 2
 */
export function imageDatasetOfIdx({ name, images, imagesFile, labels, labelsFile, classes }: IdxPair): ImageDataset {
  checkParsed(images, imagesFile);
  const { type, shape, data } = images;
  if (type !== 'uint8' || (shape.length !== 3 && shape.length !== 4)) {
    throw otherContent('uint8 images ([count, height, width])', images, imagesFile);
  }
  const classIndices = labelsOf(labels, labelsFile);
  const [count, height, width, channels] = shape;
  if (classIndices.length !== count) {
    throw new DatasetError(
      `${labelsFile}: expected ${count} labels, one for each image of ${imagesFile}, got ${classIndices.length}; give files that belong together`,
    );
  }
  return imageDataset({ name, images: data, labels: classIndices, height, width, channels, classes });
}

/**
 * The labels of an IDX file.
 *
 * @throws DatasetError when it has another type or shape
 */
export function labelsOf(labels: IdxArray, file: string): LabelArray {
  checkParsed(labels, file);
  const { type, shape, data } = labels;
  if (shape.length === 1) {
    if (type === 'uint8') return data;
    if (type === 'int16' || type === 'int32') return labelsFrom(file, data);
  }
  throw otherContent('uint8 labels ([count])', labels, file);
}

/** Plain JavaScript is told by no compiler that bytes are not yet an array. */
function checkParsed(array: unknown, file: string): void {
  if (isRecord(array) && Array.isArray(array.shape)) return;
  throw new DatasetError(`${file}: expected what readIdx makes of the file, got ${kindOf(array)}`);
}

function otherContent(expected: string, { type, shape }: IdxArray, file: string): DatasetError {
  return new DatasetError(
    `${file}: expected ${expected}, got ${type} ${formatShape(shape)}; are image and label file exchanged?`,
  );
}
