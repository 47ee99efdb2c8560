/** The edge of a digit over a map: on both sides of it, and nowhere else. */
import { expect, test } from 'vitest';
import { outlined } from './outline';

const gray = { height: 4, width: 12, channels: 3, pixels: new Uint8Array(4 * 12 * 3).fill(128) } as const;

test('white where ink ends, black where it begins', () => {
  const { pixels, width } = outlined(gray, { height: 1, width: 3, values: [9, 1, 3] }, 4);
  const row = (y: number) => Array.from({ length: width }, (_, x) => pixels[3 * (y * width + x)]);
  // The border of the picture is one too.
  expect(row(0)).toEqual([255, 255, 255, 255, 0, 128, 128, 128, 128, 128, 128, 128]);
  expect(row(1)).toEqual([255, 128, 128, 255, 0, 128, 128, 128, 128, 128, 128, 128]);
});

test('a digit without ink has no edge, one of another size is refused', () => {
  expect(outlined(gray, { height: 1, width: 3, values: [0, 0, 0] }, 4)).toEqual(gray);
  expect(() => outlined(gray, { height: 1, width: 2, values: [0, 0] }, 4)).toThrow(
    'outlined: expected 8×4 pixels for the digit, got 12×4',
  );
});
