/**
 * Files of runs that somebody or something changed: each is refused in one line that names it, or the run goes on as if nothing had
 * happened; and the other runs are listed. LONGHAND_FAULTS=10000 tries more of them.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Random, seededRandom } from '@longhand/tensor';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@longhand/training';
import { beforeAll, expect, test, vi } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { Killed, withFault } from '../../testing/disk-faults';
import { lives, RunLives } from '../../testing/run-lives';
import { at } from '../../testing/test-folder';

vi.mock(
  '../command/engine-session',
  async () => (await import('../../testing/command-in-process')).sessionInThisThread,
);

const mutants = Number(process.env.LONGHAND_FAULTS ?? 80);
const train = (options: readonly string[]) => longhand(['train', ...options], (error) => error instanceof Killed);
const folder = new RunLives(at, train);
const [, chosen] = lives;
const checkpointFile = (run: string): string => at('runs', run, 'checkpoint.safetensors');

/** A run that was interrupted after its first epoch, to be copied, and what it comes to. */
let expected: unknown;
beforeAll(async () => {
  await folder.makeFolder();
  folder.prepare();
  await train(chosen.command);
  expected = folder.resultsOf('chosen');
  rmSync(at('runs/chosen'), { recursive: true });
  for (let call = 60; !existsSync(at('runs/chosen/best.safetensors')); call++) {
    rmSync(at('runs/chosen'), { recursive: true, force: true });
    await withFault({ kind: 'kill', at: call }, async () => void (await train(chosen.command)));
  }
  await longhand(['runs', 'chosen']);
  cpSync(at('runs/chosen'), at('interrupted'), { recursive: true });
});

function prepare(): void {
  rmSync(at('runs/chosen'), { recursive: true });
  cpSync(at('interrupted'), at('runs/chosen'), { recursive: true });
}

test('the run that is damaged below was interrupted, and goes on', async () => {
  prepare();
  expect(readFileSync(at('runs/chosen/metrics.jsonl'), 'utf8').split('\n')).toHaveLength(2);
  expect(await train(['--resume', 'chosen', '--quiet'])).toMatchObject({ code: 0 });
  expect(folder.resultsOf('chosen')).toEqual(expected);
});

const timeout = 120_000 + 1000 * mutants;

test(`${mutants} changed checkpoints and settings: one line, or the run goes on`, { timeout }, async () => {
  const random = seededRandom(process.env.LONGHAND_FAULT_SEED ?? 'mutants');
  for (let number = 0; number < mutants; number++) {
    prepare();
    const what = mutate(random);
    const listed = await longhand(['runs']);
    const resumed = await train(['--resume', 'chosen', '--quiet']);
    const said = `mutant ${number}: ${what}: ${listed.stderr}${resumed.stderr}`;
    expect(said).not.toContain('unexpected failure');
    expect(listed.code, said).toBe(0);
    if (resumed.code !== 0) expect(resumed.stderr, said).toMatch(/^(note: [^\n]*\n)*error: [^\n]+\n$/);
  }
});

test.each(['checkpoint.safetensors', 'best.safetensors', 'config.json', 'metrics.jsonl'])(
  'a flipped bit anywhere in %s changes no result without a word',
  async (name) => {
    const random = seededRandom('bits').fork(name);
    for (let number = 0; number < 12; number++) {
      prepare();
      const bytes = readFileSync(at('runs/chosen', name));
      bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
      writeFileSync(at('runs/chosen', name), bytes);
      const { code, stderr } = await train(['--resume', 'chosen', '--quiet']);
      expect(stderr).not.toContain('unexpected failure');
      // Settings that still are settings give another run, but only one that was not begun.
      if (code === 0) expect(folder.resultsOf('chosen')).toEqual(expected);
      else expect(stderr).toMatch(/^error: [^\n]+\n$/);
    }
  },
);

test('a damaged checkpoint is refused by name, and the one before is offered', async () => {
  prepare();
  const bytes = readFileSync(checkpointFile('chosen'));
  bytes[bytes.length - 3] ^= 1;
  writeFileSync(checkpointFile('chosen'), bytes);
  const refused =
    'runs/chosen/checkpoint.safetensors: expected the bytes that were written, got others: the file is damaged; remove it to go on from the one before, after step 0\n';
  expect(await train(['--resume', 'chosen'])).toMatchObject({ code: 3, stderr: `error: ${refused}` });
  const listed = await longhand(['runs']);
  expect(listed).toMatchObject({ code: 0, stderr: refused });
  rmSync(checkpointFile('chosen'));
  expect(await train(['--resume', 'chosen', '--quiet'])).toMatchObject({ code: 0 });
  expect(folder.resultsOf('chosen')).toEqual(expected);
});

test.each([
  ['seed', ['--seed', '2']],
  ['optimizer', ['--optimizer', 'adam']],
  ['rate', ['--learning-rate', '0.1']],
  ['limit', ['--limit', '70']],
  ['activation', ['--model', 'other.json']],
])('a checkpoint of a run with another %s is refused', async (_, options) => {
  prepare();
  const layers = [{ kind: 'pool2d', pooling: 'max', window: 4 }, 'flatten', { kind: 'dense', outFeatures: 10 }];
  writeFileSync(at('other.json'), JSON.stringify({ layers }));
  await train([...chosen.command, ...options, '--name', 'foreign', '--force']);
  cpSync(checkpointFile('foreign'), checkpointFile('chosen'));
  expect(await train(['--resume', 'chosen'])).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /^error: runs\/chosen\/checkpoint\.safetensors: expected a checkpoint of this run, whose settings, network and data have the fingerprint [0-9a-f]{16}, got one of "[0-9a-f]{16}"; remove it to go on from the one before, after step 0\n$/,
    ),
  });
});

// The network of this run is one of its own, so without a model it would have none.
test.each(['optimizer', 'schedule', 'model', 'epochs', 'seed'])(
  'settings without %s are refused in a line, or they go on as they are by default',
  async (key) => {
    prepare();
    const file = at('runs/chosen/config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    delete config.settings[key];
    writeFileSync(file, JSON.stringify(config));
    const { code, stderr } = await train(['--resume', 'chosen']);
    expect(stderr).toMatch(/^error: runs\/chosen\/[^\n]+\n$/);
    expect(code).toBe(3);
    expect((await longhand(['runs'])).code).toBe(0);
  },
);

test('names of classes that do not fit are refused before training', async () => {
  prepare();
  const config = JSON.parse(readFileSync(at('runs/chosen/config.json'), 'utf8'));
  rmSync(at('runs/chosen'), { recursive: true });
  mkdirSync(at('runs/chosen'));
  writeFileSync(at('runs/chosen/config.json'), JSON.stringify({ ...config, classes: ['a', 'b'] }));
  expect(await train(['--resume', 'chosen'])).toMatchObject({
    code: 3,
    stderr: 'error: runs/chosen/config.json: expected 10 names of classes, one for each output of the network, got 2\n',
  });
});

test('folders that cannot be listed are named, one line each', async () => {
  prepare();
  cpSync(at('interrupted'), at('runs/headless'), { recursive: true });
  rmSync(at('runs/headless/config.json'));
  const { code, stderr } = await longhand(['runs']);
  expect([code, stderr]).toEqual([
    0,
    'runs/headless: expected the folder of a run, but it holds no config.json; a process was killed before its run began, or the file was removed\n',
  ]);
  rmSync(at('runs/headless'), { recursive: true });
});

/** Changes a file of the run, and says how. A checkpoint gets the checksum that fits. */
function mutate(random: Random): string {
  if (random.integer(4) === 0) {
    const file = at('runs/chosen/config.json');
    const config = JSON.parse(readFileSync(file, 'utf8'));
    const what = changed(config, random);
    writeFileSync(file, JSON.stringify(config));
    return `config ${what}`;
  }
  const { state, record } = decodeCheckpoint(readFileSync(checkpointFile('chosen')), 'chosen') as Checkpoint & {
    state: Record<string, unknown>;
  };
  const target = random.integer(4) === 0 ? { ...state } : structuredClone(record);
  const what = changed(target as Record<string, unknown>, random);
  const mutant = 'epochs' in record && !('steps' in target) ? { state, record: target } : { state: target, record };
  try {
    writeFileSync(checkpointFile('chosen'), encodeCheckpoint(mutant as never));
  } catch {
    return `${what}, which cannot be stored`;
  }
  return what;
}

const strange: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '\u001b[2J',
  -1,
  0,
  0.5,
  1e9,
  1e300,
  Number.MAX_SAFE_INTEGER,
  [],
  [1],
  {},
  { constructor: 1 },
];

/** Changes, removes, adds or renames something anywhere in an object, and says what. */
function changed(object: Record<string, unknown>, random: Random): string {
  let at: Record<string, unknown> = object;
  const path: string[] = [];
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return `nothing in ${path.join('.')}`;
    const key = keys[random.integer(keys.length)];
    path.push(key);
    const inner = at[key];
    if (typeof inner === 'object' && inner !== null && !ArrayBuffer.isView(inner) && random.integer(4) > 0) {
      at = inner as Record<string, unknown>;
      continue;
    }
    const [way, value] = [random.integer(4), strange[random.integer(strange.length)]];
    const name = `${path.join('.')}`;
    if (way === 0) {
      delete at[key];
      return `${name} removed`;
    }
    if (way === 1) {
      delete at[key];
      at[`${key}x`] = inner;
      return `${name} renamed`;
    }
    at[way === 2 ? key : `${key}2`] = value;
    return `${name} ${way === 2 ? 'is' : 'has beside it'} ${JSON.stringify(value)}`;
  }
}
