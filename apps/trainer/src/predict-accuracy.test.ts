/**
 * What the preparation of pictures is worth: digits drawn by eight hands, of all sizes and colors, turned, off-center, noisy and
 * unevenly lit, read by a small network that has only ever seen MNIST. Beside it stand the same pictures simply made small.
 *
 * @module-tag exhaustive
 */
import { readFileSync } from 'node:fs';
import { channelNormalizations, DatasetError } from '@longhand/datasets';
import { prepareDigit, segmentDigits } from '@longhand/handwriting';
import { normalizeGeometry, referenceKernels } from '@longhand/kernels';
import { terminalImage } from '@longhand/rendering';
import { exp } from '@longhand/tensor';
import { decodeModel } from '@longhand/training';
import { expect, test } from 'vitest';
import { naivelyResized } from '../fixtures/rendered-digits/naive-resizing';
import { renderedDigits, renderedRows } from '../fixtures/rendered-digits/rendered-digits';

const fixture = new URL('../fixtures/lenet-documented.safetensors', import.meta.url);
const { network, parameters, normalization } = decodeModel(readFileSync(fixture), 'lenet-documented.safetensors');
const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, mode: 'evaluate' });
const blank = new Uint8Array(784);
const pixels = referenceKernels.allocateBytes(784);
const channels = channelNormalizations('picture', normalization, 1);
const normalize = referenceKernels.prepare(
  'normalize',
  normalizeGeometry('picture', { batch: 1, pixels: 784, channels }),
  {
    x: pixels,
    y: pass.input,
  },
);

/** The probabilities of the ten digits. */
function read(image: Uint8Array): number[] {
  pixels.set(image);
  normalize();
  pass.forward();
  const powers = Array.from(pass.output, (logit) => exp(logit));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

function likeliest(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** What a picture becomes, or why it becomes nothing. */
function prepared(picture: Parameters<typeof prepareDigit>[0]): { image: Uint8Array; refusal?: string } {
  try {
    return { image: prepareDigit(picture).image };
  } catch (error) {
    if (error instanceof DatasetError) return { image: blank, refusal: error.message };
    throw error;
  }
}

/** Pictures have up to four million pixels: on a busy machine that takes minutes. */
const timeout = 600_000;

test('240 pictures of digits', { timeout }, () => {
  let naivelyRight = 0;
  const readings = [...renderedDigits({ seed: 2024, rounds: 3 })].map(({ digit, picture, description }) => {
    if (likeliest(read(naivelyResized(picture))) === digit) naivelyRight++;
    const { image, refusal } = prepared(picture);
    const probabilities = refusal === undefined ? read(image) : [];
    const [got, right] = [likeliest(probabilities), probabilities[digit] ?? 0];
    return { description, image, right, isRight: got === digit, got: refusal ?? `predicted ${got}` };
  });
  const share = (count: number): string => `${((100 * count) / readings.length).toFixed(1)} %`;
  const right = readings.filter(({ isRight }) => isRight).length;
  const worst = readings.toSorted((a, b) => a.right - b.right).slice(0, 6);
  const pictures = worst.map(({ description, image, right: probability, got }) => {
    const seen = terminalImage({ pixels: image, height: 28, width: 28, ascii: true, color: false });
    return `${description}: ${got}, ${(100 * probability).toFixed(1)} % for the true class\n${seen}`;
  });
  console.log(
    `${readings.length} pictures: ${share(right)} are classified correctly, ${share(naivelyRight)} when simply made small. The six worst:\n\n${pictures.join('\n\n')}`,
  );
  expect(readings.length).toBeGreaterThanOrEqual(200);
  expect(right / readings.length).toBeGreaterThanOrEqual(0.98);
  expect(naivelyRight / readings.length).toBeLessThan(0.5);
});

test('40 pictures of several digits', { timeout }, () => {
  const rows = [...renderedRows({ seed: 2024, count: 40 })].map(({ digits, picture, description }) => {
    const got = segmentDigits(picture).map(({ image }) => likeliest(read(image)));
    return { isRight: got.join() === digits.join(), got: `${description}: predicted ${got.join('')}` };
  });
  const wrong = rows.filter(({ isRight }) => !isRight).map(({ got }) => got);
  console.log(
    `${rows.length - wrong.length} of ${rows.length} rows are classified correctly. Misclassified:\n${wrong.join('\n')}`,
  );
  expect(wrong.length / rows.length).toBeLessThan(0.1);
});
