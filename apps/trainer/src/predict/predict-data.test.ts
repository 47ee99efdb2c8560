/**
 * `longhand predict` of files of data: Kaggle's table without labels, arrays, IDX files; and sets that lie otherwise than MNIST, whose own
 * test images it classifies as well as `evaluate` does, as data and as pictures.
 *
 * @module-tag exhaustive
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ImageDataset, imageAt, subset } from '@longhand/datasets';
import { encodeNpz, encodePng, writeIdxFile } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';
import { decodeModel, encodeModel } from '@longhand/training';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand } from '../../testing/command-in-process';
import { at, testing, writeFolder } from '../../testing/test-folder';

const reader = ['--model', 'reader.safetensors'];
const digitsOf = (table: string): string[] =>
  table
    .trim()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(',')[1]);
let expected: string[];

/** A table as Kaggle has it, without labels. */
function kaggleTable(invert = false): string {
  const header = Array.from({ length: 784 }, (_, k) => `pixel${k}`).join(',');
  const rows = Array.from({ length: testing.count }, (_, k) =>
    imageAt(testing, k)
      .map((value) => (invert ? 255 - value : value))
      .join(','),
  );
  return `${[header, ...rows].join('\n')}\n`;
}

beforeAll(async () => {
  copyFileSync(
    fileURLToPath(new URL('../../fixtures/lenet-documented.safetensors', import.meta.url)),
    at('reader.safetensors'),
  );
  writeFileSync(at('test.csv'), kaggleTable());
  expected = digitsOf((await longhand(['predict', 'test.csv', ...reader])).stdout);
});

describe('a file without labels', () => {
  test('Kaggle’s table becomes its submission, from 1', async () => {
    expect(expected.filter((digit, k) => digit === String(testing.labels[k])).length).toBeGreaterThan(37);
    const { code, stdout } = await longhand(['predict', 'test.csv', '--kaggle', '--csv', 'submission.csv', ...reader]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^test\.csv: 40 images, [\d.]+ % sure\nmodel: /)]);
    const rows = readFileSync(at('submission.csv'), 'utf8').trim().split('\r\n');
    expect(rows.slice(0, 2)).toEqual(['ImageId,Label', `1,${expected[0]}`]);
    expect(digitsOf(rows.join('\r\n'))).toEqual(expected);
    expect((await longhand(['predict', 'test.csv', '--csv', 'submission.csv', ...reader])).code).toBe(2);
  });

  test('the other table has probabilities, and goes to standard output', async () => {
    const { stdout, stderr } = await longhand(['predict', 'test.csv', ...reader]);
    expect(stdout).toMatch(/^image,class,probability,sure\r\n1,7,0?\.?\d+(\.\d+)?,true\r\n/);
    expect(stderr).toMatch(/^test\.csv: 40 images/);
  });

  const shape = [testing.count, 28, 28];
  test.each<[string, (name: string) => void]>([
    ['x_test.npz', (name) => writeFileSync(at(name), encodeNpz({ x_test: { shape, data: testing.images } }))],
    ['t10k-images-idx3-ubyte.gz', (name) => writeIdxFile(at(name), { shape, data: testing.images })],
    ['light.csv', (name) => writeFileSync(at(name), kaggleTable(true))],
  ])('%s is read likewise', async (name, write) => {
    write(name);
    const { stdout, stderr } = await longhand(['predict', name, ...reader]);
    expect(digitsOf(stdout)).toEqual(expected);
    if (name === 'light.csv') expect(stderr).toMatch(/^note: light\.csv: has a light background, .*: inverted\n/);
  });

  test.each([
    [['--labels'], "error: option '--labels': test.csv: expected labels to compare with, got none; leave it out"],
    [['--split'], "error: option '--split' is for pictures, and test.csv is a file of data; leave it out"],
    [['other.csv'], 'error: expected pictures, or one file of data, got test.csv, other.csv'],
  ])('%o is refused', async (options, message) => {
    const { code, stdout, stderr } = await longhand(['predict', 'test.csv', ...options, ...reader]);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('options of data are refused for pictures, and images of another size for the model', async () => {
    expect((await longhand(['predict', 'seven.png', '--kaggle', ...reader])).stderr).toBe(
      "error: option '--kaggle' is for files of data, such as test.csv, got seven.png; leave it out\n",
    );
    writeFileSync(at('small.npz'), encodeNpz({ x: { shape: [4, 8, 8], data: new Uint8Array(256) } }));
    expect((await longhand(['predict', 'small.npz', ...reader])).stderr).toMatch(
      /: expected images of 28 × 28 × 1, which the model takes, got 8 × 8 × 1; name another --model\n$/,
    );
  });
});

/** Each image changed, the labels kept. */
function changed(dataset: ImageDataset, change: (image: Uint8Array) => Uint8Array): ImageDataset {
  const images = new Uint8Array(dataset.images.length);
  for (let k = 0; k < dataset.count; k++) images.set(change(imageAt(dataset, k)), k * 784);
  return { ...dataset, images };
}

/** As KMNIST's characters: the box of the ink stretched to the frame. */
function stretched(image: Uint8Array): Uint8Array {
  const inked = [...image.keys()].filter((k) => image[k] > 40);
  const [columns, rows] = [inked.map((k) => k % 28), inked.map((k) => Math.floor(k / 28))];
  const [left, right, top, bottom] = [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
  return image.map((_, k) => {
    const [x, y] = [k % 28, Math.floor(k / 28)];
    const column = Math.round(left + (x * (right - left)) / 27);
    return image[Math.round(top + (y * (bottom - top)) / 27) * 28 + column];
  });
}

test('--json has a line for each image, with logits whose softmax at the temperature is the probabilities', async () => {
  const plain = decodeModel(readFileSync(at('reader.safetensors')), 'reader');
  const calibration = { version: 1, temperature: 2, threshold: 0.5, images: 40, data: 'digits' } as const;
  writeFileSync(at('calibrated.safetensors'), encodeModel({ ...plain, calibration }));
  const model = ['--model', 'calibrated.safetensors'];
  const data = 'digits/t10k-images-idx3-ubyte';
  const lines = (await longhand(['predict', data, '--json', '--labels', ...model])).stdout.trim().split('\n');
  expect(lines).toHaveLength(testing.count);
  for (const [at, line] of lines.entries()) {
    const { image, label, correct, predictedClass, probabilities, logits, temperature } = JSON.parse(line);
    expect(temperature).toBe(2);
    expect([image, label, correct]).toEqual([at + 1, String(testing.labels[at]), label === predictedClass]);
    const powers = Object.values<number>(logits).map((value) => Math.exp(value / temperature));
    const sum = powers.reduce((before, value) => before + value, 0);
    for (const [k, value] of Object.values<number>(probabilities).entries())
      expect(value).toBeCloseTo(powers[k] / sum, 5);
  }
  // The file's softmax is another.
  const exported = await longhand(['export', 'calibrated.safetensors', '--output', 'calibrated.onnx', '--softmax']);
  expect(exported.stdout).toContain(
    'Its softmax is that of the plain logits; predict divides them by the temperature 2 of the model before. ',
  );
  for (const other of [['--kaggle'], ['--csv', 'table.csv']]) {
    const { code, stderr } = await longhand(['predict', data, '--json', ...other, ...model]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: option '--json' cannot be combined with '--(kaggle|csv)'/),
    ]);
  }
});

describe('the set’s own test images are classified as by evaluate', () => {
  const train = subset(loadMnist({ split: 'train' }), { from: 0, to: 1500 });
  const test200 = subset(loadMnist({ split: 'test' }), { from: 0, to: 200 });

  test.each<[string, (image: Uint8Array) => Uint8Array, (image: Uint8Array) => Uint8Array]>([
    ['kmnist-like', stretched, (image) => image],
    ['emnist-like', transposed, transposed],
    ['inverted', (image) => image.map((value) => 255 - value), (image) => image],
  ])('%s', async (name, change, upright) => {
    const own = changed(test200, change);
    writeFolder(name, changed(train, change), own);
    expect(await longhand(['train', '--data', name, '--name', name, '--epochs', '3', '--quiet'])).toMatchObject({
      code: 0,
    });
    const { accuracy } = JSON.parse((await longhand(['evaluate', `runs/${name}`, '--data', name, '--json'])).stdout);
    expect(accuracy).toBeGreaterThan(0.75);
    const data = await longhand(['predict', `${name}/t10k-images-idx3-ubyte`, '--labels', '--model', `runs/${name}`]);
    expect(data.stderr).toContain(`labels: ${Math.round(200 * accuracy)} right`);
    for (let k = 0; k < own.count; k++) {
      const folder = at(`${name}-pictures`, String(own.labels[k]));
      mkdirSync(folder, { recursive: true });
      const pixels = upright(imageAt(own, k));
      writeFileSync(`${folder}/${k}.png`, encodePng({ width: 28, height: 28, channels: 1, pixels }));
    }
    const pictures = await longhand(['predict', `${name}-pictures`, '--labels', '--json', '--model', `runs/${name}`]);
    const counts = JSON.parse(pictures.stdout.trim().split('\n').at(-1) ?? '');
    expect(counts).toMatchObject({ pictures: 200, unread: 0 });
    expect(Math.abs(counts.accuracy - accuracy)).toBeLessThanOrEqual(0.005);
  });

  function transposed(image: Uint8Array): Uint8Array {
    return image.map((_, k) => image[(k % 28) * 28 + Math.floor(k / 28)]);
  }
});
