/** Labels: the index of each image's class, in the narrowest integers that have room for it. */
import { bytesOf } from './bytes';
import { DatasetError } from './dataset-error';

/** Class indices. A byte each is enough for 256 classes. */
export type LabelArray = Uint8Array | Uint16Array | Uint32Array;

/**
 * Zeroed labels for so many classes, in the narrowest type: bytes up to 256 classes.
 *
 * @example labelArray(300, 60000) instanceof Uint16Array; // true
 */
export function labelArray(classes: number, count: number): LabelArray {
  if (classes <= 2 ** 8) return new Uint8Array(count);
  return classes <= 2 ** 16 ? new Uint16Array(count) : new Uint32Array(count);
}

/**
 * Labels of any integers, in the narrowest type.
 *
 * @param where their source, for messages
 * @throws DatasetError when one is no class index: negative, or not an integer
 * @example labelsFrom('labels.idx', [0, 299, 7]); // [ 0, 299, 7 ] (a Uint16Array)
 */
export function labelsFrom(where: string, numbers: ArrayLike<number>): LabelArray {
  let largest = 0;
  for (let k = 0; k < numbers.length; k++) {
    const number = numbers[k];
    if (!(Number.isInteger(number) && number >= 0 && number < 2 ** 32)) {
      throw new DatasetError(`${where}: expected labels that count classes from 0, got ${number} for image ${k}`);
    }
    largest = Math.max(largest, number);
  }
  const labels = labelArray(largest + 1, numbers.length);
  labels.set(numbers);
  return labels;
}

/**
 * Labels as they are, if they are of a type that class indices have.
 *
 * @param where the data set's name, for messages
 * @throws DatasetError for lists and any other numbers
 */
export function checkedLabels(where: string, given: unknown): LabelArray {
  if (given instanceof Uint16Array || given instanceof Uint32Array) return given;
  return bytesOf(where, 'labels', given);
}

/** The least number of classes: the largest label + 1. */
export function classesOf(labels: LabelArray): number {
  let largest = 0;
  for (let k = 0; k < labels.length; k++) largest = Math.max(largest, labels[k]);
  return largest + 1;
}
