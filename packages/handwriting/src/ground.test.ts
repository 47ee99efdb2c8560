import { describe, expect, test } from 'vitest';
import type { GreyImage } from './gray-image';
import { groundOf } from './ground';
import { correctedGround } from './ground-correction';

function paint(width: number, height: number, greyAt: (x: number, y: number) => number): GreyImage {
  const pixels = Uint8Array.from({ length: width * height }, (_, k) => greyAt(k % width, Math.floor(k / width)));
  return { width, height, pixels };
}

function farthest(a: GreyImage, b: GreyImage): number {
  return a.pixels.reduce((most, value, k) => Math.max(most, Math.abs(value - b.pixels[k])), 0);
}

const slanting = paint(120, 90, (x, y) => 240 - x / 2 - y);
const darkCorners = paint(120, 90, (x, y) => 230 - ((x - 60) * (x - 60)) / 80 - ((y - 45) * (y - 45)) / 60);
const lamp = paint(120, 90, (x, y) => 150 + 60 / (1 + ((x - 50) * (x - 50) + (y - 40) * (y - 40)) / 900));

describe('from the border', () => {
  test('slanting light and dark corners', () => {
    expect(farthest(groundOf(slanting), slanting)).toBeLessThanOrEqual(8);
    expect(farthest(groundOf(darkCorners), darkCorners)).toBeLessThanOrEqual(15);
  });

  test('a stroke that runs over the edge is outvoted', () => {
    const crossed = {
      ...slanting,
      pixels: slanting.pixels.map((grey, k) => (k % 120 >= 40 && k % 120 < 46 ? 0 : grey)),
    };
    expect(farthest(groundOf(crossed), groundOf(slanting))).toBeLessThanOrEqual(12);
  });

  test.each([
    [1, 1],
    [1, 40],
    [3, 2],
  ])('a picture of %i × %i', (width, height) => {
    const image = paint(width, height, () => 77);
    expect(groundOf(image)).toEqual(image);
  });
});

describe('corrected by what lies around', () => {
  test('a lamp in the middle', () => {
    const first = groundOf(lamp);
    const corrected = correctedGround(lamp, first);
    expect(farthest(first, lamp)).toBeGreaterThan(30);
    expect(farthest(corrected, lamp)).toBeLessThan(20);
  });

  test('ink is left out', () => {
    const inked = { ...slanting, pixels: slanting.pixels.map((grey, k) => (k % 120 > 50 && k % 120 < 60 ? 20 : grey)) };
    expect(farthest(correctedGround(inked, slanting), slanting)).toBeLessThanOrEqual(1);
  });
});
