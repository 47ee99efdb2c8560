/** Mean and standard deviation over seeds. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, model, quick } from '../../testing/test-folder';
import { spread } from './train-command';

const twoSeeds = ['--seeds', '2', '--seed', '4'];

test('mean and standard deviation of a sample', () => {
  const { mean, deviation } = spread([2, 4, 4, 6]);
  expect(mean).toBe(4);
  expect(deviation).toBeCloseTo(1.632993161855452, 14);
  expect(spread([5])).toEqual({ mean: 5, deviation: 0 });
});

test('a run for each seed, and what they reach together', async () => {
  const { code, stdout } = await longhand(['train', ...quick, ...twoSeeds, '--json', '--name', 'many']);
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const tests = lines.filter(({ event }) => event === 'test');
  expect(tests.map(({ run }) => run)).toEqual(['runs/many-seed-4', 'runs/many-seed-5']);
  for (const { confusion, images, correct } of tests) {
    expect(confusion.flat().reduce((sum: number, count: number) => sum + count, 0)).toBe(images);
    expect(confusion.reduce((sum: number, row: number[], label: number) => sum + row[label], 0)).toBe(correct);
  }
  const accuracies = tests.map(({ accuracy }) => accuracy);
  expect(lines.at(-1)).toEqual({ event: 'seeds', seeds: 2, accuracies, ...spread(accuracies) });
});

test('the same command again takes what is there, and makes what is missing', async () => {
  const first = await longhand(['train', ...quick, '--seeds', '1', '--seed', '4', '--name', 'again']);
  const { code, stdout, stderr } = await longhand(['train', ...quick, ...twoSeeds, '--name', 'again']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^runs\/again-seed-4: there already, [\d.]+ %\n/);
  expect(stdout).toContain('Saved runs/again-seed-5,');
  expect(stdout).not.toContain('Saved runs/again-seed-4,');
  const [, accuracy] = /\n1 seeds?: ([\d.]+) %/.exec(first.stdout) ?? [];
  expect(stdout).toContain(`2 seeds: ${accuracy}, `);
});

test('a name that is taken is found before the first is trained', async () => {
  await longhand(['train', ...quick, '--limit', '16', '--name', 'taken-seed-2']);
  const { code, stderr } = await longhand(['train', ...quick, '--seeds', '2', '--name', 'taken']);
  expect(stderr).toMatch(/^error: runs\/taken-seed-2: expected a new run, but there is one of that name; [^\n]+\n$/);
  expect(code).toBe(2);
  expect(existsSync(at('runs', 'taken-seed-1'))).toBe(false);
});

test('runs of a network of one’s own are called by it, and begin again from what they recorded', async () => {
  writeFileSync(at('mine.json'), JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures: 10 }] }));
  expect(await longhand(['train', ...quick, '--seeds', '1', '--model', 'mine.json'])).toMatchObject({ code: 0 });
  const { settings } = JSON.parse(readFileSync(at('runs/mine-seed-1/config.json'), 'utf8'));
  expect(settings).toMatchObject({ model: 'mine.json' });
  for (const name of ['network', 'activation', 'pooling', 'recipe']) expect(settings).not.toHaveProperty(name);
  await longhand(['train', '--config', 'runs/mine-seed-1/config.json', '--name', 'mine-again']);
  expect(readFileSync(at(model('mine-again')))).toEqual(readFileSync(at(model('mine-seed-1'))));
});

test('seeds that cannot be counted are refused', async () => {
  expect(await longhand(['train', ...quick, '--seeds', '2', '--seed', String(Number.MAX_SAFE_INTEGER)])).toMatchObject({
    code: 2,
    stderr: "error: option '--seeds' expects seeds up to 9007199254740991, got 2 from 9007199254740991\n",
  });
});
