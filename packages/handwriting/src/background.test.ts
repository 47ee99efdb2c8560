import { describe, expect, test } from 'vitest';
import { estimateBackground, refineBackground } from './background';
import type { GrayImage } from './gray-image';

function paint(width: number, height: number, grayAt: (x: number, y: number) => number): GrayImage {
  const pixels = Uint8Array.from({ length: width * height }, (_, k) => grayAt(k % width, Math.floor(k / width)));
  return { width, height, channels: 1, pixels };
}

function largestDifference(a: GrayImage, b: GrayImage): number {
  return a.pixels.reduce((most, value, k) => Math.max(most, Math.abs(value - b.pixels[k])), 0);
}

const gradient = paint(120, 90, (x, y) => 240 - x / 2 - y);
const vignetting = paint(120, 90, (x, y) => 230 - ((x - 60) * (x - 60)) / 80 - ((y - 45) * (y - 45)) / 60);
const lamp = paint(120, 90, (x, y) => 150 + 60 / (1 + ((x - 50) * (x - 50) + (y - 40) * (y - 40)) / 900));

describe('estimated from the border', () => {
  test('an illumination gradient and vignetting', () => {
    expect(largestDifference(estimateBackground(gradient), gradient)).toBeLessThanOrEqual(8);
    expect(largestDifference(estimateBackground(vignetting), vignetting)).toBeLessThanOrEqual(15);
  });

  test('a stroke that runs over the edge is removed by the median', () => {
    const crossed = {
      ...gradient,
      pixels: gradient.pixels.map((gray, k) => (k % 120 >= 40 && k % 120 < 46 ? 0 : gray)),
    };
    expect(largestDifference(estimateBackground(crossed), estimateBackground(gradient))).toBeLessThanOrEqual(12);
  });

  test.each([
    [1, 1],
    [1, 40],
    [3, 2],
  ])('an image of %i × %i', (width, height) => {
    const image = paint(width, height, () => 77);
    expect(estimateBackground(image)).toEqual(image);
  });
});

describe('refined by the residual around each pixel', () => {
  test('a lamp in the middle', () => {
    const first = estimateBackground(lamp);
    const refined = refineBackground(lamp, first);
    expect(largestDifference(first, lamp)).toBeGreaterThan(30);
    expect(largestDifference(refined, lamp)).toBeLessThan(20);
  });

  test('ink is masked', () => {
    const inked = { ...gradient, pixels: gradient.pixels.map((gray, k) => (k % 120 > 50 && k % 120 < 60 ? 20 : gray)) };
    expect(largestDifference(refineBackground(inked, gradient), gradient)).toBeLessThanOrEqual(1);
  });
});
