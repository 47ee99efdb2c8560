/** Scores of small confusion matrices, worked out by hand. */
import { expect, test } from 'vitest';
import { classScores } from './class-scores';

test('precision, recall and F1 of three classes', () => {
  const scores = classScores([
    [8, 2, 0],
    [1, 3, 0],
    [0, 5, 5],
  ]);
  expect(scores[0]).toEqual({ support: 10, predicted: 9, correct: 8, precision: 8 / 9, recall: 0.8, f1: 16 / 19 });
  expect(scores[1]).toEqual({ support: 4, predicted: 10, correct: 3, precision: 0.3, recall: 0.75, f1: 6 / 14 });
  expect(scores[2]).toEqual({ support: 10, predicted: 5, correct: 5, precision: 1, recall: 0.5, f1: 10 / 15 });
});

test('a class without images, never predicted, or neither', () => {
  const scores = classScores([
    [0, 0, 0],
    [2, 0, 0],
    [0, 0, 0],
  ]);
  expect(scores[0]).toEqual({ support: 0, predicted: 2, correct: 0, precision: 0, recall: undefined, f1: 0 });
  expect(scores[1]).toEqual({ support: 2, predicted: 0, correct: 0, precision: undefined, recall: 0, f1: 0 });
  expect(scores[2]).toMatchObject({ precision: undefined, recall: undefined, f1: undefined });
});
