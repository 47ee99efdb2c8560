/** `longhand predict` from the outside: files, standard input, several digits, and what cannot be read. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeImage, encodePng } from '@longhand/datasets/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderedRows } from '../../fixtures/rendered-digits/rendered-digits';
import { command } from '../../testing/built-command';
import { longhand } from '../../testing/command-in-process';
import { writePictures } from '../../testing/pictures';
import { at, folder } from '../../testing/test-folder';

const model = ['--model', 'reader.safetensors'];
const fixture = fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const [row] = renderedRows({ seed: 2024, count: 1 });

beforeAll(() => {
  copyFileSync(fixture, at('reader.safetensors'));
  writePictures();
  writeFileSync(at('row.png'), encodePng(row.picture));
});

describe('reads', () => {
  test('a picture: the digit, ten bars, and what the network saw', async () => {
    const { code, stdout, stderr } = await longhand(['predict', '7.png', ...model]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^7\.png: 7 {2}\([\d.]+ %\)\n/);
    for (let digit = 0; digit < 10; digit++) expect(stdout).toMatch(new RegExp(`(^|  )${digit}  .* [\\d.]+ %`, 'm'));
    expect(stdout).toMatch(/[░▒▓█]/);
  });

  test('several, one after another; one that is bad keeps no other from being read', async () => {
    writeFileSync(at('bad.png'), 'no picture');
    const { code, stdout, stderr } = await longhand(['predict', '3.png', 'bad.png', '8.png', '--json', ...model]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ picture, predictedClass }) => [picture, predictedClass])).toEqual([
      ['3.png', '3'],
      ['8.png', '8'],
    ]);
    const { probabilities, logits } = lines[0];
    for (const each of [probabilities, logits]) expect(Object.keys(each)).toEqual([...'0123456789']);
    // The file has no calibration, so the probabilities are the softmax of the logits.
    const odds = (name: string): number => Math.log(probabilities[name] / probabilities['3']);
    for (const name of '0123456789') expect(logits[name] - logits['3']).toBeCloseTo(odds(name), 4);
    expect([code, stderr]).toEqual([
      3,
      'error: bad.png: expected a PNG, JPEG, WebP, BMP or GIF picture, got a file that begins with "no picture"; save the picture as PNG or JPEG\n',
    ]);
  });

  test('standard input', () => {
    const { status, stdout } = spawnSync(process.execPath, [command, 'predict', '-', ...model], {
      cwd: folder,
      input: readFileSync(at('5.png')),
      encoding: 'utf8',
    });
    expect([status, stdout.split('\n')[0].slice(0, 19)]).toEqual([0, 'standard input: 5  ']);
  });

  // Neither a shell nor Node can open such a pipe, Python can.
  test.skipIf(!hasPython)('standard input that comes late, from a pipe that does not wait', () => {
    const script = `
import os, subprocess, sys, time
read, write = os.pipe()
os.set_blocking(read, False)
child = subprocess.Popen(sys.argv[1:], stdin=read)
time.sleep(0.5)
os.write(write, open('5.png', 'rb').read())
os.close(write)
sys.exit(child.wait())`;
    const python = ['-c', script, process.execPath, command, 'predict', '-', ...model];
    const { status, stdout } = spawnSync('python3', python, { cwd: folder, encoding: 'utf8' });
    expect([status, stdout.slice(0, 19)]).toEqual([0, 'standard input: 5  ']);
  });

  test('several digits in a picture, from left to right', async () => {
    expect((await longhand(['predict', 'row.png', '--split', ...model])).stdout).toMatch(
      new RegExp(`^row\\.png: ${row.digits.join('')}  \\(`),
    );
  });

  test('a picture of more pixels than are kept: the same digit, and its box in the pixels of the file', async () => {
    // A stroke of 80 pixels, 800 pixels down.
    const [width, height] = [4501, 3003];
    const pixels = new Uint8Array(width * height).fill(230);
    for (let y = 1000; y < 1800; y++) pixels.fill(40, y * width + 2000, y * width + 2080);
    writeFileSync(at('large.png'), encodePng({ width, height, channels: 1, pixels }));
    const { code, stdout } = await longhand(['predict', 'large.png', '--json', ...model]);
    const { predictedClass, box } = JSON.parse(stdout);
    expect([code, predictedClass]).toEqual([0, '1']);
    for (const [edge, expected] of Object.entries({ left: 2000, top: 1000, right: 2080, bottom: 1800 })) {
      expect(Math.abs(box[edge] - expected), edge).toBeLessThan(20);
    }
  });

  test('several digits taken for one are not passed over', async () => {
    expect(await longhand(['predict', 'row.png', ...model])).toMatchObject({
      code: 0,
      stderr: `note: row.png looks like ${row.digits.length} digits side by side; predict --split classifies each\n`,
    });
    expect((await longhand(['predict', '5.png', ...model])).stderr).toBe('');
  });

  test('the picture that the network saw is written, numbered where there are several', async () => {
    expect(await longhand(['predict', 'row.png', '--split', '--debug-image', 'seen.png', ...model])).toMatchObject({
      code: 0,
    });
    for (let number = 1; number <= row.digits.length; number++) {
      const name = number === 1 ? 'seen.png' : `seen-${number}.png`;
      expect(decodeImage(readFileSync(at(name)))).toMatchObject({ width: 28, height: 28, channels: 1 });
    }
    const exists = 'expected a new file, but it exists; use --force to overwrite it, or another --debug-image';
    expect(await longhand(['predict', '1.png', '--debug-image', 'seen.png', ...model])).toMatchObject({
      code: 2,
      stderr: `error: seen.png: ${exists}\n`,
    });
    // Nor is one overwritten whose name comes of the numbers.
    rmSync(at('seen.png'));
    expect(await longhand(['predict', '1.png', '2.png', '--debug-image', 'seen.png', ...model])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: seen-2.png: ${exists}\n`,
    });
    expect(await longhand(['predict', 'row.png', '--split', '--debug-image', 'seen.png', ...model])).toMatchObject({
      code: 2,
      stderr: `error: seen-2.png: ${exists}\n`,
    });
  });

  test('with the model of the newest run', async () => {
    rmSync(at('runs'), { recursive: true, force: true });
    expect(await longhand(['predict', '7.png'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: no model: expected a run in runs/, got none; train one with longhand train, or name a --model\n',
    });
    for (const name of ['older', 'newer']) {
      mkdirSync(at('runs', name), { recursive: true });
      writeFileSync(at('runs', name, 'config.json'), '{}');
    }
    copyFileSync(fixture, at('runs/newer/best.safetensors'));
    writeFileSync(at('runs/newer/last.safetensors'), 'not this one');
    writeFileSync(at('runs/older/last.safetensors'), 'nor this one');
    utimesSync(at('runs/older/last.safetensors'), 1, 1);
    expect((await longhand(['predict', '7.png'])).stdout).toMatch(/^7\.png: 7 {2}/);
    rmSync(at('runs'), { recursive: true });
  });
});

describe('what cannot be read is said in a line', () => {
  const blank = { width: 60, height: 40, channels: 1, pixels: new Uint8Array(2400).fill(250) } as const;
  const cases: [string, () => void, RegExp][] = [
    ['blank.png', () => writeFileSync(at('blank.png'), encodePng(blank)), /^error: blank\.png: [^\n]+\n$/],
    [
      'cut.png',
      () => {
        copyFileSync(at('2.png'), at('cut.png'));
        truncateSync(at('cut.png'), 200);
      },
      /^error: cut\.png: expected [^\n]+, got 200: the file is damaged; [^\n]+\n$/,
    ],
    [
      'phone.heic',
      () => writeFileSync(at('phone.heic'), '\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
      /got a HEIC file; save it as PNG or JPEG\n$/,
    ],
    [
      'web.webp',
      () => writeFileSync(at('web.webp'), 'RIFF\x20\0\0\0WEBPVP8 '),
      /^error: web\.webp: expected a WebP image, got 16 bytes: the file is damaged; save or fetch it again\n$/,
    ],
    ['gone.png', () => {}, /^error: gone\.png: expected a picture, but there is no such file; check the path\n$/],
    ['digits', () => {}, /^error: digits: expected a picture, but it is a folder; name files in it\n$/],
  ];
  test('a folder as standard input', () => {
    const descriptor = openSync(folder, 'r');
    const { status, stderr } = spawnSync(process.execPath, [command, 'predict', '-', ...model], {
      cwd: folder,
      stdio: [descriptor, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    closeSync(descriptor);
    expect([status, stderr]).toEqual([
      3,
      'error: standard input: expected a picture, but it is a folder; name files in it\n',
    ]);
  });

  test.each(cases)('%s', async (name, make, message) => {
    make();
    const { code, stdout, stderr } = await longhand(['predict', name, ...model]);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([3, '']);
  });
});

test('the model and its accuracy are said, and whether the prediction is sure', async () => {
  const { stdout } = await longhand(['predict', '7.png', ...model]);
  expect(stdout).toMatch(/^7\.png: 7 {2}\(/);
  expect(stdout.trim().split('\n').at(-1)).toBe(
    'model: reader.safetensors, its accuracy is not recorded; sure from 80 % on',
  );
  const line = JSON.parse((await longhand(['predict', '7.png', '--json', ...model])).stdout);
  expect(line).toMatchObject({ sure: true, model: 'reader.safetensors' });
});

test('a scribble is not sure', async () => {
  const side = 200;
  const isInk = (x: number, y: number): boolean =>
    x > 30 && x < 170 && y > 30 && y < 170 && (x * 7 + y * 3) % 50 < 9 && (x * 3 + y * 11) % 90 < 60;
  const pixels = Uint8Array.from({ length: side * side }, (_, k) => (isInk(k % side, Math.floor(k / side)) ? 20 : 240));
  writeFileSync(at('scribble.png'), encodePng({ width: side, height: side, channels: 1, pixels }));
  expect((await longhand(['predict', 'scribble.png', ...model])).stdout).toMatch(
    /^scribble\.png: not sure, perhaps \d {2}\(/,
  );
});

test('the network’s input never overwrites the picture, with --force either', async () => {
  copyFileSync(at('7.png'), at('mine.png'));
  const before = readFileSync(at('mine.png'));
  expect(await longhand(['predict', 'mine.png', '--debug-image', './mine.png', '--force', ...model])).toEqual({
    code: 2,
    stdout: '',
    stderr: "error: option '--debug-image': mine.png is the picture itself; write to another file\n",
  });
  expect(readFileSync(at('mine.png')).equals(before)).toBe(true);
});

test('the folder of a run stands for its model, with the accuracy of its test', async () => {
  await longhand([
    'train',
    '--data',
    'digits',
    '--epochs',
    '1',
    '--limit',
    '16',
    '--validation',
    '0.25',
    '--lr',
    '0.001',
    '--name',
    'ours',
  ]);
  const { stdout } = await longhand(['predict', '7.png', '--model', 'runs/ours']);
  expect(stdout).toMatch(/model: runs\/ours\/best\.safetensors, [\d.]+ % on .*; sure from 80 % on\n$/);
  const config = JSON.parse(readFileSync(at('runs/ours/config.json'), 'utf8'));
  expect([config.data.images, config.data.validation]).toEqual([12, 4]);
  expect(config.settings.learningRate).toBe(0.001);
});

test('images are not shifted out of their frame', async () => {
  expect(await longhand(['train', '--data', 'digits', '--shift', '30'])).toMatchObject({
    code: 2,
    stderr:
      "error: option '--shift <pixels>' argument '30' is invalid. Expected a number from 0 to 14, half of the images' side.\n",
  });
});
