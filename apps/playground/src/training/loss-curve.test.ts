import { expect, test } from 'vitest';
import { LossCurve } from './loss-curve';

/** The curve of a run of 900 steps, three of them to a point, after these losses. */
function curveOf(losses: readonly number[]): LossCurve {
  const curve = new LossCurve(900, 300);
  for (const loss of losses) curve.add(loss);
  return curve;
}

test('a point is the mean of three losses, where the last of them was', () => {
  expect(curveOf([3, 6, 9, 1, 1, 4]).points).toEqual([
    [0.01, 6],
    [0.02, 2],
  ]);
});

test('the last point is of three losses too, so that the end of the curve does not jump', () => {
  expect(curveOf([3, 6, 9, 30]).points).toEqual([
    [0.01, 6],
    [4 / 300, 15],
  ]);
  expect(curveOf([8]).points).toEqual([[1 / 300, 8]]);
  expect(curveOf([8, 4]).points).toEqual([[2 / 300, 6]]);
});

test('a short run has a point for each step', () => {
  const curve = new LossCurve(20, 10);
  for (const loss of [2, 1]) curve.add(loss);
  expect(curve.points).toEqual([
    [0.1, 2],
    [0.2, 1],
  ]);
});
