import { expect, test } from 'vitest';
import type { GrayImage } from './gray-image';
import { islandOf, type Regions, regionsOf, sheetMask, sheetOf } from './sheet';

const [width, height] = [300, 240];
const paint = (levelAt: (x: number, y: number) => number): GrayImage => ({
  width,
  height,
  channels: 1,
  pixels: Uint8Array.from({ length: width * height }, (_, k) => levelAt(k % width, Math.floor(k / width))),
});
const isStroke = (x: number, y: number): boolean => Math.abs(x - 150) < 5 && Math.abs(y - 120) < 40;

const regionAt = (regions: Regions, x: number, y: number): number =>
  regions.labels[Math.floor((y * regions.height) / height) * regions.width + Math.floor((x * regions.width) / width)];

test('a page in uneven light is one region', () => {
  const regions = regionsOf(paint((x, y) => (isStroke(x, y) ? 30 : 220 - x / 4 - y / 8)));
  expect(regions.list.filter(({ area }) => area > 0.06).length).toBe(1);
  expect([islandOf(regions), sheetOf(regions, true)]).toEqual([undefined, undefined]);
});

test('a sheet that is turned on its table', () => {
  const isSheet = (x: number, y: number): boolean =>
    Math.abs(x - 150 + (y - 120) * 0.05) < 100 && Math.abs(y - 120) < 80;
  const regions = regionsOf(paint((x, y) => (isStroke(x, y) ? 30 : isSheet(x, y) ? 215 : 60)));
  const sheet = sheetOf(regions, true) as number;
  const mask = sheetMask(regions, sheet, { width, height });
  expect([mask[60 * width + 150], mask[120 * width + 150], mask[10 * width + 10]]).toEqual([1, 1, 0]);
  expect(islandOf(regions)?.box.left).toBeGreaterThan(40);
});

test('a shadow over the half in which nothing is written', () => {
  const regions = regionsOf(paint((x, y) => (isStroke(x, y) ? 30 : x > 200 ? 110 : 220)));
  expect(sheetOf(regions, true)).toBe(regionAt(regions, 20, 20));
  expect(islandOf(regions)).toBeUndefined();
});
