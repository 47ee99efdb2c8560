/** What tells data sets apart wherever they lie. */
import { type ImageDataset, imageAt } from '@longhand/datasets';
import { checksumText, xxHash32 } from './checksum';

/** More images would tell no more data sets apart. */
const MOST_HASHED = 1000;

/**
 * A checksum of a data set: of its size, its labels, and a thousand images from all over it. It is the same in every file format, and
 * no protection against people.
 *
 * @example
 * import { loadMnist } from '@longhand/mnist/node';
 * dataFingerprint(loadMnist({ split: 'test' })).length; // 8 (hexadecimal digits)
 */
export function dataFingerprint(dataset: ImageDataset): string {
  const { count, height, width, channels, labels } = dataset;
  const numbers = Uint32Array.of(count, height, width, channels);
  let hash = xxHash32(new Uint8Array(numbers.buffer));
  const step = Math.max(1, Math.floor(count / MOST_HASHED));
  for (let index = 0; index < count; index += step) {
    hash = xxHash32(imageAt(dataset, index), hash);
    hash = xxHash32(Uint8Array.of(labels[index] & 255, labels[index] >> 8), hash);
  }
  return checksumText(hash);
}
