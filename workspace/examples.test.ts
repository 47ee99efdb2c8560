/**
 * The examples run as their READMEs say, outside of the workspace, on few images: each is installed from the tarballs of what is published,
 * with what it declares and nothing else.
 *
 * @module-tag exhaustive
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { chromium as playwright } from 'playwright-core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromium } from '../apps/trainer/testing/programs';
import { installPacked } from './packed-projects';
import { workspaceFolder } from './workspace-packages';

const examples = join(workspaceFolder, 'examples');
const names = readdirSync(examples);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-examples-')));
const at = (...path: string[]): string => join(folder, ...path);

beforeAll(() => {
  for (const name of names) {
    const isOwn = (path: string): boolean => !/[\\/](node_modules|dist|public)$|\.(safetensors|bin)$/.test(path);
    cpSync(join(examples, name), at(name), { recursive: true, filter: isOwn });
  }
  installPacked(folder, names, ['vite']);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of an example, and gives what it prints. */
function run(example: string, file: string, ...options: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...options], {
    cwd: at(example),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** A digit of MNIST as a PNG file, dark on light as paper is. */
function digit(index: number): Uint8Array<ArrayBuffer> {
  const pixels = loadMnist({ split: 'test' }).images.slice(index * 784, (index + 1) * 784);
  return encodePng({ width: 28, height: 28, channels: 1, pixels: pixels.map((ink) => 255 - ink) });
}

test('each has a README and at most a hundred lines in every file', () => {
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    expect(readFileSync(join(examples, name, 'README.md'), 'utf8')).toMatch(/^# /);
    for (const file of readdirSync(join(examples, name))) {
      if (!/\.(mjs|ts|html)$/.test(file)) continue;
      const { length } = readFileSync(join(examples, name, file), 'utf8').split('\n');
      expect(length, `${name}/${file}`).toBeLessThanOrEqual(100);
    }
  }
});

test('training-loop', () => {
  const printed = run('training-loop', 'training-loop.mjs', '2000', '2');
  const [first, second] = [...printed.matchAll(/loss (\d\.\d+)/g)].map(([, loss]) => Number(loss));
  expect(second).toBeLessThan(first);
  // Of 2,000; by chance it would be 200.
  expect(Number(/(\d+) of 2000 correct/.exec(printed)?.[1])).toBeGreaterThan(1400);
});

test('own-layer', () => {
  const printed = run('own-layer', 'train.mjs', '2000', '2');
  expect(printed).toContain('passed');
  // Slopes that have learned are not what they started from.
  expect(printed).toMatch(/slopes:( -?\d\.\d\d){6}\n/);
  expect(printed).not.toContain('0.25 0.25 0.25 0.25 0.25 0.25');
  expect(Number(/(\d+) of 10000 correct/.exec(printed)?.[1])).toBeGreaterThan(8000);
});

test('folder-of-pictures', () => {
  const random = seededRandom('pictures');
  for (const [name, color] of [
    ['red', [220, 40, 40]],
    ['blue', [40, 60, 220]],
  ] as const) {
    mkdirSync(at('folder-of-pictures/colors', name), { recursive: true });
    for (let index = 0; index < 40; index++) {
      const pixels = Uint8Array.from({ length: 40 * 30 * 3 }, (_, k) => color[k % 3] - 30 + random.integer(60));
      const file = at('folder-of-pictures/colors', name, `${index}.png`);
      writeFileSync(file, encodePng({ width: 40, height: 30, channels: 3, pixels }));
    }
  }
  expect(run('folder-of-pictures', 'train.mjs', 'colors', '4')).toMatch(/100\.0 % of \d+ test pictures\n$/);
  const printed = run('folder-of-pictures', 'classify.mjs', 'colors/blue/1.png', 'colors/red/1.png');
  expect(printed).toMatch(/^colors\/blue\/1\.png: blue \(\d+\.\d %\)\ncolors\/red\/1\.png: red \(\d+\.\d %\)\n$/);

  const { status, stderr } = spawnSync(process.execPath, ['train.mjs'], {
    cwd: at('folder-of-pictures'),
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^usage: .*\n$/)]);
});

test('cifar10-resnet', () => {
  // Records as CIFAR-10's binary files have them: a label, then red, green and blue. Class 0 is bright above, class 1 below.
  const random = seededRandom('cifar');
  const records = (count: number): Uint8Array => {
    const bytes = new Uint8Array(count * 3073);
    for (let index = 0; index < count; index++) {
      const label = index % 2;
      bytes[index * 3073] = label;
      for (let k = 0; k < 3072; k++) {
        const isBright = k % 1024 < 512 === (label === 0);
        bytes[index * 3073 + 1 + k] = (isBright ? 150 : 20) + random.integer(80);
      }
    }
    return bytes;
  };
  mkdirSync(at('cifar10-resnet/cifar-10-batches-bin'));
  const file = (name: string): string => at('cifar10-resnet/cifar-10-batches-bin', name);
  for (const batch of [1, 2, 3, 4, 5]) writeFileSync(file(`data_batch_${batch}.bin`), records(32));
  writeFileSync(file('test_batch.bin'), records(20));
  const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
  writeFileSync(file('batches.meta.txt'), `${classes.join('\n')}\n`);
  const printed = run('cifar10-resnet', 'train.mjs', 'cifar-10-batches-bin', '3');
  expect(printed).toMatch(/^160 images, \d+ parameters\nepoch 1: /);
  expect(printed).toMatch(/\n20 of 20 correct\n$/);
});

describe('node-service', () => {
  let service: ChildProcess;
  let address: string;

  beforeAll(async () => {
    expect(run('node-service', 'train.mjs', '6000', '2')).toMatch(/\d+ of 10000 correct/);
    service = spawn(process.execPath, ['service.mjs'], {
      cwd: at('node-service'),
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(service.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    address = line.toString().trim();
  });
  afterAll(async () => {
    service.kill();
    await once(service, 'close');
  });

  test('classifies a picture', async () => {
    const response = await fetch(address, { method: 'POST', body: digit(0) });
    expect(response.status).toBe(200);
    const answer = await response.json();
    expect(answer).toMatchObject({ class: '7', sure: true, digits: 1 });
    expect(Object.values(answer.probabilities as Record<string, number>).reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
  });

  test.each([
    ['what is no picture', 422, 'no picture'],
    ['a blank picture', 422, encodePng({ width: 28, height: 28, channels: 1, pixels: new Uint8Array(784).fill(255) })],
    ['too large a picture', 413, new Uint8Array(11_000_000)],
  ])('refuses %s in one line', async (_, status, body) => {
    const response = await fetch(address, { method: 'POST', body });
    expect(response.status).toBe(status);
    expect((await response.json()).error).toMatch(/^\S.*\S$/);
  });
});

describe('drawing-page', () => {
  beforeAll(() => {
    expect(run('drawing-page', 'train.mjs', '6000', '2')).toMatch(/\d+ of 10000 correct/);
    run('drawing-page', 'node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn');
  });

  test('its types are those of the packages', () => {
    const options: ts.CompilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    };
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([at('drawing-page/main.ts')], options));
    expect(diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  test.skipIf(chromium === undefined)('classifies what is drawn (skipped without Chromium)', async () => {
    const preview = spawn(
      process.execPath,
      ['node_modules/vite/bin/vite.js', 'preview', '--host', '127.0.0.1', '--port', '0'],
      { cwd: at('drawing-page'), stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } },
    );
    const browser = await playwright.launch({ executablePath: chromium ?? '', chromiumSandbox: false });
    try {
      let said = '';
      for await (const chunk of preview.stdout) {
        said += chunk;
        if (/http:\S+/.test(said)) break;
      }
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(/http:\S+/.exec(said)?.[0] ?? '');
      const canvas = page.locator('canvas');
      const box = await canvas.boundingBox();
      if (box === null) throw new Error('the canvas is not seen');
      // A one.
      await page.mouse.move(box.x + box.width / 2, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height - 40, { steps: 8 });
      await page.mouse.up();
      await expect.poll(() => page.locator('output').textContent()).toMatch(/^1\?? \(\d+\.\d %\)$/);
      await page.getByRole('button', { name: 'Clear' }).click();
      expect(await page.locator('output').textContent()).toBe('Draw a digit.');
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      preview.kill();
    }
  });
});
