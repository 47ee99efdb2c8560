/**
 * Training with code of the user's own, from the outside: everything is really called, and nothing runs that nobody named.
 *
 * @module-tag exhaustive
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Augmentation, splitValidation } from '@longhand/datasets';
import { type Loss, networkFrom } from '@longhand/layers';
import type { Optimizer, Schedule } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { decodeModel, fit, fromModule, importModules, type Metric } from '@longhand/training';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand } from '../../testing/built-command';
import { at, training } from '../../testing/test-folder';

const fixture = fileURLToPath(new URL('../../../../packages/training/fixtures/own-objects.mjs', import.meta.url));
const layers = (options: object): object[] => [
  { kind: 'conv2d', outChannels: 3, kernel: 5, stride: 2 },
  { module: '../code/own.mjs', export: 'scale', options },
  { kind: 'pool2d', pooling: 'max', window: 2 },
  { kind: 'flatten' },
  { kind: 'dense', outFeatures: 10 },
];
const own = (name: string, options: object): string =>
  JSON.stringify({ module: 'code/own.mjs', export: name, options });

beforeAll(() => {
  for (const name of ['code', 'networks']) mkdirSync(at(name));
  copyFileSync(fixture, at('code/own.mjs'));
  for (const [name, options] of Object.entries({ counted: { log: 'log' }, own: {} })) {
    writeFileSync(at('networks', `${name}.json`), JSON.stringify({ layers: layers(options) }));
  }
});

const optimizer = { learningRate: 0.5, longest: 0.3 };
/** A run in which everything that can be is of the user's module. */
const everything = (log: object): string[] => [
  ...['--data', 'digits', '--epochs', '2', '--batch-size', '32', '--validation', '32', '--quiet'],
  ...['--loss', own('hinge', { margin: 0.5, ...log }), '--optimizer', own('clippedDescent', { ...optimizer, ...log })],
  ...['--schedule', own('line', log), '--augmentation', own('upsideDown', log), '--metric', own('topTwo', log)],
];
const note = 'note: this runs code of your own: code/own.mjs\n';

function calls(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of readFileSync(at('log'), 'utf8').trim().split('\n')) counts[line] = (counts[line] ?? 0) + 1;
  rmSync(at('log'));
  return counts;
}

const bytesOf = (run: string, file: string): Buffer => readFileSync(at('runs', run, `${file}.safetensors`));

describe('a run of the user’s own code', () => {
  test.each(['1', '3'])('calls all of it, each as often as there is work: %s threads', (threads) => {
    const log = { log: 'log' };
    const name = `threads-${threads}`;
    const network = ['--model', 'networks/counted.json', '--threads', threads, '--name', name];
    const { code, stderr, stdout } = longhand('train', ...everything(log), ...network);
    expect([code, stderr]).toEqual([0, note]);
    expect(stdout).toMatch(/\nloss {6}[\d.]+\ntopTwo {4}0\.\d+\n/);
    expect(stdout).toContain(`longhand evaluate runs/${name}/`);
    expect(stdout).toContain('--data digits --module code/own.mjs');
    // Two epochs of two batches, each of two micro-batches; 32 validation images are two more, 40 test images three. Both models are
    // calibrated on the validation images, by their probabilities alone. The report draws feature maps of one image and classifies it, and
    // the learning rate of each step.
    expect(calls()).toEqual({
      'layer forward': 8 + 2 * 2 + 3 + 2 * 2 + 2,
      'layer backward': 8,
      'loss forward': 8 + 2 * 2 + 3,
      'loss backward': 8,
      'optimizer update': 4,
      'schedule factor': 8 + 2 + 4,
      augmentation: 128,
      metric: 3,
    });
    const lines = readFileSync(at('runs', name, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ validation, test: tested }) => Object.keys((validation ?? tested).metrics))).toEqual(
      Array(3).fill(['topTwo']),
    );
  });

  test('has the bytes of fit, in this very thread', async () => {
    expect(bytesOf('threads-3', 'last')).toEqual(bytesOf('threads-1', 'last'));
    const module = pathToFileURL(at('code/own.mjs'));
    const url = module.href;
    const modules = await importModules([url]);
    const named = { modules, moduleUrl: () => url };
    const made = <Made extends object>(name: string, options: object): Promise<Made> =>
      fromModule<Made>({ module, export: name, options });
    const layer = { module: url, export: 'scale', options: {} };
    const { normalization } = decodeModel(bytesOf('threads-1', 'last'), 'last', named);
    const split = splitValidation(training, 32, seededRandom('validation'));
    const { parameters, best } = await fit({
      network: networkFrom(
        { input: [28, 28, 1], layers: layers({}).map((each, at) => (at === 1 ? layer : each)) },
        { modules },
      ),
      dataset: split.training,
      validation: split.validation,
      normalization,
      loss: await made<Loss>('hinge', { margin: 0.5 }),
      optimizer: await made<Optimizer>('clippedDescent', optimizer),
      schedule: await made<Schedule>('line', {}),
      augmentation: await made<Augmentation>('upsideDown', {}),
      metrics: { topTwo: await made<Metric>('topTwo', {}) },
      epochs: 2,
      batchSize: 32,
      seed: 1,
      threads: 0,
    });
    const valuesOf = (file: string): unknown => decodeModel(bytesOf('threads-1', file), file, named).parameters.values;
    expect(valuesOf('last')).toEqual(parameters.values);
    expect(valuesOf('best')).toEqual(best?.parameters.values);
  });

  test('is resumed with the same bytes, and only with the module', () => {
    const network = ['--model', 'networks/own.json', '--checkpoint-every', '1'];
    expect(longhand('train', ...everything({}), ...network, '--name', 'whole').code).toBe(0);
    // As it was after its first step: a fault in the second batch.
    const faulty = JSON.stringify({ module: 'code/faulty.mjs', export: 'upsideDown', options: {} });
    writeFileSync(at('code/faulty.mjs'), faultyCode);
    const options = everything({}).map((word) => (word.includes('upsideDown') ? faulty : word));
    writeFileSync(at('fault'), '');
    const broken = longhand('train', ...options, ...network, '--name', 'broken');
    expect([broken.code, broken.stderr]).toEqual([
      1,
      `note: this runs code of your own: code/own.mjs, code/faulty.mjs\n${broken.stderr.split('\n').at(-2)}\n`,
    ]);
    rmSync(at('fault'));
    expect(longhand('train', '--resume', 'broken')).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: runs/broken/config.json: names code of your own, which runs only if you say so; if you trust it, add --module code/own.mjs --module code/faulty.mjs\n',
    });
    const resumed = longhand(
      'train',
      '--resume',
      'broken',
      '--quiet',
      '--module',
      'code/own.mjs',
      '--module',
      'code/faulty.mjs',
    );
    expect(resumed.code).toBe(0);
    for (const file of ['last', 'best']) expect(bytesOf('broken', file)).toEqual(bytesOf('whole', file));
  });

  test('is moved with its folder, and says where its code was', () => {
    mkdirSync(at('elsewhere/deep'), { recursive: true });
    cpSync(at('runs/whole'), at('elsewhere/deep/whole'), { recursive: true });
    const file = 'elsewhere/deep/whole/best.safetensors';
    expect(longhand('evaluate', file, '--data', 'digits')).toMatchObject({
      code: 3,
      stderr: `error: ${file}: expected the module that it names, but there is no file elsewhere/code/own.mjs; name it where it is now: --module <folder>/own.mjs\n`,
    });
    const { code, stdout, stderr } = longhand(
      'evaluate',
      file,
      '--data',
      'digits',
      '--module',
      'code/own.mjs',
      '--metric',
      'code/own.mjs#topTwo',
      '--json',
    );
    expect([code, stderr]).toEqual([0, note]);
    const { test: tested } = JSON.parse(
      readFileSync(at('runs/whole/metrics.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '',
    );
    const { accuracy, loss, metrics } = JSON.parse(stdout);
    expect({ accuracy, loss, metrics }).toEqual({
      accuracy: tested.accuracy,
      loss: tested.loss,
      metrics: tested.metrics,
    });
  });
});

/** Fails in the second epoch while there is a file `fault`. */
const faultyCode = `
import { existsSync } from 'node:fs';
import { upsideDown as sound } from './own.mjs';
export function upsideDown() {
  const { prepare, ...augmentation } = sound({});
  let images = 0;
  return { ...augmentation, prepare(size) {
    const change = prepare(size);
    return (...image) => {
      if (images++ > 40 && existsSync('fault')) throw new Error('a fault of my own');
      change(...image);
    };
  } };
}`;

test('the gradient check calls layer and loss', () => {
  const check = ['check', '--model', 'networks/counted.json', '--samples', '5', '--json'];
  const { code, stdout, stderr } = longhand(...check, '--loss', own('hinge', { log: 'log' }));
  expect([code, stderr, JSON.parse(stdout).passed]).toEqual([0, note, true]);
  expect(calls()).toMatchObject({ 'layer backward': 1, 'loss backward': 1 });
});

describe('what names code, and was written by longhand, runs none by itself', () => {
  const asks = (by: string): string =>
    `error: ${by}: names code of your own, which runs only if you say so; if you trust it, add --module code/own.mjs\n`;
  const file = 'runs/whole/last.safetensors';
  test.each<[string[], string?]>([
    [['evaluate', file]],
    [['predict', 'none.png', '--model', file]],
    [['visualize', 'none.png', '--model', file]],
    [['inspect', file]],
    [['export', file, '--output', 'exported.json']],
    [['train', '--from', file]],
    [['train', '--config', 'runs/whole/config.json'], 'runs/whole/config.json'],
  ])('%j', (words, by = file) => {
    expect(longhand(...words)).toEqual({ code: 3, stdout: '', stderr: asks(by) });
    const { stderr } = longhand(
      ...words,
      '--module',
      'code/own.mjs',
      ...(words[0] === 'train' ? ['--limit', '0'] : []),
    );
    if (words[0] !== 'train') expect(stderr).toContain(note);
    rmSync(at('exported.json'), { force: true });
  });

  test('the configuration of a run is repeated to the same bytes', () => {
    const again = ['--config', 'runs/whole/config.json', '--name', 'again', '--quiet', '--module', 'code/own.mjs'];
    expect(longhand('train', ...again)).toMatchObject({ code: 0, stderr: note });
    expect(bytesOf('again', 'last')).toEqual(bytesOf('whole', 'last'));
    const report = readFileSync(at('runs/whole/report.html'), 'utf8');
    for (const text of [
      '--module code/own.mjs',
      '<dt>topTwo</dt>',
      '<dd>own.mjs#hinge {&quot;margin&quot;:0.5}</dd>',
    ]) {
      expect(report).toContain(text);
    }
  });

  test('a settings file of the user’s runs what it names, by paths from its folder', () => {
    const settings = {
      epochs: 1,
      loss: './own.mjs#hinge',
      metric: [{ module: 'own.mjs', export: 'topTwo' }],
      optimizer: 'sgd',
    };
    writeFileSync(at('code/settings.json'), JSON.stringify(settings));
    const options = ['--config', 'code/settings.json', '--data', 'digits', '--name', 'settings', '--quiet'];
    expect(longhand('train', ...options)).toMatchObject({ code: 0, stderr: note });
    expect(existsSync(at('runs/settings/report.html'))).toBe(true);
  });

  test('several seeds: the same command takes its own runs up again', () => {
    const seeds = ['--model', 'networks/own.json', '--data', 'digits', '--epochs', '1', '--quiet', '--name', 'sown'];
    expect(longhand('train', ...seeds, '--seeds', '1').code).toBe(0);
    rmSync(at('runs/sown-seed-1/checkpoint.safetensors'));
    const { code, stdout } = longhand('train', ...seeds, '--seeds', '2');
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 seeds: ')]);
  });
});

test.each<[string[], number, string]>([
  [['--loss', 'code/own.mjs#line'], 3, 'own.mjs#line: expected a loss, got {"description":{"kind":"line"}}'],
  [['--loss', 'code/own.mjs#none'], 3, "expected a function as export 'none', got none"],
  [['--loss', 'code/none.mjs'], 3, 'code/none.mjs: expected the file of a module, got none'],
  [
    ['--optimizer', 'code/own.mjs#line', '--learning-rate', '1'],
    2,
    "option '--learning-rate' has no meaning for own.mjs#line",
  ],
  [
    ['--augmentation', 'code/own.mjs#upsideDown', '--shift', '1'],
    2,
    "'--augmentation' cannot be combined with '--shift'",
  ],
  [
    ['--metric', 'code/own.mjs#topTwo', '--metric', 'code/own.mjs#topTwo'],
    2,
    'expected each name once, got topTwo twice',
  ],
  [
    ['--module', 'code/own.mjs'],
    2,
    "option '--module': expected a module that a file names, got code/own.mjs; leave it out",
  ],
])('%j is refused in a line', (options, exitCode, message) => {
  const { code, stderr } = longhand('train', ...options);
  const [line] = stderr.replace(note, '').split('\n');
  expect([code, stderr.replace(note, '').trim()]).toEqual([exitCode, line]);
  expect(line).toContain(message);
});
