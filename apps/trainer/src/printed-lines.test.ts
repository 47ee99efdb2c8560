/**
 * Command lines that the command prints, typed as they are printed. All are made by `commandLine`: every file of the sources
 * that calls it must be reached here, so that the line of a new one is typed too.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { subset } from '@longhand/datasets';
import { encodeNpz } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Ended, longhand } from '../testing/command-in-process';
import { withFault } from '../testing/disk-faults';
import { at, writeFolder } from '../testing/test-folder';

/** What was printed since the last command began, and where in the sources. */
const printed = vi.hoisted(() => [] as { readonly line: string; readonly place: string }[]);

vi.mock('./command/engine-session', async () => (await import('../testing/command-in-process')).sessionInThisThread);
vi.mock('./command/failure', async (original) => {
  const failure = await original<typeof import('./command/failure')>();
  const commandLine: typeof failure.commandLine = (...words) => {
    const line = failure.commandLine(...words);
    const [, place = 'nowhere'] = /\/trainer\/src\/([\w/-]+\.ts)/.exec(caller(new Error('here').stack ?? '')) ?? [];
    printed.push({ line, place });
    return line;
  };
  /** The second frame of the sources: the first is this one. */
  const caller = (stack: string): string =>
    stack.split('\n').find((frame) => frame.includes('/trainer/src/') && !frame.includes('.test.ts')) ?? '';
  return { ...failure, commandLine };
});

const reached = new Set<string>();
const sources = fileURLToPath(new URL('.', import.meta.url));

/** Runs a command; gives how it ended and the line that it printed last, if any. */
async function run(...words: string[]): Promise<Ended & { readonly line: string }> {
  printed.length = 0;
  const ended = await longhand(words);
  for (const { place } of printed) reached.add(place);
  const all = ended.stdout + ended.stderr;
  return { ...ended, line: printed.findLast(({ line }) => all.includes(line))?.line ?? '' };
}

/** Types a line into a shell, which finds its words, and appends some that make it quick. */
async function type(line: string, ...appended: string[]): ReturnType<typeof run> {
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
  const [program, ...options] = words.trimEnd().split('\n');
  expect(program, `a printed command line, got '${line}'`).toBe('longhand');
  return run(...options, ...appended);
}

/** The same; it must be done without an error. */
async function typed(line: string, ...appended: string[]): ReturnType<typeof run> {
  const ended = await type(line, ...appended);
  expect([line, ended.code, ended.stderr.match(/error: .*/)?.[0]]).toEqual([line, 0, undefined]);
  return ended;
}

beforeAll(() => {
  const training = subset(loadMnist({ split: 'train' }), { from: 0, to: 64 });
  const testing = subset(loadMnist({ split: 'test' }), { from: 0, to: 20 });
  writeFolder('digits', training, testing);
  writeFolder("Ann's digits", training, testing);
  // Twelve classes, so that a line that leaves the data out fails: MNIST has ten.
  const twelve = (labels: ArrayLike<number>): Uint8Array =>
    Uint8Array.from({ length: labels.length }, (_, k) => k % 12);
  writeFileSync(
    at('twelve.npz'),
    encodeNpz({
      x_train: { shape: [64, 28, 28], data: training.images },
      y_train: { shape: [64], data: twelve(training.labels) },
      x_test: { shape: [20, 28, 28], data: testing.images },
      y_test: { shape: [20], data: twelve(testing.labels) },
    }),
  );
  copyFileSync(
    fileURLToPath(new URL('../../../packages/training/fixtures/own-objects.mjs', import.meta.url)),
    at('own.mjs'),
  );
});
beforeEach(() => rmSync(at('runs'), { recursive: true, force: true }));

const hinge = JSON.stringify({ module: './own.mjs', export: 'hinge', options: { margin: 0.5 } });

const situations: readonly (readonly [string, readonly string[]])[] = [
  ['digits', ['--data', 'digits']],
  ['data whose name a shell would take apart', ['--data', "Ann's digits"]],
  ['more classes than MNIST has', ['--data', 'twelve.npz']],
  ['images that are turned and made smaller', ['--data', 'twelve.npz', '--transpose', '--image-size', '20']],
  ['a validation split', ['--data', 'digits', '--validation', '16']],
  ['code of one’s own', ['--data', 'digits', '--loss', hinge]],
];

test.each(situations)('what train prints: %s', async (_, options) => {
  const short = ['--quiet', '--epochs', '1'];
  const trained = await run('train', ...options, ...short, '--name', 'mine');
  expect(trained.code, trained.stderr).toBe(0);
  // The paths that it names are there.
  const paths = trained.stdout.match(/runs\/[\w./-]*\w/g) ?? [];
  expect(paths.length).toBeGreaterThan(2);
  for (const path of paths) expect(existsSync(at(path)), path).toBe(true);

  const evaluated = await typed(trained.line);
  expect(evaluated.stdout.match(/accuracy .*/)?.[0]).toBe(trained.stdout.match(/accuracy .*/)?.[0]);

  // The report's line begins the same run again.
  const report = readFileSync(at('runs/mine/report.html'), 'utf8');
  const again = /longhand train --config [^<]*/.exec(report)?.[0] ?? '';
  await typed(again.replaceAll('&#39;', "'").replaceAll('&quot;', '"'), '--quiet', '--name', 'again');
  const model = trained.line.includes('best') ? 'best.safetensors' : 'last.safetensors';
  expect(readFileSync(at('runs/again', model))).toEqual(readFileSync(at('runs/mine', model)));

  const finished = await run('train', '--resume', 'runs/mine');
  expect(finished).toMatchObject({ code: 2, line: expect.stringContaining('train --from') });
  await typed(finished.line, ...short);
});

test.each(situations)('what an interrupted run prints: %s', async (_, options) => {
  let stopped: Awaited<ReturnType<typeof run>> | undefined;
  for (let call = 20; !stopped?.line.includes('--resume'); call += 5) {
    rmSync(at('runs'), { recursive: true, force: true });
    await withFault({ kind: 'full', at: call }, async () => {
      stopped = await run('train', ...options, '--quiet', '--epochs', '2', '--checkpoint-every', '1', '--name', 'mine');
    });
    if (stopped?.code === 0) throw new Error('the disk was never full where the run can go on');
  }
  cpSync(at('runs/mine'), at('stopped'), { recursive: true });
  await typed(stopped.line, '--quiet');

  // Without its checkpoint it is begun anew.
  rmSync(at('runs/mine'), { recursive: true });
  cpSync(at('stopped'), at('runs/mine'), { recursive: true });
  rmSync(at('stopped'), { recursive: true });
  rmSync(at('runs/mine/checkpoint.safetensors'));
  copyFileSync(at('runs/mine/config.json'), at('runs/mine/last.safetensors'));
  const lost = await run('train', '--resume', 'runs/mine');
  expect(lost).toMatchObject({ code: 3, line: expect.stringContaining('train --config') });
  await typed(lost.line, '--quiet', '--epochs', '1');
});

test.each(situations)('what tune prints: %s', async (_, options) => {
  const short = ['--epochs', '1', '--seeds', '1', '--trials', '3', '--quiet'];
  const found = ['--search', 'learning-rate=0.001..0.1', '--validation', '16'];
  const ofSearch = options.filter((word, at) => word !== '--validation' && options[at - 1] !== '--validation');
  const tuned = await run('tune', ...ofSearch, ...short, ...found);
  expect(tuned.code, tuned.stderr).toBe(0);
  expect(tuned.line).toMatch(/^longhand train /);
  await typed(tuned.line, '--quiet');

  // A search whose time is over at once trains one configuration, and says how to go on.
  rmSync(at('runs'), { recursive: true });
  let stopped = await run('tune', ...ofSearch, ...short, ...found, '--minutes', '0.0000001');
  for (let more = 0; stopped.stderr.includes('are over'); more++) {
    expect(more).toBeLessThan(3);
    const [line = ''] = /longhand tune .*/.exec(stopped.stderr) ?? [];
    stopped = await typed(line);
  }
  expect(stopped.line).toBe(tuned.line);

  const finder = await run('tune', ...ofSearch, '--find-learning-rate', '--steps', '40');
  expect(finder.code, finder.stderr).toBe(0);
  if (finder.line !== '') await typed(finder.line, '--quiet', '--epochs', '1');
});

test('a run is taken by its folder wherever a model is', async () => {
  await run('train', '--data', 'digits', '--validation', '16', '--epochs', '1', '--quiet', '--name', 'mine');
  for (const command of ['evaluate runs/mine --data digits', 'inspect runs/mine', 'data digits --model runs/mine']) {
    await typed(`longhand ${command}`);
  }
  const exported = await typed('longhand export runs/mine --format json');
  expect(exported.stdout).toMatch(/^Saved runs\/mine\/best\.json, /);
  expect(existsSync(at('runs/mine/best.json'))).toBe(true);
  expect((await typed('longhand inspect runs/mine')).stdout).toMatch(/^runs\/mine\/best\.safetensors: /);
});

test.each([
  ['for MNIST', 'digits', /^longhand evaluate 'models\/a network\.safetensors'$/],
  ['for other classes', 'twelve.npz', /^longhand evaluate 'models\/a network\.safetensors' --data <path>$/],
])('what import prints of a network %s', async (_, data, expected) => {
  await run('train', '--data', data, '--epochs', '1', '--quiet', '--name', 'mine');
  await typed("longhand export runs/mine --output 'a network.onnx' --force");
  const imported = await run('import', 'a network.onnx', '--force');
  expect(imported.code, imported.stderr).toBe(0);
  const line = imported.stdout.trimEnd().split('\n').at(-1)?.trim() ?? '';
  expect(line).toMatch(expected);
  await typed(line.replace('<path>', data));
});

test('what export prints for PyTorch, which goes on from the step of the run', async () => {
  await run('train', '--data', 'digits', '--epochs', '1', '--optimizer', 'lion', '--quiet', '--name', 'mine');
  const exported = await run('export', 'runs/mine', '--format', 'pytorch');
  expect(exported.code, exported.stderr).toBe(0);
  expect(exported.stdout).toContain("trains on, with the optimizer's state of step 1\n");
  const program = readFileSync(at('runs/mine/last.py'), 'utf8');
  expect(program).toContain('STATE = HERE / "last-state.safetensors"');
  expect(program).toContain('optimizer = Lion(network.parameters(), lr=');
  expect(existsSync(at('runs/mine/last-state.safetensors'))).toBe(true);
  expect(exported.line).toBe('longhand data digits --output data.npz');
  await typed(exported.line);
});

test('what refusals print', async () => {
  const empty = await run('predict', 'seven.png');
  expect(empty).toMatchObject({ code: 2, line: 'longhand train' });
  await typed(empty.line, '--data', 'digits', '--epochs', '1', '--quiet');

  const unknown = await run('train', '--resume', 'nowhere-near');
  expect(unknown).toMatchObject({ code: 3, line: 'longhand runs' });
  expect((await typed(unknown.line)).stdout).toContain('lenet-documented');

  writeFileSync(at('settings.json'), JSON.stringify({ settings: { colorfulness: 1 } }));
  const setting = await run('train', '--config', 'settings.json');
  expect(setting).toMatchObject({ code: 2, line: 'longhand train --help' });
  expect((await type(setting.line)).stdout).toContain('--learning-rate');
});

/** The sources that print, by name: no tests, and not the file of `commandLine` itself. */
const printing = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.(test|generated)\.ts$|failure\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') }));

test('the tests above have reached every file that prints a command line', () => {
  const places = printing.filter(({ text }) => text.includes('commandLine(')).map(({ name }) => name);
  expect([...reached].sort()).toEqual(places.sort());
});

test('no command line is printed but by commandLine and in the examples of help', () => {
  const others = printing
    .filter(({ text }) => !text.includes('\nExamples:\n'))
    .flatMap(({ name, text }) => text.split('\n').map((line) => `${name}: ${line.trim()}`))
    .filter((line) => /longhand [a-z]+(?: -| \$\{|['`"])/.test(line) && !/: (?:\/\*\*|\*|\/\/)/.test(line));
  expect(others).toEqual([]);
});
