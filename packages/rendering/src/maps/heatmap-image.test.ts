/** Maps as pixels: every number where it belongs, on one scale, and sheets that lose none. */
import { expect, test } from 'vitest';
import { largestMagnitude } from '../image';
import { heatmapImage } from './heatmap-image';
import { imageGrid } from './image-grid';

const gray = (values: readonly number[], width: number) =>
  heatmapImage({ height: values.length / width, width, values }, { scale: 1, largest: 4, isInk: true });

test('ink is as dark as its part of the largest; each number is a square', () => {
  const { width, height, pixels } = heatmapImage({ height: 1, width: 2, values: [2, 4] }, { scale: 2, isInk: true });
  expect([width, height]).toEqual([4, 2]);
  const row = [128, 128, 128, 128, 128, 128, 0, 0, 0, 0, 0, 0];
  expect([...pixels]).toEqual([...row, ...row]);
});

test('two signs lie on both sides of white', () => {
  const { pixels } = heatmapImage({ height: 1, width: 3, values: [-1, 0, 1] }, { scale: 1 });
  expect([...pixels]).toEqual([180, 83, 10, 255, 255, 255, 31, 87, 195]);
});

test('a scale that is given holds for all; nothing is darker than black', () => {
  expect(largestMagnitude([{ height: 1, width: 2, values: [1, -7] }])).toBe(7);
  expect([...gray([1, 9], 2).pixels]).toEqual([191, 191, 191, 0, 0, 0]);
  expect([...heatmapImage({ height: 1, width: 1, values: [0] }, { scale: 1 }).pixels]).toEqual([255, 255, 255]);
});

test('a sheet has a row for each list, and breaks those that are too long', () => {
  const one = gray([4], 1);
  const sheet = imageGrid([[one], [one, one, one]], { width: 5, gap: 1 });
  const rows = Array.from({ length: sheet.height }, (_, y) =>
    Array.from({ length: sheet.width }, (_, x) => (sheet.pixels[3 * (y * sheet.width + x)] === 0 ? '#' : '.')).join(''),
  );
  expect(rows).toEqual(['.....', '.#...', '.....', '.....', '.....', '.#.#.', '.....', '.#...', '.....']);
});

test('a label stands above its row', () => {
  const [one, wide] = [gray([4], 1), gray([4, 4, 4], 3)];
  const sheet = imageGrid([[one], [one]], { width: 9, gap: 1, labels: [wide] });
  const black = Array.from({ length: sheet.width * sheet.height }, (_, at) => at).filter(
    (at) => sheet.pixels[3 * at] === 0,
  );
  expect([sheet.width, sheet.height]).toEqual([5, 9]);
  expect(black.map((at) => [at % 5, Math.floor(at / 5)])).toEqual([...[1, 2, 3].map((x) => [x, 1]), [1, 3], [1, 7]]);
});

test('numbers that do not fill a map', () => {
  expect(() => heatmapImage({ height: 2, width: 2, values: [1] }, { scale: 1 })).toThrow(
    'heatmapImage: expected 2×2 = 4 numbers, got 1',
  );
});
