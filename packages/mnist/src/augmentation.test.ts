/** Augmentation of `@longhand/datasets` on real digits: plausible copies, and the same bytes everywhere. */
import { createHash } from 'node:crypto';
import { augmentation, subset } from '@longhand/datasets';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { loadMnist } from './load-mnist';

const [height, width] = [28, 28];
const digits = subset(loadMnist({ split: 'train' }), { from: 0, to: 20 });
const distort = augmentation({ shift: 1.5, rotation: 8, scale: 0.08, shear: 0.1, elastic: 1.5 }).prepare({
  height,
  width,
});

const digit = (index: number): Uint8Array => digits.images.subarray(index * 784, (index + 1) * 784);
const inkOf = (image: Uint8Array): number => image.reduce((sum, byte) => sum + byte, 0);

function distorted(index: number): Uint8Array {
  const into = new Uint8Array(height * width);
  distort(digit(index), 0, into, 0, seededRandom(1).fork(index));
  return into;
}

test('most of the ink stays, and it lies elsewhere', () => {
  for (let index = 0; index < digits.count; index++) {
    const copy = distorted(index);
    expect(inkOf(copy) / inkOf(digit(index))).toBeGreaterThan(0.7);
    expect(inkOf(copy) / inkOf(digit(index))).toBeLessThan(1.4);
    expect(copy).not.toEqual(digit(index));
  }
});

test('the same bytes on any machine', () => {
  const hash = createHash('sha256');
  for (let index = 0; index < digits.count; index++) hash.update(distorted(index));
  expect(hash.digest('hex')).toMatchInlineSnapshot(
    `"7b2dd091f35c53b3112bc6d268a81f66a5b0e7bfed63badeb103593849c959c0"`,
  );
});
