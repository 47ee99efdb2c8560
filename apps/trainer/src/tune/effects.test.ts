import { expect, test } from 'vitest';
import { effectsOf, type Observation } from './effects';
import type { SearchedSetting } from './search-space';

const space: readonly SearchedSetting[] = [
  { name: 'noise', key: 'noise', values: { kind: 'list', values: ['a', 'b'] } },
  { name: 'pooling', key: 'pooling', values: { kind: 'list', values: ['max', 'mean'] } },
  { name: 'rate', key: 'rate', values: { kind: 'range', from: 1, to: 6, isWhole: true } },
];

/** An accuracy whose error is a power of ten. */
const trial = (pooling: string, noise: string, rate: number, power: number): Observation => ({
  values: { pooling, noise, rate },
  accuracy: 1 - 10 ** -power,
});

test('the share is ε² of the log errors, worked out by hand', () => {
  const trials = [trial('max', 'a', 1, 1), trial('max', 'b', 2, 2), trial('mean', 'a', 3, 3), trial('mean', 'b', 4, 4)];
  const [first, second] = effectsOf(space.slice(0, 2), trials, 1e9);
  // Logs −1, −2, −3, −4, the unit cancels: in all 5, within the groups of pooling ½ + ½, within those of noise 2 + 2.
  expect(first).toMatchObject({ setting: 'pooling', share: expect.closeTo(1 - 1 / 2 / (5 / 3), 9) });
  expect(second).toMatchObject({ setting: 'noise', share: 0 });
  // The geometric mean of the errors 0.1 and 0.01.
  expect(first.groups[0]).toEqual({ name: 'max', trials: 2, accuracy: expect.closeTo(1 - 10 ** -1.5, 9) });
});

test('ranges fall into thirds, with the values that are in them', () => {
  const trials = [3, 1, 2, 6, 5, 4].map((rate) => trial('max', 'a', rate, rate));
  const [{ setting, groups, share }] = effectsOf(space.slice(2), trials, 1e9);
  expect(setting).toBe('rate');
  expect(groups.map(({ name, trials: count }) => `${name} ×${count}`)).toEqual(['1..2 ×2', '3..4 ×2', '5..6 ×2']);
  // In all 17.5, within the thirds three times a half.
  expect(share).toBeCloseTo(1 - 1.5 / 3 / (17.5 / 5), 9);
});

test('too few trials say nothing, and trials without the setting do not count', () => {
  expect(
    effectsOf(space.slice(1, 2), [trial('max', 'a', 1, 1), trial('mean', 'a', 1, 2)], 100)[0].share,
  ).toBeUndefined();
  const others: Observation[] = [{ values: {}, accuracy: 0.5 }, ...Array(3).fill(trial('max', 'a', 1, 1))];
  expect(effectsOf(space.slice(1, 2), others, 100)[0].groups).toMatchObject([{ name: 'max', trials: 3 }]);
});

test('no error at all counts as half an image', () => {
  const perfect: Observation = { values: { pooling: 'max' }, accuracy: 1 };
  expect(effectsOf(space.slice(1, 2), [perfect], 100)[0].groups[0].accuracy).toBeCloseTo(0.995, 12);
});
