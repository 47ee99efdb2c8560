import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { batchCount, shuffledIndices } from './batches';
import { DatasetError } from './dataset-error';

test('shuffled indices name every image once, in the order of the seed', () => {
  const indices = shuffledIndices(1000, seededRandom(1));
  expect(indices).toBeInstanceOf(Uint32Array);
  expect([...indices].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  expect(indices).toEqual(shuffledIndices(1000, seededRandom(1)));
  expect(indices).not.toEqual(shuffledIndices(1000, seededRandom(2)));
  expect(indices.slice(0, 10)).not.toEqual(Uint32Array.from({ length: 10 }, (_, index) => index));
});

test.each([
  [60000, 128, 469],
  [60000, 100, 600],
  [1, 128, 1],
  [0, 128, 0],
])('%d images in batches of %d are %d', (count, batchSize, batches) => {
  expect(batchCount(count, batchSize)).toBe(batches);
});

test.each([0, -1, 1.5, Number.NaN])('a batch size of %d is refused', (batchSize) => {
  expect(() => batchCount(10, batchSize)).toThrow(
    new DatasetError(`batchCount: expected a batch size of at least 1, got ${batchSize}`),
  );
});
