/**
 * The examples of every command's help, typed as they stand there, in a folder with the files that they name. What trains or measures
 * for long is made short by options behind it.
 *
 * @module-tag exhaustive
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@longhand/datasets/node';
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { command, longhand, shell } from '../testing/built-command';
import { at, folder, testing, training, writeFolder } from '../testing/test-folder';

const done = (...words: string[]): void => expect(longhand(...words)).toMatchObject({ code: 0 });
const quick = ['--epochs', '1', '--quiet'];

/** A picture of the first test image. */
const seven = encodePng({ width: 28, height: 28, channels: 1, pixels: testing.images.subarray(0, 784) });

/** A large picture that is the same image over and over, so that every part of it has ink. */
function page(): Uint8Array<ArrayBuffer> {
  const side = 1400;
  const pixels = Uint8Array.from({ length: side * side }, (_, k) => {
    const [y, x] = [Math.floor(k / side), k % side].map((position) => Math.floor((position % 140) / 5));
    return testing.images[y * 28 + x];
  });
  return encodePng({ width: side, height: side, channels: 1, pixels });
}

/** The rows of a table as Kaggle has it. */
function kaggleRows(): string {
  const header = ['label', ...Array.from({ length: 784 }, (_, k) => `pixel${k}`)].join(',');
  const rows = Array.from(training.labels, (label, k) => [label, ...training.images.subarray(k * 784, k * 784 + 784)]);
  return `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;
}

/** Trains a run until its first epoch is over, and interrupts it. */
async function interruptedRun(name: string): Promise<void> {
  const options = ['train', '--data', 'fashion-mnist', '--epochs', '200', '--checkpoint-every', '1', '--name', name];
  const child = spawn(process.execPath, [command, ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('epoch 1/')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
}

beforeAll(async () => {
  writeFolder('fashion-mnist', training, testing);
  mkdirSync(at('EMNIST/raw'), { recursive: true });
  for (const [from, to] of [
    ['train', 'train'],
    ['t10k', 'test'],
  ]) {
    for (const kind of ['images-idx3', 'labels-idx1']) {
      const file = `EMNIST/raw/emnist-letters-${to}-${kind}-ubyte`;
      cpSync(at(`digits/${from}-${kind}-ubyte`), at(file));
    }
  }
  for (const split of ['train', 'test']) {
    for (const [index, name] of ['5', '0'].entries()) {
      mkdirSync(at('photos', split, name), { recursive: true });
      const pixels = training.images.subarray(index * 784, index * 784 + 784);
      writeFileSync(
        at('photos', split, name, `${name}.png`),
        encodePng({ width: 28, height: 28, channels: 1, pixels }),
      );
    }
  }
  mkdirSync(at('kaggle'));
  writeFileSync(at('kaggle/train.csv'), kaggleRows());
  for (const name of ['seven.jpg', 'seven.png', 'number.png']) writeFileSync(at(name), seven);
  writeFileSync(at('test.csv'), kaggleRows());
  writeFileSync(at('page.jpg'), page());

  for (const run of ['lenet-documented', 'lenet5']) {
    done('train', '--network', run, '--data', 'digits', '--validation', '16', ...quick, '--name', run);
    copyFileSync(at('runs', run, 'best.safetensors'), at('runs', run, 'last.safetensors'));
  }
  for (const run of ['lenet5-2', 'kaggle']) done('train', '--data', 'digits', ...quick, '--name', run);
  for (const file of ['from-pytorch.onnx', 'digits.onnx']) done('export', 'runs/lenet-documented', '--output', file);
  done('export', 'runs/lenet-documented', '--format', 'tfjs', '--output', 'digits-tfjs');
  // Weights as other programs save them: without what longhand adds.
  const { tensors } = readSafetensors(readFileSync(at('runs/lenet-documented/best.safetensors')));
  for (const file of ['from-pytorch', 'lenet', 'mine']) {
    writeFileSync(at(`${file}.safetensors`), writeSafetensors({ tensors }));
  }
  const { network } = JSON.parse(longhand('inspect', 'runs/lenet-documented', '--json').stdout);
  writeFileSync(at('mine.json'), JSON.stringify(network));
  // What a file is, its bytes say.
  copyFileSync(at('from-pytorch.safetensors'), at('mnist_cnn.pt'));
  const own = new URL('../../../packages/training/fixtures/own-objects.mjs', import.meta.url);
  copyFileSync(fileURLToPath(own), at('own.mjs'));
  writeFileSync(at('hinge.mjs'), "import { hinge as make } from './own.mjs';\nexport const hinge = () => make({});\n");
  for (const name of ['.zfunc', '.config/fish/completions']) mkdirSync(at(name), { recursive: true });
});

/** The examples of a command's help, without what is said beside them. */
function examplesOf(name: string): readonly string[] {
  const { stdout } = longhand(...(name === '' ? [] : [name]), '--help');
  const [, listed = ''] = /\nExamples:\n((?: {2}\S.*\n)+)/.exec(stdout) ?? [];
  return listed
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/ {3,}.*/, ''));
}

/** Starts a server, and ends it as soon as it says where it is. */
async function served(line: string): Promise<void> {
  const child = spawn(process.execPath, [command, ...line.split(' ').slice(1)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8').once('data', () => child.kill('SIGINT'));
  const [code] = await once(child, 'close');
  expect([line, code]).toEqual([line, 0]);
}

/** What makes an example quick. */
function appendedTo(line: string): string {
  if (line.startsWith('longhand bench')) return ' --seconds 0.01';
  if (line.startsWith('longhand check')) return ' --samples 1';
  if (line.includes('--find-learning-rate')) return ' --steps 10';
  if (line.startsWith('longhand tune')) {
    return ` --trials 2 --seeds 1 --epochs 1 --validation 16 --quiet${line.includes('--data') ? '' : ' --data digits'}`;
  }
  if (!line.startsWith('longhand train') || line.includes('--resume')) return '';
  const images = line.includes('--validation') ? ' --validation 16' : '';
  return `${images} --quiet --epochs 1${line.includes('--data') ? '' : ' --data digits'}`;
}

// It runs code of its own, and would be the newest run.
afterEach(() => rmSync(at('runs/mine'), { recursive: true, force: true }));

const [, commands = ''] = /\nCommands:\n([\s\S]*?)\n\n/.exec(longhand('--help').stdout) ?? [];
const names = ['', ...(commands.match(/(?<=^ {2})\w+/gm) ?? [])].filter((name) => name !== 'help');

test('every command has examples', () => {
  expect(names.length).toBeGreaterThan(11);
  for (const name of names) expect(examplesOf(name).length, name).toBeGreaterThan(0);
});

test.each(names)('the examples of longhand %s', async (name) => {
  for (const line of examplesOf(name)) {
    const [, output] = /--output (\S+)/.exec(line) ?? [];
    if (output !== undefined) rmSync(at(output), { recursive: true, force: true });
    if (line.includes('--resume')) {
      rmSync(at('runs/fashion'), { recursive: true, force: true });
      await interruptedRun('fashion');
    }
    if (line.startsWith('longhand serve')) {
      await served(line);
      continue;
    }
    const home = folder.replaceAll("'", "'\\''");
    const { code, stderr } = shell(
      `HOME='${home}'; ${line.replace(/(?<=^|\| )longhand /, '$LONGHAND ')}${appendedTo(line)}`,
    );
    // Node 20 has no fused kernels, and says so.
    if (line.includes('--kernels fused') && stderr.includes('relaxed SIMD')) continue;
    expect([line, code, /error: .*/.exec(stderr)?.[0]]).toEqual([line, 0, undefined]);
  }
});
