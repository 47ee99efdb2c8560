import { expect, test } from 'vitest';
import { drawn } from '../fixtures/digit-images';
import { seamsOf } from './seams';

test('seams go between strokes, and cross the bridge where they touch', () => {
  const image = drawn(
    '....................',
    '..####........####..',
    '..#..#........#..#..',
    '..#..##########..#..',
    '..#..#........#..#..',
    '..####........####..',
    '....................',
  );
  const seams = seamsOf(image, { step: 5, reach: 2 });
  expect(seams.map(({ middle }) => middle)).toEqual(seams.map(({ middle }) => middle).toSorted((a, b) => a - b));
  const inner = seams.filter(({ middle }) => middle > 6 && middle < 13);
  expect(inner.length).toBeGreaterThan(0);
  for (const { crossings, ink, columns } of inner) {
    expect([crossings, ink, columns.length]).toEqual([1, 1, 7]);
  }
});

test('a seam leans where straight down there would be ink', () => {
  const image = drawn('.....##', '.....##', '...##..', '...##..', '.##....', '.##....');
  const [seam] = seamsOf(image, { step: 3, reach: 3 });
  expect(seam.ink).toBe(0);
});
