import { expect, test } from 'vitest';
import { upright } from './orientation';

/** The eight images that Exif's figure of the orientations shows, of `a b c` above `d e f`. */
test.each([
  [1, ['abc', 'def']],
  [2, ['cba', 'fed']],
  [3, ['fed', 'cba']],
  [4, ['def', 'abc']],
  [5, ['ad', 'be', 'cf']],
  [6, ['da', 'eb', 'fc']],
  [7, ['fc', 'eb', 'da']],
  [8, ['cf', 'be', 'ad']],
] as const)('orientation %i', (orientation, rows) => {
  const image = upright({ width: 3, height: 2, channels: 1, pixels: Buffer.from('abcdef') }, orientation);
  expect(Buffer.from(image.pixels).toString()).toBe(rows.join(''));
  expect([image.width, image.height]).toEqual([rows[0].length, rows.length]);
});

test('the channels of a pixel stay together', () => {
  const pixels = Uint8Array.of(1, 2, 3, 4);
  expect(upright({ width: 2, height: 1, channels: 2, pixels }, 2).pixels).toEqual(Uint8Array.of(3, 4, 1, 2));
});
