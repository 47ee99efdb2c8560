/**
 * Images in color from the outside: a folder of CIFAR-10's files is trained on, evaluated, and pictures are classified.
 *
 * @module-tag exhaustive
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fitImage, imageAt, type RasterImage } from '@longhand/datasets';
import { decodeImage, encodePng, loadData, writeIdxFile } from '@longhand/datasets/node';
import { seededRandom } from '@longhand/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import { longhand } from '../testing/built-command';
import { fixtureFile } from '../testing/fixture-model';
import { at } from '../testing/test-folder';

const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Noise, and a square whose place and color are the class. */
function records(count: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const bytes = new Uint8Array(count * 3073);
  for (let image = 0; image < count; image++) {
    const label = image % 10;
    const record = bytes.subarray(image * 3073, (image + 1) * 3073);
    for (let k = 1; k < 3073; k++) record[k] = random.integer(80);
    record[0] = label;
    const [top, left] = [4 + 14 * (label % 2), 4 + 14 * ((label >> 1) % 2)];
    for (let k = 0; k < 100; k++) {
      record[1 + 1024 * (label % 3) + (top + Math.floor(k / 10)) * 32 + left + (k % 10)] += 150;
    }
  }
  return bytes;
}

const train = ['train', '--data', 'cifar', '--quiet', '--network', 'lenet5', '--flip', '0.1', '--shift', '1'];
const model = 'runs/colors/last.safetensors';

beforeAll(() => {
  mkdirSync(at('cifar'));
  for (let batch = 1; batch <= 5; batch++) writeFileSync(at('cifar', `data_batch_${batch}.bin`), records(60, batch));
  writeFileSync(at('cifar', 'test_batch.bin'), records(40, 6));
  writeFileSync(at('cifar', 'batches.meta.txt'), `${names.join('\n')}\n\n`);
  const { code, stdout, stderr } = longhand(...train, '--epochs', '8', '--name', 'colors');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^cifar test: 40 images\naccuracy {2}(9\d|100)\.\d\d.%/);
  expect(stdout).toContain('automobile │');
});

/** An image of the test set as a picture. */
async function picture(index: number): Promise<RasterImage> {
  const { test: dataset } = await loadData(at('cifar'));
  return { height: 32, width: 32, channels: 3, pixels: imageAt(dataset, index) };
}

test('any number of threads gives the same bytes', () => {
  const [expected, ...others] = [1, 2, 3, 8].map((threads) => {
    const name = `threads-${threads}`;
    expect(longhand(...train, '--epochs', '1', '--name', name, '--threads', String(threads)).code).toBe(0);
    return readFileSync(at('runs', name, 'last.safetensors'));
  });
  for (const bytes of others) expect(bytes.equals(expected)).toBe(true);
});

test('the report shows images in color, the folder keeps the setting', () => {
  const report = readFileSync(at('runs/colors/report.html'), 'utf8');
  const [, source = ''] = /<img src="data:image\/png;base64,([^"]*)" width="32" height="32"/.exec(report) ?? [];
  expect(decodeImage(Buffer.from(source, 'base64'))).toMatchObject({ width: 32, height: 32, channels: 3 });
  expect(JSON.parse(readFileSync(at('runs/colors/config.json'), 'utf8'))).toMatchObject({
    settings: { flip: 0.1 },
    normalization: { mean: [expect.any(Number), expect.any(Number), expect.any(Number)] },
    classes: names,
  });
});

describe('commands take the model', () => {
  test('evaluate', () => {
    const { code, stdout } = longhand('evaluate', model, '--data', 'cifar', '--json', '--misclassified', '3');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.classes.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(result.accuracy).toBeGreaterThan(0.85);
    // A model that has hardly begun to learn is wrong somewhere, and what is drawn has three channels.
    expect(longhand(...train, '--epochs', '1', '--learning-rate', '1e-6', '--name', 'early').code).toBe(0);
    const early = longhand('evaluate', 'runs/early/last.safetensors', '--data', 'cifar', '--misclassified', '2');
    expect(early).toMatchObject({ code: 0, stderr: '' });
    expect(early.stdout).toMatch(/misclassified: 2 of \d+, the most confident first/);
  });

  test('inspect, with the normalization of each channel', () => {
    const { code, stdout } = longhand('inspect', model);
    expect(code).toBe(0);
    expect(stdout).toMatch(/images of 32×32×3 +pixels p as \(p \/ 255 − mean\) \/ std/);
    expect(stdout).toMatch(/mean 0\.\d+, 0\.\d+, 0\.\d+/);
  });

  test('predict: a picture as it is, and a larger one by its middle', async () => {
    writeFileSync(at('seven.png'), encodePng(await picture(7)));
    const { height, width, pixels } = await picture(7);
    const larger = fitImage({ height, width, channels: 3, pixels }, { height: 96, width: 96, channels: 3 });
    // Black at both sides, which is cut off.
    const wide = new Uint8Array(96 * 160 * 3);
    for (let row = 0; row < 96; row++) wide.set(larger.subarray(row * 288, row * 288 + 288), row * 480 + 96);
    writeFileSync(at('wide.png'), encodePng({ height: 96, width: 160, channels: 3, pixels: wide }));
    const { code, stdout, stderr } = longhand('predict', 'seven.png', 'wide.png', '--json', '--model', model);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [small, large] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(small).toMatchObject({ predictedClass: 'horse', box: { left: 0, top: 0, right: 32, bottom: 32 } });
    expect(small).not.toHaveProperty('darkOnLight');
    expect(large).toMatchObject({ predictedClass: 'horse', box: { left: 32, top: 0, right: 128, bottom: 96 } });

    expect(longhand('predict', 'seven.png', '--model', model, '--debug-image', 'seen.png').code).toBe(0);
    expect(decodeImage(readFileSync(at('seen.png')))).toEqual(await picture(7));
  });

  test('predict says what became of a gray picture, and refuses to split one', async () => {
    const gray = fitImage(await picture(7), { height: 32, width: 32, channels: 1 });
    writeFileSync(at('gray.png'), encodePng({ height: 32, width: 32, channels: 1, pixels: gray }));
    expect(longhand('predict', 'gray.png', '--model', model)).toMatchObject({
      code: 0,
      stderr: 'note: gray.png is gray, and the model takes colors: red, green and blue are the same\n',
    });
    expect(longhand('predict', 'gray.png', '--split', '--model', model)).toMatchObject({
      code: 2,
      stderr:
        "error: option '--split' is for digits, ink on a plain background; the model takes pictures of 32×32×3: leave it out\n",
    });
  });

  test('visualize: the input in its colors', async () => {
    writeFileSync(at('seven.png'), encodePng(await picture(7)));
    const given = ['visualize', 'seven.png', '--model', model];
    const { code, stdout } = longhand(...given, '--png', 'maps.png', '--html', 'maps.html');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^seven\.png: predicted horse/);
    const sheet = decodeImage(readFileSync(at('maps.png')));
    // A pixel of the green square, enlarged on the sheet: somewhere there is this color.
    const green = Array.from({ length: sheet.width * sheet.height }, (_, k) => sheet.pixels.subarray(3 * k, 3 * k + 3));
    expect(green.some(([r, g, b]) => g > 150 && r < 80 && b < 80)).toBe(true);
    expect(readFileSync(at('maps.html'), 'utf8')).toContain('The sum over all channels');
    expect(longhand(...given).stdout).toMatch(/occlusion {2}the change of the probability of horse/);
  });

  test('export', () => {
    const { code, stdout } = longhand('export', model, '--format', 'onnx', '--output', 'colors.onnx');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\(pixels \/ 255 - numpy\.array\(\[0\.\d+, 0\.\d+, 0\.\d+\]\)\.reshape\(-1, 1, 1\)\)/);
    expect(stdout).toContain('# pixels [batch, 3, 32, 32]\n');
    expect(longhand('export', model, '--format', 'html').stderr).toBe(
      `error: last: expected a network for images [28, 28, 1], which drawings are prepared as, got one for [32, 32, 3]; a page cannot be made of it\n`,
    );
  });
});

test('300 classes: labels of two bytes in an IDX file, and a report that is no longer than it needs to be', () => {
  const count = 600;
  const images = Uint8Array.from({ length: count * 64 }, (_, k) => {
    const label = Math.floor(k / 64) % 300;
    return 15 * (k % 64 < 32 ? Math.floor(label / 18) : label % 18);
  });
  const labels = Int16Array.from({ length: count }, (_, image) => image % 300);
  mkdirSync(at('shades'));
  for (const stem of ['train', 't10k']) {
    writeIdxFile(at('shades', `${stem}-images-idx3-ubyte`), { shape: [count, 8, 8], data: images });
    writeIdxFile(at('shades', `${stem}-labels-idx1-ubyte`), { shape: [count], data: labels });
  }
  const layers = ['flatten', { kind: 'dense', outFeatures: 300 }];
  writeFileSync(at('shades.json'), JSON.stringify({ layers }));
  const options = ['--data', 'shades', '--model', 'shades.json', '--epochs', '2', '--name', 'shades', '--quiet'];
  const { code, stdout } = longhand('train', ...options);
  expect(code).toBe(0);
  expect(stdout).toContain('the 30 of 300 classes with the most misclassified images\n');
  const report = readFileSync(at('runs/shades/report.html'), 'utf8');
  expect(report).toContain('All 300 classes');
  expect(report.length).toBeLessThan(300_000);
  const { stdout: json } = longhand('evaluate', 'runs/shades/last.safetensors', '--data', 'shades', '--json');
  const { classes, confusion } = JSON.parse(json);
  expect([classes.length, confusion.length, classes[299].support]).toEqual([300, 300, 2]);
});

test('a network file without an input takes the images’ shape; another input is refused', () => {
  const layers = ['flatten', { kind: 'dense', outFeatures: 10 }];
  writeFileSync(at('own.json'), JSON.stringify({ layers }));
  writeFileSync(at('gray.json'), JSON.stringify({ input: [32, 32, 1], layers }));
  const options = ['train', '--data', 'cifar', '--quiet', '--epochs', '1', '--model'];
  expect(longhand(...options, 'own.json').code).toBe(0);
  expect(longhand(...options, 'gray.json').stderr).toBe(
    'error: gray.json: expected the input [32, 32, 3], the size of the images of cifar train, got [32, 32, 1]; leave "input" out to take any size\n',
  );
});

test('a model for digits is not evaluated on colors', () => {
  expect(longhand('evaluate', fixtureFile, '--data', 'cifar').stderr).toBe(
    'error: cifar test: expected images [28, 28, 1] for this network, got [32, 32, 3]; train a network for such images\n',
  );
});
