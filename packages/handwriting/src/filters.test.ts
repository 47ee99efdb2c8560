import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawn } from '../fixtures/digit-images';
import { boxOfImage, removeImpulseNoise, resizeArea, smooth } from './filters';
import type { GrayImage } from './gray-image';

test('impulse noise goes, lines of a single pixel stay', () => {
  const salted = drawn('.....#', '.#..#.', '......', '...#..', '####..', '#....#');
  const repaired = drawn('.....#', '....#.', '......', '...#..', '####..', '#.....');
  // The pixel by itself inside, and the one in the corner.
  expect(removeImpulseNoise(salted)).toEqual({ ...repaired, pixels: repaired.pixels });
  expect(removeImpulseNoise({ ...salted, pixels: salted.pixels.map((value) => 255 - value) }).pixels).toEqual(
    repaired.pixels.map((value) => 255 - value),
  );
});

test('smoothing has the weights 1 2 1 in both directions', () => {
  expect(smooth(drawn('...', '.#.', '...')).pixels).toEqual(Uint8Array.of(16, 32, 16, 32, 64, 32, 16, 32, 16));
  const flat: GrayImage = { width: 3, height: 2, channels: 1, pixels: new Uint8Array(6).fill(255) };
  expect(smooth(flat)).toEqual(flat);
});

const side = fc.integer({ min: 1, max: 12 });
const anyImage = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height })
      .map((pixels): GrayImage => ({ width, height, channels: 1, pixels })),
  );

test('each pixel is the mean of its area', () => {
  const pixels = Uint8Array.of(0, 30, 60, 90, 120, 150);
  const image: GrayImage = { width: 3, height: 2, channels: 1, pixels };
  expect(resizeArea(image, { width: 1, height: 1 }).pixels).toEqual(Uint8Array.of(75));
  // Half of the middle column goes to either side.
  expect(resizeArea(image, { width: 2, height: 2 }).pixels).toEqual(Uint8Array.of(10, 50, 100, 140));
  const box = { left: 1, top: 1, right: 3, bottom: 2 };
  expect(resizeArea(image, { width: 4, height: 1, box }).pixels).toEqual(Uint8Array.of(120, 120, 150, 150));
});

test('the mean stays, and nothing changes at the same size', () => {
  fc.assert(
    fc.property(anyImage, side, side, (image, width, height) => {
      const result = resizeArea(image, { width, height });
      expect(Math.abs(mean(result.pixels) - mean(image.pixels))).toBeLessThanOrEqual(0.5);
      expect(resizeArea(image, image).pixels).toEqual(image.pixels);
      expect(resizeArea(image, { width, height, box: boxOfImage(image) })).toEqual(result);
    }),
    { seed: 1, numRuns: 300 },
  );
});

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
