/** What is written is what is read again. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RasterImage } from '../image';
import { decodeImage } from './decode-image';
import { encodePng } from './encode-png';

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
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('what is no image is refused', () => {
  expect(() => encodePng({ width: 2, height: 2, channels: 1, pixels: new Uint8Array(3) })).toThrow(
    'encodePng: expected 4 numbers for 2 × 2 pixels of 1 channels, got 3',
  );
});
