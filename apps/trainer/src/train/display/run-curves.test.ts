import type { TrainingProgress } from '@longhand/training';
import { expect, test } from 'vitest';
import { RunCurves } from './run-curves';
import type { FinishedEpoch } from './training-display';

/** Batches of ten; `correct` is counted over the epoch so far. */
const at = (epoch: number, step: number, correct: number, batchLoss = 1, stepsPerEpoch = 4): TrainingProgress =>
  ({
    epoch,
    epochs: 2,
    step,
    stepsPerEpoch,
    images: 10 * step,
    accuracy: correct / (10 * step),
    batchLoss,
  }) as TrainingProgress;

test('have a point for every step of a short run', () => {
  const curves = new RunCurves(2);
  curves.step(at(1, 1, 5, 2));
  curves.step(at(1, 2, 11, 1));
  expect(curves.state.loss).toEqual([
    [0.25, 2],
    [0.5, 1],
  ]);
  expect(curves.state.accuracy.map(([, accuracy]) => accuracy)).toEqual([expect.closeTo(0.5), expect.closeTo(0.6)]);
  curves.step(at(1, 3, 11));
  curves.step(at(1, 4, 11));
  curves.step(at(2, 1, 9));
  expect(curves.state.accuracy.at(-1)).toEqual([1.25, expect.closeTo(0.9)]);
});

test('have means of several steps of a long one, and end with each epoch', () => {
  const curves = new RunCurves(2);
  // 2000 steps: a point for every five.
  for (let step = 1; step <= 6; step++) curves.step(at(1, step, step, step, 1000));
  expect(curves.state.loss).toEqual([[0.005, 3]]);
  for (let step = 998; step <= 1000; step++) curves.step(at(1, step, step, step, 1000));
  expect(curves.state.loss.at(-1)?.[0]).toBe(1);
});

test('begin with the second step where a run goes on in the middle of an epoch', () => {
  const curves = new RunCurves(2);
  curves.step(at(2, 2, 18));
  expect(curves.state.accuracy).toEqual([]);
  curves.step(at(2, 3, 26));
  expect(curves.state.accuracy).toEqual([[1.75, expect.closeTo(0.8)]]);
});

test('of the validation split have a point for each epoch', () => {
  const curves = new RunCurves(2);
  curves.epoch({ epoch: 1 } as FinishedEpoch);
  expect(curves.state.validationLoss).toEqual([]);
  curves.epoch({ epoch: 2, validation: { loss: 0.5, accuracy: 0.9, best: true } } as FinishedEpoch);
  expect(curves.state.validationLoss).toEqual([[2, 0.5]]);
  expect(curves.state.validationAccuracy).toEqual([[2, 0.9]]);
});

test('go on from what a run had come to before', () => {
  const epoch = { epoch: 1, accuracy: 0.7, validation: { loss: 0.5, accuracy: 0.9, best: true } } as FinishedEpoch;
  const curves = new RunCurves(2, {
    epochs: [epoch],
    losses: [
      [0.5, 2],
      [1, 1],
    ],
  });
  expect(curves.state.loss).toEqual([
    [0.5, 2],
    [1, 1],
  ]);
  expect(curves.state.accuracy).toEqual([[0.5, 0.7]]);
  expect(curves.state.validationAccuracy).toEqual([[1, 0.9]]);
  curves.step(at(2, 1, 9));
  expect(curves.state.loss.at(-1)).toEqual([1.25, 1]);
});
