/**
 * A run survives whatever happens to the process and to the disk: some thirty faults at random calls of the life of a run, from
 * its first file to its report. After each, the same command or `--resume` gives the bytes and figures of a run that nothing
 * happened to. LONGHAND_FAULTS=10000 tries more of them. The processes are killed in earnest in `kills.test.ts`.
 */
import { type Random, seededRandom } from '@longhand/tensor';
import { beforeAll, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { abandon, type Fault, faultKinds, Killed, withFault } from '../../testing/disk-faults';
import { lives, RunLives } from '../../testing/run-lives';
import { at } from '../../testing/test-folder';

vi.mock(
  '../command/engine-session',
  async () => (await import('../../testing/command-in-process')).sessionInThisThread,
);

const faults = Number(process.env.LONGHAND_FAULTS ?? 30);
const isFault = (error: unknown): boolean => error instanceof Killed;
const train = (options: readonly string[]) => longhand(['train', ...options], isFault);
const folder = new RunLives(at, train);

beforeAll(() => folder.makeFolder());

const timeout = 120_000 + 1000 * faults;

test(`${faults} faults at random calls cost nothing but the time until the same command or --resume`, {
  timeout,
}, async () => {
  const random = seededRandom(process.env.LONGHAND_FAULT_SEED ?? 'faults');
  const expected = new Map<string, unknown>();
  const calls: number[] = [];
  for (const { command, runs } of lives) {
    folder.prepare();
    calls.push((await withFault(undefined, async () => void (await train(command)))).calls);
    for (const run of runs) expected.set(run, folder.resultsOf(run));
  }
  for (let number = 0; number < faults; number++) {
    const at = random.integer(lives.length);
    const life = lives[at];
    const fault = drawn(random, calls[at]);
    const title = `fault ${number}: ${fault.kind} at call ${fault.at} of train ${life.command.join(' ')}`;
    folder.prepare();
    try {
      const first = await withFault(fault, async () => {
        const { stderr } = await train(life.command);
        expect(stderr).not.toContain('unexpected failure');
      });
      if (first.failure !== undefined && !isFault(first.failure)) throw first.failure;
      abandon('runs');
      // Sometimes the process that goes on is killed too.
      if (random.integer(4) === 0) {
        await withFault(drawn(random, calls[at]), () => folder.goOn(life, random.integer(2) === 0));
        abandon('runs');
      }
      if (random.integer(3) === 0) {
        const { code, stderr } = await longhand(['runs']);
        expect(stderr).not.toContain('unexpected');
        expect(code).toBe(0);
      }
      await folder.goOn(life, random.integer(2) === 0);
      for (const run of life.runs) {
        await longhand(['runs', run]);
        expect(folder.resultsOf(run)).toEqual(expected.get(run));
        expect(folder.litterOf(run)).toEqual([]);
      }
    } catch (error) {
      throw new Error(title, { cause: error });
    }
  }
});

function drawn(random: Random, calls: number): Fault {
  // Most processes are killed; full disks and failing ones are rarer.
  const kind = random.integer(2) === 0 ? 'kill' : faultKinds[random.integer(faultKinds.length)];
  return { kind, at: random.integer(calls) };
}
