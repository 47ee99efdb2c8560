/** One process trains a run at a time, and what cannot be trained takes nothing away. */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { command, longhand } from '../../testing/built-command';
import { at, folder, model, quick } from '../../testing/test-folder';

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

// What it refuses is made before: gigabytes.
test('a run that cannot begin leaves the one that it would have replaced', { tags: ['exhaustive'] }, () => {
  const before = readFileSync(at(model('taken')));
  const conv = { kind: 'conv2d', outChannels: 100_000, kernel: 5 };
  const layers = [conv, { kind: 'pool2d', pooling: 'max', window: 24 }, 'flatten', { kind: 'dense', outFeatures: 10 }];
  writeFileSync(at('large.json'), JSON.stringify({ layers }));
  const { code, stderr } = train(
    '--name',
    'taken',
    '--force',
    '--model',
    'large.json',
    '--budget',
    'elements=1e8,multiplyAdds=2e9',
  );
  expect(stderr).toMatch(/^error: [^\n]+ use a smaller network or fewer threads\n$/);
  expect(code).toBe(1);
  expect(readFileSync(at(model('taken')))).toEqual(before);
});

test('of processes that take a lock at once, over and over, one has it, also where the one before was killed', async () => {
  const program = at('lock-contender.mjs');
  const entry = fileURLToPath(new URL('../../testing/lock-contender.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@longhand/source'],
  });
  mkdirSync(at('contended'));
  const lock = at('contended', 'training.lock');
  const contenders = Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, [program, lock, '300']));
  // Each fails where it meets another inside.
  const taken = (await Promise.all(contenders)).map(({ stdout }) => Number(stdout));
  expect(Math.min(...taken)).toBeGreaterThan(0);
  expect(readdirSync(at('contended')).filter((name) => name !== 'training.lock')).toEqual([]);
});

test('two processes that begin a run of one name at once: one trains it, the other is told', async () => {
  for (let round = 0; round < 4; round++) {
    const begin = (): Promise<number | null> =>
      new Promise((resolve) =>
        spawn(process.execPath, [command, 'train', ...quick, '--quiet', '--name', `raced-${round}`], {
          cwd: folder,
        }).on('close', resolve),
      );
    expect((await Promise.all([begin(), begin()])).toSorted()).toEqual([0, 2]);
    const lines = readFileSync(at('runs', `raced-${round}`, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(3);
  }
});
