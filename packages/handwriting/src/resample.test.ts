import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resample, wholeOf } from './resample';

const side = fc.integer({ min: 1, max: 12 });
const picture = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height })
      .map((pixels) => ({ width, height, pixels })),
  );

test('each pixel is the mean of its area', () => {
  const pixels = Uint8Array.of(0, 30, 60, 90, 120, 150);
  const image = { width: 3, height: 2, pixels };
  expect(resample(image, { width: 1, height: 1 }).pixels).toEqual(Uint8Array.of(75));
  // Half of the middle column goes to either side.
  expect(resample(image, { width: 2, height: 2 }).pixels).toEqual(Uint8Array.of(10, 50, 100, 140));
  const box = { left: 1, top: 1, right: 3, bottom: 2 };
  expect(resample(image, { width: 4, height: 1, box }).pixels).toEqual(Uint8Array.of(120, 120, 150, 150));
});

test('the mean stays, and nothing changes at the same size', () => {
  fc.assert(
    fc.property(picture, side, side, (image, width, height) => {
      const result = resample(image, { width, height });
      expect(Math.abs(mean(result.pixels) - mean(image.pixels))).toBeLessThanOrEqual(0.5);
      expect(resample(image, image).pixels).toEqual(image.pixels);
      expect(resample(image, { width, height, box: wholeOf(image) })).toEqual(result);
    }),
    { seed: 1, numRuns: 300 },
  );
});

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
