import { describe, expect, test } from 'vitest';
import { closedBackground, localMedian } from './background';
import type { GrayImage } from './gray-image';
import { withoutRules } from './rules';

function paint(width: number, height: number, grayAt: (x: number, y: number) => number): GrayImage {
  const pixels = Uint8Array.from({ length: width * height }, (_, k) => grayAt(k % width, Math.floor(k / width)));
  return { width, height, channels: 1, pixels };
}

const gradient = paint(160, 120, (x, y) => 240 - x / 2 - y / 2);
const lamp = paint(160, 120, (x, y) => 150 + 60 / (1 + ((x - 80) * (x - 80) + (y - 60) * (y - 60)) / 900));
const shade = paint(160, 120, (x, y) => (x + y < 130 ? 230 : 120));
/** A stroke of 6 pixels, and a frame of 2. */
const isInk = (k: number): boolean => {
  const [x, y] = [k % 160, Math.floor(k / 160)];
  return (
    (x > 60 && x <= 66 && y > 30 && y < 90) ||
    (Math.abs(x - 110) < 12 && Math.abs(y - 60) < 12 && Math.abs(x - 110) > 9)
  );
};
const inked = (image: GrayImage): GrayImage => ({
  ...image,
  pixels: image.pixels.map((gray, k) => (isInk(k) ? 20 : gray)),
});

describe('the background of dark ink', () => {
  test.each([
    ['an illumination gradient', gradient],
    ['a lamp', lamp],
    ['the sharp edge of a shadow', shade],
  ])('%s', (_, paper) => {
    const background = closedBackground(inked(paper), withoutRules);
    // The corners that a shadow makes with the border are too narrow for the square.
    const wrong = paper.pixels.filter((level, k) => Math.abs(level - background.pixels[k]) > 12).length;
    expect(wrong / paper.pixels.length).toBeLessThan(0.01);
  });

  test.each([
    [1, 1],
    [1, 40],
    [3, 2],
  ])('an image of %i × %i', (width, height) => {
    const image = paint(width, height, () => 77);
    expect(closedBackground(image, withoutRules)).toEqual(image);
    expect(localMedian(image, 3)).toEqual(image);
  });
});

test('the local median is that of sorted values', () => {
  const image = paint(23, 17, (x, y) => (x * 37 + y * 91 + x * y * 13) % 256);
  const { pixels } = localMedian(image, 4);
  for (let y = 0; y < 17; y++) {
    for (let x = 0; x < 23; x++) {
      const around: number[] = [];
      for (let row = Math.max(0, y - 4); row <= Math.min(16, y + 4); row++) {
        for (let column = Math.max(0, x - 4); column <= Math.min(22, x + 4); column++) {
          around.push(image.pixels[row * 23 + column]);
        }
      }
      const below = around.filter((value) => value < pixels[y * 23 + x]).length;
      const above = around.filter((value) => value > pixels[y * 23 + x]).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(around.length / 2);
    }
  }
});
