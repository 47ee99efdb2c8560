import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleWidth } from '../text-width';
import { terminalThumbnail } from './terminal-thumbnail';

/** A plus of 8 × 8 points of ink within 12 × 12. */
const pixels = Uint8Array.from({ length: 144 }, (_, at) => {
  const [row, column] = [Math.floor(at / 12), at % 12];
  const inside = Math.min(row, column) >= 2 && Math.max(row, column) < 10;
  return inside && (Math.abs(row - 5.5) < 1 || Math.abs(column - 5.5) < 1) ? 255 : 0;
});
const image = { pixels, height: 12, width: 12 };

test('is what is inked, in braille', () => {
  expect(terminalThumbnail({ ...image, columns: 10, color: false })).toBe(['⣀⣸⣇⣀', '⠉⢹⡏⠉'].join('\n'));
});

test('is coarser in ASCII', () => {
  expect(terminalThumbnail({ ...image, columns: 4, ascii: true, color: false })).toBe(['_oo_', '"**"'].join('\n'));
});

test('is never wider, nor higher than half of that', () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
      fc.integer({ min: 1, max: 20 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      fc.tuple(fc.boolean(), fc.boolean()),
      ([height, width], columns, values, [ascii, color]) => {
        const some = Uint8Array.from([...values.take(height * width)]);
        const lines = terminalThumbnail({ pixels: some, height, width, columns, ascii, color }).split('\n');
        expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(columns);
        expect(lines.length).toBeLessThanOrEqual(Math.ceil(columns / 2));
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('of an image in color: all of it, coarser, and without color the lighter half as dots', () => {
  // The left half is red, the right one white; both are 4 × 4.
  const pixels = Array.from({ length: 32 }, (_, pixel) => (pixel % 8 < 4 ? [200, 0, 0] : [255, 255, 255])).flat();
  const image = { pixels, height: 4, width: 8, channels: 3 };
  expect(terminalThumbnail({ ...image, columns: 4, color: true })).toBe(
    '\u001b[38;5;160;48;5;160m▀▀\u001b[38;5;231;48;5;231m▀▀\u001b[39;49m',
  );
  expect(terminalThumbnail({ ...image, columns: 4, color: false })).toBe('  ⣿⣿');
  // Squares of three pixels do not come out even: those at the edge are no darker.
  const white = { pixels: new Uint8Array(4 * 4 * 3).fill(255), height: 4, width: 4, channels: 3 };
  expect(terminalThumbnail({ ...white, columns: 2, color: true })).toBe(
    terminalThumbnail({ ...white, columns: 3, color: true }),
  );
});
