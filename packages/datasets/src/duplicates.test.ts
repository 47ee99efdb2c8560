/** Images that are there twice. */
import { expect, test } from 'vitest';
import { findDuplicates } from './duplicates';
import { imageDataset } from './image-dataset';

const dataset = (name: string, images: readonly number[], labels: readonly number[]) =>
  imageDataset({
    name,
    images: Uint8Array.from(images),
    labels: Uint8Array.from(labels),
    height: 1,
    width: 2,
    classes: 3,
  });

test('within the parts and in both, with other labels counted', () => {
  const train = dataset('train', [1, 2, 3, 4, 1, 2, 1, 2], [0, 1, 0, 2]);
  const testing = dataset('test', [9, 9, 3, 4, 9, 9], [0, 2, 0]);
  expect(findDuplicates(train, testing)).toEqual({
    train: [
      { index: 2, first: 0 },
      { index: 3, first: 0 },
    ],
    test: [{ index: 2, first: 0 }],
    both: [{ index: 1, first: 1 }],
    // Training image 3 and test image 1.
    otherLabels: 2,
  });
});

test('none, though hashes may be equal', () => {
  const train = dataset('train', [1, 2, 2, 1], [0, 1]);
  expect(findDuplicates(train, dataset('test', [0, 3], [0]))).toEqual({
    train: [],
    test: [],
    both: [],
    otherLabels: 0,
  });
});
