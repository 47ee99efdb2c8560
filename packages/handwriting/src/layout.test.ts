import { loadMnist } from '@longhand/mnist/node';
import { expect, test } from 'vitest';
import { drawn, imageOf } from '../fixtures/digit-images';
import { centerByMass, fitDigit } from './layout';

test('MNIST’s own test digits, cut out and laid out again, are what they were', () => {
  const digits = loadMnist({ split: 'test' });
  let changed = 0;
  for (let index = 0; index < digits.count; index++) {
    const pixels = imageOf(digits, index);
    const image = { width: 28, height: 28, channels: 1, pixels } as const;
    const small = fitDigit(image, boxOf(pixels));
    expect(Math.max(small.width, small.height)).toBe(20);
    const again = centerByMass(small).pixels;
    if (again.some((value, k) => value !== pixels[k])) changed++;
  }
  // Of 10,000, those whose center of mass lies on the boundary of a pixel.
  expect(changed).toBe(3);
});

test('the aspect ratio is kept', () => {
  const strip = drawn('#'.repeat(40), '#'.repeat(40));
  const { width, height, pixels } = fitDigit(strip, { left: 0, top: 0, right: 40, bottom: 2 });
  expect([width, height, pixels[0]]).toEqual([20, 1, 255]);
  expect(fitDigit(strip, { left: 0, top: 0, right: 1, bottom: 2 })).toMatchObject({ width: 10, height: 20 });
});

function boxOf(pixels: Uint8Array) {
  const inked = [...pixels.keys()].filter((k) => pixels[k] > 0);
  const columns = inked.map((k) => k % 28);
  const rows = inked.map((k) => Math.floor(k / 28));
  return {
    left: Math.min(...columns),
    top: Math.min(...rows),
    right: Math.max(...columns) + 1,
    bottom: Math.max(...rows) + 1,
  };
}
