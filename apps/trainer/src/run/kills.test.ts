/**
 * Processes that are killed in earnest, before chosen system calls, over the whole life of a run; and the recipes of what went
 * wrong once. LONGHAND_FAULTS=24000 kills a thousand. Where strace is missing, or may not trace, the tests are skipped aloud.
 *
 * @module-tag exhaustive
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Random, seededRandom } from '@longhand/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, longhand } from '../../testing/built-command';
import { type Ended, lives, RunLives } from '../../testing/run-lives';
import { at, folder } from '../../testing/test-folder';

const kills = Math.ceil(Number(process.env.LONGHAND_FAULTS ?? 240) / 24);
const traces =
  spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=fsync', process.execPath, '-e', '0']).status === 0;
if (!traces)
  console.warn('SKIPPED: processes are not killed at system calls, since strace is missing or may not trace');

const env = { ...process.env, NO_COLOR: '1', LONGHAND_COMMAND: '' };

function run(program: string, options: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(program, options, { cwd: folder, env }, (_, __, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
  });
}

const train = (options: readonly string[]): Promise<Ended> =>
  run(process.execPath, [command, 'train', ...options, '--threads', '1']);

/** Trains, and is killed before the `count`-th of these system calls; `code` is null if it came to that. */
const killedAt = (call: string, count: number, options: readonly string[]): Promise<Ended> =>
  run('strace', [
    ...['-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${count}`],
    ...[process.execPath, command, 'train', ...options, '--threads', '1'],
  ]);

/** The calls that change files, with the most that a life makes of each. */
const callsAndCounts: readonly (readonly [call: string, most: number])[] = [
  ['fsync', 26],
  ['rename', 26],
  ['unlink', 24],
  ['mkdir', 2],
  ['write', 40],
];

function drawn(random: Random): readonly [call: string, count: number] {
  const [call, most] = callsAndCounts[random.integer(callsAndCounts.length)];
  return [call, 1 + random.integer(most)];
}

describe.skipIf(!traces)('a process that is killed', () => {
  const runs = new RunLives(at, train);
  const expected = new Map<string, unknown>();
  beforeAll(async () => {
    await runs.makeFolder();
    for (const life of lives) {
      runs.prepare();
      await train(life.command);
      for (const name of life.runs) expected.set(name, runs.resultsOf(name));
    }
  });

  const timeout = 120_000 + 10_000 * kills;
  test(`${kills} times before a system call costs nothing but the time until the same command or --resume`, {
    timeout,
  }, async () => {
    const random = seededRandom(process.env.LONGHAND_FAULT_SEED ?? 'kills');
    let killed = 0;
    for (let number = 0; number < kills; number++) {
      const life = lives[random.integer(lives.length)];
      const [call, count] = drawn(random);
      runs.prepare();
      const { code } = await killedAt(call, count, life.command);
      if (code === null || code === 137) killed++;
      try {
        await runs.goOn(life, random.integer(2) === 0);
        for (const name of life.runs) {
          expect(runs.resultsOf(name)).toEqual(expected.get(name));
          longhand('runs', name);
          expect(runs.litterOf(name)).toEqual([]);
        }
      } catch (error) {
        throw new Error(`kill ${number}: before ${call} ${count} of train ${life.command.join(' ')}`, { cause: error });
      }
    }
    if (kills > 10) console.info(`${killed} of ${kills} were killed; the others had ended before`);
    expect(killed).toBeGreaterThan(kills / 4);
  });

  test.each([4, 5, 6, 7, 8])(
    'before fsync %i, in its only epoch, leaves a model that is tested and evaluated as one',
    async (count) => {
      const life = { command: [...lives[0].command, '--epochs', '1', '--force'], runs: ['plain'] };
      runs.prepare();
      await killedAt('fsync', count, life.command);
      if (existsSync(at('runs/plain/config.json'))) await train(['--resume', 'plain']);
      else await train(life.command);
      const tested = JSON.parse(longhand('runs', 'plain', '--json').stdout).test;
      const options = ['--data', 'digits', '--json'];
      const evaluated = JSON.parse(longhand('evaluate', 'runs/plain/last.safetensors', ...options).stdout);
      expect([evaluated.loss, evaluated.accuracy]).toEqual([tested.loss, tested.accuracy]);
    },
  );

  test('while it replaces another run is not taken for the other', async () => {
    const [life] = lives.filter(({ runs: [name] }) => name === 'replaced');
    for (let count = 1; count <= 12; count += 2) {
      runs.prepare();
      await killedAt('unlink', count, life.command);
      const seed = JSON.parse(readFileSync(at('runs/replaced/config.json'), 'utf8')).settings.seed;
      const { code, stderr } = await train(['--resume', 'replaced']);
      if (seed === 9) expect(stderr).toContain('but it is finished');
      else if (code === 0) expect(runs.resultsOf('replaced')).toEqual(expected.get('replaced'));
      else expect(stderr).toContain('but it is finished');
    }
  });

  test('before its settings, or before its first checkpoint, is begun again by the same command', async () => {
    const [pupil] = lives.filter(({ runs: [name] }) => name === 'pupil');
    const [several] = lives.filter(({ runs: { length } }) => length > 1);
    for (const life of [pupil, several]) {
      for (const [call, count] of [
        ['mkdir', 1],
        ['rename', 1],
        ['rename', 2],
        ['fsync', 3],
        ['fsync', 4],
        ['fsync', 5],
      ] as const) {
        runs.prepare();
        await killedAt(call, count, life.command);
        const { code, stderr } = await train(life.command);
        // Once there is a checkpoint, the run is resumed.
        if (code !== 0 && life === pupil) expect((await train(['--resume', 'pupil'])).code, stderr).toBe(0);
        for (const name of life.runs) expect(runs.resultsOf(name)).toEqual(expected.get(name));
      }
    }
  });

  test('before its model got its name: whoever opens the run completes it, in one line', async () => {
    const options = [...lives[0].command, '--epochs', '1'];
    const evaluate = ['evaluate', 'runs/plain/last.safetensors', '--data', 'digits', '--json'];
    for (const open of [
      ['runs', 'plain'],
      evaluate,
      ['predict', '--model', 'runs/plain/last.safetensors', 'none.png'],
    ]) {
      runs.prepare();
      // The lock, the settings, the first checkpoint without one before it, that of step 3 with one: then comes the model.
      await killedAt('rename', 7, options);
      expect(existsSync(at('runs/plain/last.safetensors'))).toBe(false);
      const { stderr } = longhand(...open);
      expect(stderr).toMatch(/^note: runs\/plain: completed after an interruption: last\.safetensors\n/);
      expect(readdirSync(at('runs/plain'))).toContain('last.safetensors');
    }
  });

  test('between the two names of a checkpoint goes on from the one before', async () => {
    runs.prepare();
    await killedAt('rename', 6, lives[0].command);
    expect(readdirSync(at('runs/plain')).filter((name) => name.startsWith('checkpoint'))).toEqual([
      'checkpoint.previous.safetensors',
    ]);
    const { code, stderr } = await train(['--resume', 'plain']);
    expect(stderr).toMatch(
      /^note: runs\/plain: completed after an interruption: checkpoint\.safetensors \(the one before it\)\n/,
    );
    expect([code, runs.resultsOf('plain')]).toEqual([0, expected.get('plain')]);
  });
});
