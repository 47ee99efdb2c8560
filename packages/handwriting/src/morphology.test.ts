import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closing, distancesTo } from './morphology';

const [width, height] = [31, 17];
const anyPixels = fc.uint8Array({ minLength: width * height, maxLength: width * height });

/** The closing by its definition: the least of the largest values, in an image that goes on as its border is. */
function naiveClosing(pixels: Uint8Array, radius: number): Uint8Array {
  const level = (x: number, y: number): number =>
    pixels[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)];
  const around = (x: number, y: number, valueAt: (x: number, y: number) => number): number[] => {
    const values: number[] = [];
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) values.push(valueAt(x + dx, y + dy));
    }
    return values;
  };
  return Uint8Array.from({ length: width * height }, (_, k) => {
    const largest = (x: number, y: number): number => Math.max(...around(x, y, level));
    return Math.min(...around(k % width, Math.floor(k / width), largest));
  });
}

test.each([1, 2, 5])('a closing is the least of the largest values: radius %i', (radius) => {
  fc.assert(
    fc.property(anyPixels, (pixels) => {
      const closed = closing({ width, height, channels: 1, pixels }, 2 * radius + 1);
      expect(closed.pixels).toEqual(naiveClosing(pixels, radius));
    }),
    { seed: 1, numRuns: radius === 5 ? 1 : 5 },
  );
});

test('a closing takes strokes away, and leaves wider things and what reaches the border', () => {
  const level = (x: number, y: number): number => (x === 5 || x > 20 || (y < 4 && x > 8) ? 10 : 200);
  const pixels = Uint8Array.from({ length: width * height }, (_, k) => level(k % width, Math.floor(k / width)));
  const closed = closing({ width, height, channels: 1, pixels }, 7).pixels;
  expect(closed).toEqual(pixels.map((value, k) => (k % width === 5 ? 200 : value)));
});

test('distances are those to the nearest target', () => {
  fc.assert(
    fc.property(anyPixels, (pixels) => {
      const isTarget = pixels.map((value) => (value < 8 ? 1 : 0));
      isTarget[40] = 1;
      const targets = [...isTarget.keys()].filter((k) => isTarget[k] === 1);
      const distances = distancesTo(isTarget, width, height);
      distances.forEach((distance, k) => {
        const least = Math.min(
          ...targets.map((at) =>
            Math.hypot((k % width) - (at % width), Math.floor(k / width) - Math.floor(at / width)),
          ),
        );
        expect(distance).toBeCloseTo(least, 4);
      });
    }),
    { seed: 1, numRuns: 10 },
  );
});
