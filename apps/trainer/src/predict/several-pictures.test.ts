/** `longhand predict` of several pictures: a line for each, a table, and the accuracy where their classes are known. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { seededRandom } from '@longhand/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import { photographOf } from '../../fixtures/papers/papers';
import { writtenRow } from '../../fixtures/papers/written-row';
import * as built from '../../testing/built-command';
import { longhand } from '../../testing/command-in-process';
import { writePictures } from '../../testing/pictures';
import { at } from '../../testing/test-folder';

const model = ['--model', 'reader.safetensors'];
const fixture = fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url));

beforeAll(() => {
  copyFileSync(fixture, at('reader.safetensors'));
  writePictures();
  const side = 200;
  const isInk = (x: number, y: number): boolean =>
    x > 30 && x < 170 && y > 30 && y < 170 && (x * 7 + y * 3) % 50 < 9 && (x * 3 + y * 11) % 90 < 60;
  const pixels = Uint8Array.from({ length: side * side }, (_, k) => (isInk(k % side, Math.floor(k / side)) ? 20 : 240));
  writeFileSync(at('scribble.png'), encodePng({ width: side, height: side, channels: 1, pixels }));
});

describe('several pictures', () => {
  /** Each digit in a folder of its name, and one that lies in the folder of another. */
  const labeled = (): void => {
    for (const digit of [0, 3, 7]) {
      mkdirSync(at('labeled', `${digit}`), { recursive: true });
      copyFileSync(at(`${digit}.png`), at('labeled', `${digit}`, 'a.png'));
    }
    copyFileSync(at('8.png'), at('labeled/3/stray.png'));
    writeFileSync(at('labeled/0/notes.txt'), 'no picture');
  };

  test('have a line each', async () => {
    const { stdout } = await longhand(['predict', '3.png', '8.png', 'scribble.png', ...model]);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^3\.png: 3 {2}\([\d.]+ %\)$/);
    expect(lines[1]).toMatch(/^8\.png: 8 {2}\([\d.]+ %\)$/);
    expect(lines[2]).toMatch(/^scribble\.png: not sure, perhaps \d {2}\([\d.]+ %\)$/);
  });

  test('as a table, in a file or alone on standard output', async () => {
    copyFileSync(at('7.png'), at('a, "b".png'));
    const pictures = ['3.png', 'a, "b".png', 'scribble.png'];
    const table =
      /^file,class,probability,sure,left,top,right,bottom\r\n3\.png,3,[\d.]+,true(,\d+){4}\r\n"a, ""b""\.png",7,[\d.]+,true(,\d+){4}\r\nscribble\.png,\d,[\d.]+,false(,\d+){4}\r\n$/;
    expect(await longhand(['predict', ...pictures, '--csv', 'table.csv', ...model])).toMatchObject({ code: 0 });
    expect(readFileSync(at('table.csv'), 'utf8')).toMatch(table);
    const { code, stdout, stderr } = built.longhand('predict', ...pictures, '--csv', '-', ...model);
    expect(stdout).toMatch(table);
    expect([code, stderr.split('\n')[0]]).toEqual([0, expect.stringMatching(/^3\.png: 3 {2}/)]);
    expect((await longhand(['predict', '3.png', '--csv', 'table.csv', ...model])).stderr).toBe(
      'error: table.csv: expected a new file, but it exists; use --force to overwrite it, or another --csv\n',
    );
    expect((await longhand(['predict', '3.png', '--csv', '3.png', '--force', ...model])).stderr).toBe(
      "error: option '--csv': 3.png is the picture itself; write to another file\n",
    );
  });

  test('with labels: folders of the classes', async () => {
    labeled();
    const { code, stdout, stderr } = await longhand(['predict', 'labeled', '--labels', ...model]);
    const lines = stdout.trim().split('\n');
    expect([code, stderr, lines.length]).toEqual([0, '', 6]);
    expect(lines[2]).toMatch(/stray\.png: .*8 {2}\([\d.]+ %\), labeled 3$/);
    expect(lines[4]).toBe('labels: 3 of 4 right, 75.00 %; 0 not sure; sure and wrong: 1');
    const json = (await longhand(['predict', 'labeled', '--labels', '--json', ...model])).stdout.trim().split('\n');
    expect(json.map((line) => JSON.parse(line)).map(({ label, correct }) => [label, correct])).toEqual([
      ['0', true],
      ['3', true],
      ['3', false],
      ['7', true],
      [undefined, 3],
    ]);
    expect(json[4]).toBe(
      '{"accuracy":0.75,"pictures":4,"correct":3,"notSure":0,"notSureCorrect":0,"withoutLabel":0,"unread":0}',
    );
  });

  test('with labels: the names of files, and what has none', async () => {
    mkdirSync(at('named'), { recursive: true });
    copyFileSync(at('7.png'), at('named/7-of-mine.png'));
    copyFileSync(at('3.png'), at('named/three.png'));
    copyFileSync(at('scribble.png'), at('named/5.png'));
    writeFileSync(at('named/6.png'), 'no picture');
    const { code, stdout } = await longhand(['predict', 'named', '--labels', '--csv', 'named.csv', ...model]);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /\nlabels: [12] of 2 right, [\d.]+ %; 1 not sure, [01] of them right; sure and wrong: 0; 1 without a label; 1 could not be read\n/,
    );
    expect(readFileSync(at('named.csv'), 'utf8')).toMatch(/\.png,7,[\d.]+,true(,\d+){4},7\r\n/);
    expect(await longhand(['predict', 'named/three.png', '--labels', ...model])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "error: option '--labels': expected pictures in folders called as the model's classes (0, 1, 2, …), or with names that begin so, got named/three.png; rename them, or leave --labels out\n",
    });
  });
});

describe('points, commas and minus signs are said', () => {
  const digits = loadMnist({ split: 'test' });
  const write = (name: string, text: string): void => {
    const random = seededRandom(4);
    const imageOf = (digit: number): Uint8Array => {
      const index = digits.labels.indexOf(digit);
      return digits.images.subarray(index * 784, (index + 1) * 784);
    };
    const path = writtenRow({ text, imageOf }, random);
    writeFileSync(at(name), encodePng(photographOf({ kind: 'plain', height: 12, path }, random).picture));
  };

  test.each(['3.14', '-42', '1,7'])('%s in the terminal, as JSON and as a table', async (text) => {
    write('row.png', text);
    const { stdout } = await longhand(['predict', 'row.png', '--split', '--csv', 'row.csv', '--force', ...model]);
    expect(stdout.split('  ')[0].replaceAll('?', '')).toBe(`row.png: ${text}`);
    const table = readFileSync(at('row.csv'), 'utf8').split('\r\n').slice(1, -1);
    const classes = table.map((line) => (line.startsWith('row.png,","') ? ',' : line.split(',')[1]));
    expect(classes.join('')).toBe(text);
    const lines = (await longhand(['predict', 'row.png', '--split', '--json', ...model])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ mark, predictedClass }) => mark ?? predictedClass).join('')).toBe(text);
    for (const line of lines) expect(line).toMatchObject({ text, row: 0, model: 'reader.safetensors' });
  });

  test('a minus sign beside one digit is left out of it, and that is said', async () => {
    write('minus.png', '-7');
    const { stdout, stderr } = await longhand(['predict', 'minus.png', ...model]);
    expect(stdout).toMatch(/^minus\.png: (not sure, perhaps )?7 {2}/);
    expect(stderr).toBe('note: minus.png has "-" beside the digit, which is left out; predict --split says it\n');
  });
});
