/**
 * The order of images in an epoch, and the number of batches. A batch is a range of that order; the last one may
 * be short:
 *
 *   for (let from = 0; from < count; from += batchSize) {
 *     const to = Math.min(from + batchSize, count);
 */
import type { Random } from '@longhand/tensor';
import { DatasetError } from './dataset-error';

/**
 * The indices from 0 to `count − 1` in random order, every order equally likely (Fisher–Yates).
 *
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * shuffledIndices(60000, seededRandom(1).fork('epoch 1')).length; // 60000
 */
export function shuffledIndices(count: number, random: Random): Uint32Array {
  return random.shuffle(Uint32Array.from({ length: count }, (_, index) => index));
}

/**
 * The number of batches of an epoch of `count` images, a short last one included.
 *
 * @throws DatasetError when the batch size is not a whole number of at least 1
 * @example batchCount(60000, 128); // 469 (the last of 96)
 */
export function batchCount(count: number, batchSize: number): number {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new DatasetError(`batchCount: expected a batch size of at least 1, got ${batchSize}`);
  }
  return Math.ceil(count / batchSize);
}
