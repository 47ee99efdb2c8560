import { expect, test } from 'vitest';
import type { GrayImage } from './gray-image';
import { withoutRules } from './rules';

const [width, height] = [320, 240];
const paint = (levelAt: (x: number, y: number) => number): GrayImage => ({
  width,
  height,
  channels: 1,
  pixels: Uint8Array.from({ length: width * height }, (_, k) => levelAt(k % width, Math.floor(k / width))),
});
/** A slanted stroke of six pixels. */
const isStroke = (x: number, y: number): boolean => y > 60 && y < 180 && Math.abs(x - 200 + y * 0.4) <= 3;
const isRuled = (x: number, y: number, slope = 0): boolean => (((y + Math.round(slope * x)) % 40) + 40) % 40 < 2;
const inkOf = (image: GrayImage, isInk: (x: number, y: number) => boolean): number =>
  image.pixels.filter((value, k) => isInk(k % width, Math.floor(k / width)) && value > 100).length;

test.each([
  ['level', 0],
  ['turned', 0.06],
  ['turned the other way', -0.1],
])('rules go and ink stays: %s', (_, slope) => {
  const stroke = inkOf(
    paint((x, y) => (isStroke(x, y) ? 220 : 0)),
    isStroke,
  );
  for (const level of [60, 120, 220]) {
    const ruled = paint((x, y) => (isStroke(x, y) ? 220 : isRuled(x, y, slope) ? level : 0));
    const { foreground, count } = withoutRules(ruled, 1);
    expect(count).toBeGreaterThanOrEqual(5);
    const isFar = (x: number, y: number): boolean => ![-8, -4, 0, 4, 8].some((by) => isStroke(x + by, y));
    expect(inkOf(foreground, isFar)).toBeLessThan(40);
    // Ink no darker than the rule is bridged.
    expect(inkOf(foreground, isStroke) / stroke).toBeGreaterThan(0.9);
  }
});

test('squares go', () => {
  const squared = paint((x, y) => (isStroke(x, y) ? 230 : x % 24 < 2 || y % 24 < 2 ? 110 : 0));
  const { foreground, count } = withoutRules(squared, 1);
  expect(count).toBeGreaterThan(20);
  expect(inkOf(foreground, (x, y) => !isStroke(x, y) && !isStroke(x + 2, y) && !isStroke(x - 2, y))).toBe(0);
});

test('the straight strokes of a digit are no rules', () => {
  const four = paint((x, y) =>
    (y > 30 && y < 210 && Math.abs(x - 180) < 3) || (Math.abs(y - 140) < 3 && x > 80 && x < 240) ? 200 : 0,
  );
  const { foreground, count } = withoutRules(four, 1);
  expect([count, foreground === four]).toEqual([0, true]);
});
