import { loadMnist } from '@longhand/mnist/node';
import { expect, test } from 'vitest';
import { drawn, imageOf } from '../fixtures/digit-images';
import { alreadyPrepared } from './already-prepared';
import { segmentDigits } from './characters';
import { prepareDigit } from './prepare-digit';

const digits = loadMnist({ split: 'test' });

test('MNIST’s own test digits are taken as they are, white on black and black on white', () => {
  let unchanged = 0;
  for (let index = 0; index < digits.count; index++) {
    const pixels = imageOf(digits, index);
    const picture = { width: 28, height: 28, channels: 1, pixels } as const;
    const inverted = { ...picture, pixels: pixels.map((level) => 255 - level) };
    const [white, black] = [prepareDigit(picture), prepareDigit(inverted)];
    const isSame = [white, black].every(({ image, row }) => row.length === 1 && image.every((v, k) => v === pixels[k]));
    if (isSame && !white.darkOnLight && black.darkOnLight) unchanged++;
  }
  expect(unchanged).toBe(10_000);
  const one = { width: 28, height: 28, channels: 1, pixels: imageOf(digits, 0) } as const;
  expect(segmentDigits(one).map(({ image }) => image)).toEqual([prepareDigit(one).image]);
});

test('other pictures are not: of another size, off the middle, noisy', () => {
  const pixels = imageOf(digits, 0);
  expect(alreadyPrepared(drawn('#.', '.#'))).toBeUndefined();
  const moved = new Uint8Array(784);
  moved.set(pixels.subarray(0, 784 - 56), 56);
  expect(alreadyPrepared({ width: 28, height: 28, channels: 1, pixels: moved })).toBeUndefined();
  const noisy = pixels.slice();
  noisy[30] = 3;
  expect(alreadyPrepared({ width: 28, height: 28, channels: 1, pixels: noisy })).toBeUndefined();
});
