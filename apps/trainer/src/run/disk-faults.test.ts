/**
 * A run survives whatever happens to the process and to the disk: a few hundred faults at random calls of the life of a run, from
 * its first file to its report. After each, the same command or `--resume` gives the bytes and figures of a run that nothing
 * happened to. LONGHAND_FAULTS=10000 tries more of them.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { subset } from '@longhand/datasets';
import { writeIdxFile } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { type Random, seededRandom } from '@longhand/tensor';
import { xxHash32 } from '@longhand/training';
import { beforeAll, expect, test, vi } from 'vitest';
import { at, longhand } from '../../testing/command-in-process';
import { abandon, type Fault, faultKinds, Killed, withFault } from '../../testing/disk-faults';

vi.mock(
  '../command/engine-session',
  async () => (await import('../../testing/command-in-process')).sessionInThisThread,
);

const faults = Number(process.env.LONGHAND_FAULTS ?? 240);

/** Commands over the whole life of runs: their names, and what was there before. */
const common = ['--data-dir', 'digits', '--model', 'pooled.json', '--epochs', '2', '--batch-size', '16', '--quiet'];
const lives: readonly { readonly command: readonly string[]; readonly runs: readonly string[] }[] = [
  { command: [...common, '--name', 'plain', '--checkpoint-every', '3'], runs: ['plain'] },
  { command: [...common, '--name', 'chosen', '--validation', '16'], runs: ['chosen'] },
  {
    command: ['--data-dir', 'digits', '--from', 'teacher.safetensors', '--epochs', '1', '--quiet', '--name', 'pupil'],
    runs: ['pupil'],
  },
  {
    command: [...common, '--name', 'replaced', '--validation', '16', '--seed', '3', '--force'],
    runs: ['replaced'],
  },
  { command: [...common, '--epochs', '1', '--name', 'both', '--seeds', '2'], runs: ['both-seed-1', 'both-seed-2'] },
];

beforeAll(async () => {
  mkdirSync(at('digits'));
  for (const [stem, split, count] of [
    ['train', 'train', 80],
    ['t10k', 'test', 24],
  ] as const) {
    const { images, labels, height, width } = subset(loadMnist({ split }), { from: 0, to: count });
    writeIdxFile(at('digits', `${stem}-images-idx3-ubyte`), { shape: [count, height, width], data: images });
    writeIdxFile(at('digits', `${stem}-labels-idx1-ubyte`), { shape: [count], data: Uint8Array.from(labels) });
  }
  const layers = [{ kind: 'pool2d', pooling: 'mean', window: 4 }, 'flatten', { kind: 'dense', outFeatures: 10 }];
  writeFileSync(at('pooled.json'), JSON.stringify({ layers }));
  await train([...common, '--epochs', '1', '--name', 'teacher']);
  cpSync(at('runs/teacher/last.safetensors'), at('teacher.safetensors'));
  // What `--force` replaces: a finished run with other settings.
  await train([...common, '--name', 'earlier', '--seed', '9', '--validation', '16']);
  cpSync(at('runs/earlier'), at('earlier'), { recursive: true });
});

const train = (options: readonly string[]) => longhand(['train', ...options], isFault);

function prepare(): void {
  rmSync(at('runs'), { recursive: true, force: true });
  cpSync(at('earlier'), at('runs/replaced'), { recursive: true });
}

/** All that a run resulted in, without what a clock says. */
function resultsOf(run: string): unknown {
  const text = readFileSync(at('runs', run, 'metrics.jsonl'), 'utf8');
  const metrics = text.split('\n').map((line) => line.replace(/"seconds":[^,]*,"imagesPerSecond":[^,}]*/, ''));
  const names = ['last.safetensors', 'best.safetensors', 'report.html'].filter((name) =>
    existsSync(at('runs', run, name)),
  );
  const models = names.filter((name) => name !== 'report.html');
  return { names, metrics, models: models.map((name) => xxHash32(readFileSync(at('runs', run, name)))) };
}

/** The names of files that only an interrupted run has. */
function litterOf(run: string): string[] {
  return readdirSync(at('runs', run)).filter((name) => name.startsWith('.') || /\.next\.|\.lock$/.test(name));
}

/** Whether the run is the one that `--force` replaces: nothing has happened to it yet. */
function isEarlier(name: string | undefined): boolean {
  return name === 'replaced' && readFileSync(at('runs', name, 'config.json'), 'utf8').includes('"seed": 9');
}

/** What a person types who reads what the command says: the same again, or `--resume`. */
async function goOn(command: readonly string[], resumesFirst: boolean): Promise<void> {
  const [name] = command.includes('--seeds') ? [] : [command[command.indexOf('--name') + 1]];
  const said: string[] = [];
  for (const options of resumesFirst && name !== undefined
    ? [['--resume', name], command]
    : [command, ['--resume', `${name}`]]) {
    const { code, stderr } = await train(options);
    said.push(stderr);
    expect(stderr).not.toContain('unexpected failure');
    // A run that was finished before the fault needs no more, unless it is still the one that was to be replaced.
    if (code === 0 || (stderr.includes('but it is finished') && !isEarlier(name))) return;
  }
  throw new Error(`no way to go on: ${said.join('')}`);
}

test(`${faults} faults at random calls cost nothing but the time until the same command or --resume`, async () => {
  const random = seededRandom('faults');
  const expected = new Map<string, unknown>();
  const calls: number[] = [];
  for (const { command, runs } of lives) {
    prepare();
    calls.push((await withFault(undefined, async () => void (await train(command)))).calls);
    for (const run of runs) expected.set(run, resultsOf(run));
  }
  for (let number = 0; number < faults; number++) {
    const life = random.integer(lives.length);
    const fault = drawn(random, calls[life]);
    const { command, runs } = lives[life];
    prepare();
    const title = `fault ${number}: ${fault.kind} at call ${fault.at} of train ${command.join(' ')}`;
    const first = await withFault(fault, async () => {
      const { stderr } = await train(command);
      expect(stderr, title).not.toContain('unexpected failure');
    });
    if (!isFault(first.failure) && first.failure !== undefined) throw first.failure;
    abandon('runs');
    // Sometimes the process that goes on is killed too.
    if (random.integer(4) === 0) {
      await withFault(drawn(random, calls[life]), async () => void (await goOn(command, random.integer(2) === 0)));
      abandon('runs');
    }
    if (random.integer(3) === 0) {
      const { code, stderr } = await longhand(['runs']);
      expect([code, stderr.includes('unexpected')], `${title}: ${stderr}`).toEqual([0, false]);
    }
    try {
      await goOn(command, random.integer(2) === 0);
      for (const run of runs) {
        expect(resultsOf(run)).toEqual(expected.get(run));
        await longhand(['runs', run]);
        expect(litterOf(run)).toEqual([]);
      }
    } catch (error) {
      throw new Error(title, { cause: error });
    }
  }
});

const isFault = (error: unknown): boolean => error instanceof Killed;

function drawn(random: Random, calls: number): Fault {
  // Most processes are killed; full disks and failing ones are rarer.
  const kind = random.integer(2) === 0 ? 'kill' : faultKinds[random.integer(faultKinds.length)];
  return { kind, at: random.integer(calls) };
}
