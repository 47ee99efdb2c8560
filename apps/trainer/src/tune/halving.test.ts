import { describe, expect, test } from 'vitest';
import { entering, keyOf, progressOf, rungsOf, standingsOf, type TrialResult } from './halving';

const result = (configuration: number, accuracy: number, more: Partial<TrialResult> = {}): TrialResult => ({
  configuration,
  epochs: 1,
  seed: 0,
  accuracy,
  loss: 0.1,
  seconds: 1,
  ...more,
});
const resultsOf = (...results: TrialResult[]): Map<string, TrialResult> =>
  new Map(results.map((one) => [keyOf(one), one]));

test.each([
  [{ configurations: 27, epochs: 3, seeds: 3 }, '27: 1×1, 9: 3×1, 3: 3×3'],
  [{ configurations: 27, epochs: 2, seeds: 3 }, '27: 1×1, 9: 2×1, 3: 2×3'],
  [{ configurations: 9, epochs: 1, seeds: 1 }, '9: 1×1'],
  [{ configurations: 40, epochs: 10, seeds: 5 }, '40: 1×1, 14: 3×1, 5: 10×1, 2: 10×2, 2: 10×5'],
  [{ configurations: 2, epochs: 5, seeds: 1 }, '2: 1×1, 2: 2×1, 2: 5×1'],
])('the rungs of %j are, as configurations: epochs × seeds, %s', (search, expected) => {
  const rungs = rungsOf(search).map(({ configurations, epochs, seeds }) => `${configurations}: ${epochs}×${seeds}`);
  expect(rungs.join(', ')).toBe(expected);
});

describe('standings', () => {
  const rung = { epochs: 1, seeds: 1, configurations: 4 };

  test('are by accuracy, of equals by loss, of equals by number', () => {
    const results = resultsOf(
      result(0, 0.9),
      result(1, 0.8),
      result(2, 0.9, { loss: 0.05 }),
      { configuration: 3, epochs: 1, seed: 0, accuracy: 0, seconds: 0 },
      result(4, 0.8),
    );
    const order = standingsOf(rung, [0, 1, 2, 3, 4], results)?.map(({ configuration }) => configuration);
    expect(order).toEqual([2, 0, 1, 4, 3]);
  });

  test('are of the means over all seeds, and there are none while a seed is missing', () => {
    const seeds = { ...rung, seeds: 2 };
    const results = resultsOf(result(0, 0.9), result(0, 0.7, { seed: 1 }), result(1, 0.85));
    expect(standingsOf(seeds, [0, 1], results)).toBeUndefined();
    results.set('trial-1-epochs-1-seed-1', result(1, 0.83, { seed: 1 }));
    const [best, other] = standingsOf(seeds, [0, 1], results) ?? [];
    expect([best.configuration, best.accuracy]).toEqual([1, expect.closeTo(0.84, 12)]);
    expect(other.accuracy).toBeCloseTo(0.8, 12);
  });
});

test('the best go on, and the settings as given with them', () => {
  const rung = { epochs: 3, seeds: 1, configurations: 2 };
  const before = [4, 2, 0, 1].map((configuration) => ({ configuration, accuracy: 0, loss: 0, results: [] }));
  expect(entering(rung, before)).toEqual([4, 2, 0]);
  expect(entering(rung, [before[2], ...before])).toEqual([0, 4]);
  expect(entering(rung, undefined)).toEqual([0, 1]);
});

test('a search goes on with the trials that its rung lacks', () => {
  const rungs = rungsOf({ configurations: 3, epochs: 3, seeds: 2 });
  const results = resultsOf(result(0, 0.5), result(2, 0.7));
  expect(progressOf(rungs, results)).toEqual({ finished: [], missing: [{ configuration: 1, epochs: 1, seed: 0 }] });
  results.set('trial-1-epochs-1-seed-0', result(1, 0.6));
  const { finished, missing } = progressOf(rungs, results);
  expect(finished.map(({ standings }) => standings.map(({ configuration }) => configuration))).toEqual([[2, 1, 0]]);
  expect(missing.map(keyOf)).toEqual([2, 1, 0].map((number) => `trial-${number}-epochs-3-seed-0`));
  for (const number of [0, 1, 2]) {
    for (const seed of [0, 1]) {
      const one = result(number, 0.9 - number / 100, { epochs: 3, seed });
      results.set(keyOf(one), one);
    }
  }
  expect(progressOf(rungs, results)).toMatchObject({ finished: { length: 3 }, missing: [] });
});
