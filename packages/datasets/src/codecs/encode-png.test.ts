/** What is written is what is read again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RasterImage } from '../image';
import { decodeImage } from './decode-image';
import { encodePng } from './encode-png';
import { encodeAlphaPng, encodeStoredPng } from './png-file';

test('any image comes back to the last pixel', () => {
  const extent = fc.integer({ min: 1, max: 20 });
  const images = fc.record({ width: extent, height: extent, channels: fc.constantFrom(1, 2, 3, 4) }).chain((parts) => {
    const length = parts.width * parts.height * parts.channels;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((pixels) => ({ ...parts, pixels }) as RasterImage);
  });
  fc.assert(
    fc.property(images, (image) => {
      expect(decodeImage(encodePng(image))).toEqual(image);
      expect(decodeImage(encodeStoredPng(image))).toEqual(image);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('what is no image is refused', () => {
  expect(() => encodePng({ width: 2, height: 2, channels: 1, pixels: new Uint8Array(3) })).toThrow(
    'encodePng: expected 4 numbers for 2 × 2 pixels of 1 channels, got 3',
  );
  // Floats would be cut to bytes, almost all of them to zero.
  expect(() => encodePng({ width: 2, height: 1, channels: 1, pixels: Float32Array.of(0.5, 1) as never })).toThrow(
    'encodePng: expected pixels as bytes in a Uint8Array, got a Float32Array; give Uint8Array.from(pixels, (share) => Math.round(255 * share))',
  );
});

test.each([
  [{ width: 0, height: 1, levels: new Uint8Array(0) }, 'expected a width and a height of at least 1 pixel, got 0 × 1'],
  [{ width: 2, height: 1, levels: new Uint8Array(1) }, 'expected 1×2 = 2 levels, got 1'],
  [{ width: 2, height: 1, levels: Uint8Array.of(3, 16) }, 'expected levels from 0 to 15, got 16'],
  [
    { width: 2, height: 1, levels: [3, 15] as never },
    'expected levels as bytes in a Uint8Array, got an Array; give Uint8Array.from(levels)',
  ],
])('%j are no levels of alpha', (image, message) => {
  expect(() => encodeAlphaPng(image)).toThrow(`encodeAlphaPng: ${message}`);
});
