import { expect, test } from 'vitest';
import { markedCliffs } from './cliff-marks.mjs';

test('less than a quarter of the median of the neighbors is a cliff', () => {
  const values = [
    [40, 40, 40, 40],
    [40, 9.9, 40, 10.1],
    [40, 40, 40, 40],
  ];
  expect(markedCliffs(['a', 5, 'c'], values)).toEqual([
    ['a', '40', '40', '40', '40'],
    ['5', '40', '9.9 !', '40', '10'],
    ['c', '40', '40', '40', '40'],
  ]);
});

test('rows that have nothing in common are no neighbors', () => {
  const values = [
    [900, 900],
    [9, 9],
  ];
  expect(markedCliffs(['a', 'b'], values)[1]).toEqual(['b', '9 !', '9 !']);
  expect(markedCliffs(['a', 'b'], values, { rowsAreNeighbors: false })[1]).toEqual(['b', '9', '9']);
});

test('a figure without neighbors is none', () => {
  expect(markedCliffs(['a'], [[1]])).toEqual([['a', '1']]);
});
