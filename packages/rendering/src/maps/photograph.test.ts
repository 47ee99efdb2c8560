import { expect, test } from 'vitest';
import { photograph } from './photograph';

test('a pixel is the mean of a square; one that fits stays as it is, in three channels', () => {
  const picture = { width: 4, height: 2, channels: 1, pixels: Uint8Array.of(0, 100, 8, 8, 100, 200, 8, 8) } as const;
  expect(photograph(picture, { most: 2 })).toEqual({
    image: { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(100, 100, 100, 8, 8, 8) },
    factor: 2,
  });
  const { image, factor } = photograph(picture, { most: 4 });
  expect([factor, image.width, ...image.pixels.subarray(0, 6)]).toEqual([1, 4, 0, 0, 0, 100, 100, 100]);
});

test('what is transparent is white', () => {
  const picture = { width: 2, height: 1, channels: 4, pixels: Uint8Array.of(9, 8, 7, 255, 1, 1, 1, 0) } as const;
  expect([...photograph(picture, { most: 9 }).image.pixels]).toEqual([9, 8, 7, 255, 255, 255]);
});
