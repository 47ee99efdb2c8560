import { describe, expect, test } from 'vitest';
import type { GrayImage } from './gray-image';
import { type Classify, cutTouching } from './touching';

/** A classifier that knows rings: two strokes in the middle row, and two in the middle column. */
const knowsRings: Classify = (images) =>
  images.map((image) => {
    const runs = (at: (k: number) => number): number =>
      Array.from({ length: 28 }, (_, k) => image[at(k)] >= 100 && (k === 0 || image[at(k - 1)] < 100)).filter(Boolean)
        .length;
    const isRing = runs((k) => 14 * 28 + k) === 2 && runs((k) => k * 28 + 14) === 2;
    return isRing ? [0.99, 0.01] : [0.2, 0.2, 0.2, 0.2, 0.2];
  });

/** Rings with a radius of 30 around these columns. */
function rings(...centers: number[]): GrayImage {
  const [width, height] = [260, 80];
  const pixels = Uint8Array.from({ length: width * height }, (_, k) => {
    const [x, y] = [k % width, Math.floor(k / width)];
    const isInk = centers.some((center) => Math.abs(Math.hypot(x - center, y - 40) - 28) <= 3.5);
    return isInk ? 255 : 0;
  });
  return { width, height, channels: 1, pixels };
}

function group(...centers: number[]) {
  const half = 32;
  const box = {
    left: Math.min(...centers) - half,
    top: 40 - half,
    right: Math.max(...centers) + half,
    bottom: 40 + half,
  };
  return { strokes: rings(...centers), box };
}

describe('rings that touch', () => {
  test.each([
    ['two', [50, 112]],
    ['two that overlap by a stroke', [50, 107]],
  ])('%s', (_, centers) => {
    const pieces = cutTouching(group(...centers), knowsRings);
    expect(pieces).toHaveLength(centers.length);
    for (const [k, { box }] of pieces.entries()) {
      expect(Math.abs((box.left + box.right) / 2 - centers[k])).toBeLessThan(8);
    }
  });

  test('one stays whole, and is the group itself', () => {
    const one = group(50);
    expect(cutTouching(one, knowsRings)).toEqual([{ ...one, isDoubtful: false }]);
  });

  test('what is narrow is not tried', () => {
    const narrow = { strokes: rings(50), box: { left: 30, top: 8, right: 60, bottom: 72 } };
    const never: Classify = () => {
      throw new Error('not asked');
    };
    expect(cutTouching(narrow, never)).toEqual([narrow]);
  });
});
