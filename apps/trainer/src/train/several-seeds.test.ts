/** Mean and deviation over seeds. */
import { expect, test } from 'vitest';
import { longhand, quick } from '../../testing/built-command';
import { spread } from './several-seeds';

test('mean and deviation of a sample', () => {
  const { mean, deviation } = spread([2, 4, 4, 6]);
  expect(mean).toBe(4);
  expect(deviation).toBeCloseTo(1.632993161855452, 14);
  expect(spread([5])).toEqual({ mean: 5, deviation: 0 });
});

test('a run for each seed, and what they reach together', () => {
  const { code, stdout } = longhand('train', ...quick, '--seeds', '2', '--seed', '4', '--json', '--name', 'many');
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const tests = lines.filter(({ event }) => event === 'test');
  expect(tests.map(({ run }) => run)).toEqual(['runs/many-seed-4', 'runs/many-seed-5']);
  const accuracies = tests.map(({ accuracy }) => accuracy);
  expect(lines.at(-1)).toEqual({ event: 'seeds', seeds: 2, accuracies, ...spread(accuracies) });
});
