/**
 * Files that ask for too much, and streams: recipes of what once hung, grew or printed a stack, given to the built command.
 *
 * @module-tag exhaustive
 */
// cspell:ignore mkfifo
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { type Tensor, tensor } from '@longhand/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, longhand, shell } from '../testing/built-command';
import { fixtureFile } from '../testing/fixture-model';
import { at, folder } from '../testing/test-folder';

const end = ['flatten', { kind: 'dense', outFeatures: 10 }];
const blocks = `{"layers":[${'{"kind":"residual","body":['.repeat(5000)}"relu"${']}'.repeat(5000)}]}`;
const brackets = `{"layers":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

test.each<[string, string, RegExp]>([
  [
    'twenty thousand layers',
    JSON.stringify({ layers: [...new Array(20_000).fill('relu'), ...end] }),
    /at most 10,000 layers, got 20,002; if it has to be, raise the budget: layers=20002$/,
  ],
  [
    'numbers for 10 GB',
    JSON.stringify({
      layers: [
        { kind: 'conv2d', outChannels: 50_000, kernel: 1 },
        { kind: 'conv2d', outChannels: 1, kernel: 1 },
        ...end,
      ],
    }),
    /at most 4,194,304 numbers that all layers put out for one image, got 39,201,578; make conv1 smaller/,
  ],
  [
    'parameters for 1 GB',
    JSON.stringify({ layers: ['flatten', { kind: 'dense', outFeatures: 50_000 }] }),
    /at most 1,073,741,824 bytes of memory for the check, got 1,25\d,\d{3},\d{3}; if it has to be, raise the budget: memory=/,
  ],
  [
    'arithmetic for minutes',
    JSON.stringify({ layers: [{ kind: 'conv2d', outChannels: 1, kernel: 300, padding: 299 }, ...end] }),
    /at most 1,000,000,000 multiply-adds for one image, got 9,62\d,\d{3},\d{3}; make conv smaller/,
  ],
  ['blocks deeper than the stack', blocks, /at most 64 levels of lists and objects in line 1, column \d+, got 65/],
  ['brackets deeper than the stack', brackets, /at most 64 levels of lists and objects in line 1, column 74, got 65/],
  ['a layer named by megabytes', JSON.stringify({ layers: ['x'.repeat(6e6)] }), /^error: asks\.json: x+…/],
  ['letters of megabytes', `{"${'x'.repeat(6e6)}":1}`, /expected "input" and "layers" alone, got "x+…" besides$/],
])('a network of %s is refused at once', { timeout: 10_000 }, (_, text, message) => {
  writeFileSync(at('asks.json'), text);
  const { code, stdout, stderr } = longhand('check', '--model', 'asks.json');
  expect(stderr.trim()).toMatch(message);
  expect(stderr.length).toBeLessThan(1100);
  expect([code, stdout, stderr.trim().split('\n').length]).toEqual([3, '', 1]);
});

test('settings deeper than the stack', () => {
  writeFileSync(at('deep.json'), brackets);
  const { code, stderr } = longhand('train', '--config', 'deep.json');
  expect(stderr).toMatch(
    /^error: deep\.json: expected at most 64 levels of lists and objects in line 1, column 74, got 65; [^\n]+\n$/,
  );
  expect(code).toBe(3);
});

test('a raised budget takes what was refused', () => {
  writeFileSync(at('long.json'), JSON.stringify({ layers: [...new Array(10_001).fill('relu'), ...end] }));
  expect(longhand('check', '--model', 'long.json', '--samples', '1').code).toBe(3);
  const raised = ['--budget', 'layers=20000,elements=1e7', '--samples', '1'];
  expect(longhand('check', '--model', 'long.json', ...raised)).toMatchObject({ code: 0, stderr: '' });
});

/** The fixture under other class names. */
function renamed(file: string, classes: readonly string[]): void {
  const { tensors, metadata } = readSafetensors(readFileSync(fixtureFile));
  const settings = { ...JSON.parse(metadata.longhand), classes };
  writeFileSync(at(file), writeSafetensors({ tensors, metadata: { ...metadata, longhand: JSON.stringify(settings) } }));
}

describe('a model', () => {
  /** The fixture with other settings, as text. */
  const withSettings = (change: (settings: string) => string): Uint8Array => {
    const { tensors, metadata } = readSafetensors(readFileSync(fixtureFile));
    return writeSafetensors({ tensors, metadata: { ...metadata, longhand: change(metadata.longhand) } });
  };

  /** A model of one convolution and the means of its channels, whose weights are zeros. */
  const convolution = (outChannels: number, kernel: number, padding: number): Uint8Array => {
    const layers = [
      { name: 'conv', kind: 'conv2d', outChannels, kernel, padding },
      { name: 'pool', kind: 'pool2d', pooling: 'mean', window: 29 + 2 * padding - kernel },
      { name: 'flatten', kind: 'flatten' },
      { name: 'fc', kind: 'dense', outFeatures: 10 },
    ];
    const settings = {
      version: 1,
      network: { input: [28, 28, 1], layers },
      normalization: { mean: 0.13, deviation: 0.3 },
      classes: Array.from('0123456789'),
      training: {},
    };
    const zeros = (...shape: number[]): Tensor =>
      tensor(shape, new Float32Array(shape.reduce((product, extent) => product * extent, 1)));
    return writeSafetensors({
      tensors: [
        ['conv.weight', zeros(outChannels, 1, kernel, kernel)],
        ['conv.bias', zeros(outChannels)],
        ['fc.weight', zeros(10, outChannels)],
        ['fc.bias', zeros(10)],
      ],
      metadata: { format: 'pt', longhand: JSON.stringify(settings) },
    });
  };

  test('with settings deeper than the stack', () => {
    writeFileSync(
      at('deep.safetensors'),
      withSettings(() => `{"version":1,"network":${brackets}}`),
    );
    const { code, stderr } = longhand('inspect', 'deep.safetensors');
    expect(stderr).toMatch(/^error: deep\.safetensors: expected at most 64 levels of lists and objects[^\n]+\n$/);
    expect(code).toBe(3);
  });

  test('whose header is as long as a data set', () => {
    const header = `{${'"":{},'.repeat(3_000_000)}"a":0}`;
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    writeFileSync(at('header.safetensors'), bytes);
    const { code, stderr } = longhand('inspect', 'header.safetensors');
    expect(stderr).toMatch(/^error: header\.safetensors: expected at most 16,000,000 bytes[^\n]+\n$/);
    expect(code).toBe(3);
  });

  test('whose kernel is much larger than the image', () => {
    writeFileSync(at('kernel.safetensors'), convolution(1, 300, 299));
    expect(statSync(at('kernel.safetensors')).size).toBeLessThan(362_000);
    const { code, stderr } = longhand('predict', 'none.png', '--model', 'kernel.safetensors');
    expect(stderr).toMatch(
      /expected at most 1,000,000,000 multiply-adds for one image, got 9,62\d,\d{3},\d{3}; make conv /,
    );
    expect(code).toBe(3);
  });

  test('whose layers put out more than is evaluated at once', () => {
    writeFileSync(at('wide.safetensors'), convolution(6000, 1, 0));
    const { code, stderr } = longhand('evaluate', 'wide.safetensors', '--data-dir', 'digits');
    expect(stderr).toMatch(
      /^error: wide\.safetensors: [^\n]*expected at most 4,194,304 numbers that all layers put out for one image, got 4,716,010; [^\n]+\n$/,
    );
    expect(code).toBe(3);
  });
});

test('class names cannot give the terminal orders', () => {
  renamed(
    'red.safetensors',
    Array.from('0123456789', (digit) => `\u001b[31m${digit}\u0007\u202e`),
  );
  for (const options of [
    ['evaluate', 'red.safetensors', '--data', 'digits', '--misclassified', '3'],
    ['inspect', 'red.safetensors'],
  ]) {
    const { code, stdout } = longhand(...options);
    expect(code).toBe(0);
    expect(stdout).toContain('␛[31m7␇');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  }
});

test.skipIf(!existsSync('/dev/zero'))('a device without an end is no model, network or picture', () => {
  expect(longhand('evaluate', '/dev/zero')).toMatchObject({ code: 3, stdout: '' });
  expect(longhand('predict', '--model', fixtureFile, '/dev/zero')).toMatchObject({ code: 3, stdout: '' });
  expect(longhand('check', '--model', '/dev/zero').stderr).toMatch(
    /^error: \/dev\/zero: expected at most 16,000,000 bytes, /,
  );
});

test.skipIf(process.platform === 'win32')('a model comes through a pipe, and goes into one', () => {
  expect(shell(`cat '${fixtureFile}' | $LONGHAND evaluate /dev/stdin --data digits`)).toMatchObject({ code: 0 });
  expect(
    shell(`$LONGHAND export '${fixtureFile}' --format safetensors --output /dev/stdout | cmp - '${fixtureFile}'`),
  ).toMatchObject({ code: 0, stdout: '' });
  expect(longhand('export', fixtureFile, '--format', 'onnx', '--output', '/dev/null')).toMatchObject({
    code: 0,
    stderr: '',
  });
});

describe.skipIf(process.platform === 'win32')('a command that waits for a pipe', () => {
  beforeAll(() => void shell('mkfifo waiting'));
  test.each([
    ['train', '--from', 'waiting', '--data', 'digits'],
    ['train', '--config', 'waiting'],
    ['evaluate', 'waiting'],
    ['check', '--model', 'waiting'],
    ['predict', 'waiting', '--model', fixtureFile],
    ['predict', '-', '--model', fixtureFile],
  ])('hears a signal: %s %s', async (...options) => {
    // Standard input is a pipe into which nothing is written.
    const silent = openSync(at('waiting'), 'r+');
    const child = spawn(process.execPath, [command, ...options], { cwd: folder, stdio: [silent, 'pipe', 'pipe'] });
    closeSync(silent);
    let stderr = '';
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGTERM');
    expect(await ended).toBe(130);
    expect(stderr).toBe('interrupted before anything had begun\n');
  });

  test('takes what comes at last', () => {
    const writing = `(sleep 1; cat '${fixtureFile}') > waiting &`;
    const { code, stdout, stderr } = shell(`${writing} $LONGHAND inspect waiting --json`);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ file: 'waiting', bytes: statSync(fixtureFile).size });
  });

  test('refuses one in a folder, where files are expected', () => {
    const copy = 'rm -rf piped && cp -r digits piped && rm piped/t10k-images*';
    expect(shell(`${copy} && mkfifo piped/t10k-images-idx3-ubyte`).code).toBe(0);
    expect(longhand('evaluate', fixtureFile, '--data', 'piped')).toMatchObject({
      code: 3,
      stderr:
        'error: piped/t10k-images-idx3-ubyte: expected a regular file, got a pipe or a device; copy what comes from it into a file\n',
    });
    expect(shell('mkdir -p runs/piped && mkfifo runs/piped/config.json').code).toBe(0);
    expect(longhand('runs', 'piped')).toMatchObject({
      code: 3,
      stderr:
        'error: runs/piped/config.json: expected the config.json of a run, but it is a pipe; give it a file there\n',
    });
    expect(longhand('runs').stdout + longhand('runs').stderr).toContain('piped');
  });
});
