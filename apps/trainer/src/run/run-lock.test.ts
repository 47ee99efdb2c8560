/** One process trains a run at a time, and what cannot be trained takes nothing away. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { at, longhand, model, quick } from '../../testing/built-command';

const train = (...options: string[]): ReturnType<typeof longhand> => longhand('train', ...quick, '--quiet', ...options);

test('a run that another process is training is left to it', () => {
  expect(train('--name', 'taken')).toMatchObject({ code: 0 });
  const before = readFileSync(at(model('taken')));
  // This process lives, and is another.
  writeFileSync(at('runs', 'taken', 'training.lock'), `${process.pid}\n`);
  const refusal = new RegExp(
    `^error: runs/taken: expected a run that nobody is training, but process ${process.pid} is; [^\n]+\n$`,
  );
  expect(train('--name', 'taken', '--force', '--seed', '2')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(refusal),
  });
  expect(readFileSync(at(model('taken')))).toEqual(before);
  expect(longhand('runs').stdout).toMatch(/\ntaken .* training *\n/);
});

test('who was killed is not waited for', () => {
  // No process has a number as large as this.
  writeFileSync(at('runs', 'taken', 'training.lock'), '2147483646\n');
  expect(train('--name', 'taken', '--force', '--seed', '2')).toMatchObject({ code: 0, stderr: '' });
  expect(longhand('runs').stdout).toMatch(/\ntaken .* finished *\n/);
});

test('a run that cannot begin leaves the one that it would have replaced', () => {
  const before = readFileSync(at(model('taken')));
  const conv = { kind: 'conv2d', outChannels: 100_000, kernel: 5 };
  const layers = [conv, { kind: 'pool2d', pooling: 'max', window: 24 }, 'flatten', { kind: 'dense', outFeatures: 10 }];
  writeFileSync(at('large.json'), JSON.stringify({ layers }));
  const { code, stderr } = train('--name', 'taken', '--force', '--model', 'large.json');
  expect(stderr).toMatch(/^error: [^\n]+ use a smaller network or fewer threads\n$/);
  expect(code).toBe(1);
  expect(readFileSync(at(model('taken')))).toEqual(before);
});
