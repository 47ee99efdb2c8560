import { subset } from '@longhand/datasets';
import { dense, flatten, sequential } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, sgd } from '@longhand/optimizers';
import { describe, expect, test } from 'vitest';
import { type LearningRateRangeOptions, learningRateRange } from './learning-rate-range';

const options: LearningRateRangeOptions = {
  network: sequential({ input: [28, 28, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 10 }) } }),
  dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 320 }),
  normalization: mnistNormalization,
  optimizer: adamw({ learningRate: 0.01 }),
  batchSize: 32,
  seed: 1,
  steps: 60,
  threads: 0,
};

describe('the test of a range of learning rates', () => {
  test('has a step for each rate, each the same factor above the one before', async () => {
    const { points } = await learningRateRange({ ...options, from: 1e-4, to: 1e-2, steps: 5 });
    const expected = [1e-4, 10 ** -3.5, 1e-3, 10 ** -2.5, 1e-2];
    expect(points.map(({ learningRate }) => learningRate)).toEqual(expected.map((rate) => expect.closeTo(rate, 10)));
  });

  test('suggests a third of the rate with the lowest loss, between neighbors', async () => {
    const { points, suggestion = Number.NaN } = await learningRateRange(options);
    const lowest = points.toSorted((one, other) => one.smoothed - other.smoothed)[0];
    expect(suggestion).toBe(lowest.learningRate / 3);
    // A layer of 784 inputs learns with thousandths, and not with ones.
    expect(suggestion).toBeGreaterThan(1e-4);
    expect(suggestion).toBeLessThan(0.3);
    const at = points.indexOf(lowest);
    // 60 steps: two neighbors on each side.
    const around = points.slice(at - 2, at + 3).map(({ loss }) => loss);
    expect(lowest.smoothed).toBeCloseTo(around.reduce((sum, loss) => sum + loss, 0) / 5, 12);
  });

  test('ends where the loss has risen far, or numbers are no longer finite', async () => {
    const risen = await learningRateRange({ ...options, to: 1000 });
    expect(risen.points.length).toBeLessThan(60);
    const diverged = await learningRateRange({
      ...options,
      optimizer: sgd({ learningRate: 1 }),
      from: 1e30,
      to: 1e38,
      steps: 40,
    });
    expect(diverged.points.length).toBeLessThan(40);
    expect(diverged.points.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  test('suggests nothing where the loss falls at no rate', async () => {
    const { suggestion } = await learningRateRange({ ...options, from: 1e-9, to: 1e-8, steps: 20, batchSize: 320 });
    expect(suggestion).toBeUndefined();
  });

  test('gives the same figures with workers, and whatever rate the optimizer has', async () => {
    const { points } = await learningRateRange({ ...options, steps: 20 });
    const other = await learningRateRange({ ...options, steps: 20, threads: 2 });
    expect(other.points).toEqual(points);
    const optimizer = adamw({ learningRate: 1 });
    const same = await learningRateRange({ ...options, steps: 20, optimizer });
    expect(same.points.map(({ loss }) => loss.toPrecision(5))).toEqual(points.map(({ loss }) => loss.toPrecision(5)));
  });

  test.each([
    [{ steps: 1 }, /at least two steps from a rate to a higher one, got 1/],
    [{ from: 1, to: 0.1 }, /got 60 from 1 to 0.1/],
    [{ from: -1 }, /from/],
    [{ epochs: 3 }, /epochs/],
  ])('refuses %j', async (wrong, message) => {
    await expect(learningRateRange({ ...options, ...wrong })).rejects.toThrow(message);
  });
});
