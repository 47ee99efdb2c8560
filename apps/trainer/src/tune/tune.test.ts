/** `longhand tune`: a search that is killed anywhere goes on to the same results, with any number of threads; the winner's line. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { subset } from '@longhand/datasets';
import { loadMnist } from '@longhand/mnist/node';
import { Engine } from '@longhand/training';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { Killed, withFault } from '../../testing/disk-faults';
import { at, writeFolder } from '../../testing/test-folder';

/** The engines of the next search; this thread by default. */
const session = vi.hoisted(() => ({ engines: undefined as unknown[] | undefined }));
vi.mock('../command/engine-session', async () => {
  const { sessionInThisThread } = await import('../../testing/command-in-process');
  type Work = Parameters<typeof sessionInThisThread.withEngines>[2];
  return {
    ...sessionInThisThread,
    withEngines: (one: unknown, other: unknown, work: Work) =>
      sessionInThisThread.withEngines(one, other, (engines, interruption) =>
        work((session.engines as typeof engines | undefined) ?? engines, interruption),
      ),
  };
});

const common = ['tune', '--data', 'digits', '--model', 'small.json', '--batch-size', '32', '--validation', '40'];
const search = [...common, '--epochs', '3', '--trials', '4', '--seeds', '2', '--search', 'learning-rate=0.0001..0.1'];

/** The last line of JSON that a search prints, without what a clock says. */
async function resultOf(...options: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await longhand([...options, '--json']);
  expect([code, stderr.match(/error: .*/)?.[0]]).toEqual([0, undefined]);
  return JSON.parse((stdout.trim().split('\n').at(-1) ?? '').replace(/"seconds":[^,}]*/g, '"seconds":0'));
}

beforeAll(() => {
  const part = (split: 'train' | 'test', to: number) => subset(loadMnist({ split }), { from: 0, to });
  writeFolder('digits', part('train', 120), part('test', 24));
  const pool = { kind: 'pool2d', pooling: 'mean', window: 4 };
  const hidden = { name: 'fc1', kind: 'dense', outFeatures: 12 };
  const layers = [pool, 'flatten', hidden, 'relu', { name: 'fc2', kind: 'dense', outFeatures: 10 }];
  writeFileSync(at('small.json'), JSON.stringify({ layers }));
});
beforeEach(() => {
  session.engines = undefined;
  rmSync(at('runs'), { recursive: true, force: true });
});

describe('a search', () => {
  test('finds what was hidden: of rates that learn nothing and one that does, the one', async () => {
    const rates = ['--search', 'learning-rate=0.0000001,0.01,0.00000001', '--learning-rate', '0.000001'];
    const { stdout } = await longhand([...common, '--epochs', '3', '--trials', '4', '--seeds', '2', ...rates]);
    expect(stdout).toMatch(/\nlearning-rate +0\.01 /);
    expect(stdout).toMatch(/\nvalidation accuracy +[\d.]+ % ± [\d.]+ /);
    const [line = ''] = /longhand train .*/.exec(stdout) ?? [];
    for (const words of ['--model small.json', '--learning-rate 0.01', '--data digits']) expect(line).toContain(words);
    expect(line).not.toContain('--validation');
    expect(readFileSync(at('runs/tune/tune.html'), 'utf8')).toContain('<th scope="row">learning-rate</th>');
    expect((await longhand(['runs'])).stdout).toContain('No runs in runs/ yet');
  });

  test('has the same results with any number of threads, and gives them again when it is asked again', async () => {
    const expected = await resultOf(...search);
    expect(readdirSync(at('runs/tune/trials'))).toHaveLength(
      4 + 2 + 2 + (expected.standings as unknown[]).length - 2 + 1,
    );
    const again = await longhand([...search, '--json']);
    expect(again.stdout.trim().split('\n')).toHaveLength(1);
    rmSync(at('runs'), { recursive: true });
    session.engines = [1, 1, 1].map((threads) => new Engine({ threads }));
    expect(await resultOf(...search)).toEqual(expected);
    for (const engine of session.engines as Engine[]) await engine.end();
  });

  test('that is killed before any call to the disk goes on to the same results', async () => {
    const expected = await resultOf(...search);
    const isKilled = (error: unknown): boolean => error instanceof Killed;
    let kills = 0;
    for (let call = 0, isOver = false; !isOver; call += 5) {
      rmSync(at('runs'), { recursive: true, force: true });
      await withFault({ kind: call % 2 === 0 ? 'kill' : 'torn', at: call }, async () => {
        const { code } = await longhand([...search, '--quiet'], isKilled);
        isOver = code === 0;
      });
      if (!isOver) kills++;
      // The lock is of a process that is no more.
      if (existsSync(at('runs/tune/tune.lock'))) writeFileSync(at('runs/tune/tune.lock'), '2147483646 1\n');
      expect(await resultOf(...search), `killed before call ${call}`).toEqual(expected);
      expect(readdirSync(at('runs'))).toEqual(['tune']);
    }
    // Each of nine trials at least takes several calls.
    expect(kills).toBeGreaterThan(5);
  });

  test('of a layer ends with a network file', async () => {
    // As given, the layer is too narrow for ten classes.
    writeFileSync(at('narrow.json'), readFileSync(at('small.json'), 'utf8').replace('12', '1'));
    const narrow = common.map((word) => (word === 'small.json' ? 'narrow.json' : word));
    const widths = ['--search', 'fc1.out-features=16,24', '--learning-rate', '0.02', '--epochs', '4'];
    const { command, standings } = await resultOf(...narrow, ...widths, '--trials', '3', '--seeds', '1');
    const [{ settings }] = standings as { settings: Record<string, number> }[];
    const { layers } = JSON.parse(readFileSync(at('runs/tune/network.json'), 'utf8'));
    expect(command).toContain('longhand train --model runs/tune/network.json --epochs 4');
    expect([16, 24]).toContain(settings['fc1.out-features']);
    expect(layers[2]).toMatchObject({ name: 'fc1', outFeatures: settings['fc1.out-features'] });
  });

  test('with other settings gets a folder of its own, and takes no other’s by name', async () => {
    const short = ['--epochs', '1', '--trials', '2', '--seeds', '1', '--quiet'];
    await longhand([...common, ...short]);
    await longhand([...common, ...short, '--seed', '2']);
    expect(readdirSync(at('runs')).sort()).toEqual(['tune', 'tune-2']);
    const taken = await longhand([...common, ...short, '--seed', '3', '--name', 'tune']);
    expect(taken).toMatchObject({ code: 2, stderr: expect.stringContaining('runs/tune: expected a new search') });
    expect((await longhand([...common, ...short, '--seed', '3', '--name', 'tune', '--force'])).code).toBe(0);
    expect(JSON.parse(readFileSync(at('runs/tune/tune.json'), 'utf8')).settings.seed).toBe(3);
  });
});

test('a result that somebody broke is refused in a line that says what to do', async () => {
  const short = [...common, '--epochs', '1', '--trials', '2', '--seeds', '1', '--quiet'];
  await longhand(short);
  writeFileSync(at('runs/tune/trials/trial-1-epochs-1-seed-0.json'), '{"accuracy":2}');
  expect(await longhand(short)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /trial-1-epochs-1-seed-0\.json: expected .*; remove it, and the trial is made again\n$/,
    ),
  });
});

test.each([
  [['--search', 'fc3.out-features=1,2'], /fc3\.out-features: expected the name of a layer, one of .*fc1.*, got 'fc3'/],
  [['--search', 'fc1.width=1,2'], /fc1\.width: .*width/],
  [['--search', 'fc2.out-features=8..12'], /expected the network to keep its output \[10\], got/],
  [['--search', 'momentum=0.5,0.9'], /expects at least two settings to compare/],
  [
    ['--limit', '9', '--validation', '0.01'],
    /'--validation' expects images to judge by, got none of 9; give more images, or /,
  ],
  [['--validation', '0'], /'--validation' expects images to judge by, got 0/],
  [['--search', 'warm-up=50,60', '--epochs', '1'], /'--warm-up' expects fewer steps/],
])('%j is refused before anything is trained or written', async (options, message) => {
  const { code, stderr } = await longhand([...common, ...options]);
  expect([code, stderr.trim().split('\n').at(-1)]).toEqual([2, expect.stringMatching(message)]);
  expect(existsSync(at('runs'))).toBe(false);
});

describe('the learning rate finder', () => {
  test('draws the loss, and gives the figures as JSON', async () => {
    const finder = ['--find-learning-rate', '--steps', '40'];
    const drawn = await longhand([...common, ...finder]);
    expect(drawn.stdout).toMatch(/^loss by learning rate/);
    expect(drawn.stdout).toMatch(/0\.0001─+0\.001─+0\.01─+0\.1/);
    const [, rate] = /--learning-rate ([\d.]+)/.exec(drawn.stdout) ?? [];
    const { suggestion, points } = JSON.parse((await longhand([...common, ...finder, '--json'])).stdout);
    expect(Number(rate)).toBe(Number(suggestion.toPrecision(2)));
    expect(points[0].learningRate).toBeCloseTo(1e-5, 12);
    expect(existsSync(at('runs'))).toBe(false);
  });
});
