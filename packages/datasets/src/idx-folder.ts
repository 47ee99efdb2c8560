/**
 * A folder of IDX files with MNIST's names: Fashion-MNIST, KMNIST and many others come as one, and so can a data
 * set of one's own.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { BudgetOptions } from '@longhand/schema';
import { DatasetError } from './dataset-error';
import { imageDatasetOfIdx, labelsOf } from './idx-dataset';
import { readIdxFile } from './idx-file';
import type { ImageDataset } from './image-dataset';
import { classesOf } from './labels';

/** The images to train on, or the ones to test with. */
export type Split = 'train' | 'test';

/** Which data set is loaded, and what its files may ask for together. */
export interface FolderOptions extends BudgetOptions {
  readonly folder: string;
  readonly split: Split;
}

/** The names of MNIST's files. */
export const mnistFileNames = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/**
 * Loads one split of a folder of IDX files. They may be compressed by gzip (`.gz`), may be spelled
 * `train-images.idx3-ubyte`, and may be in the folder itself or where torchvision puts them: in `raw`, or in the `raw` of
 * one folder within, such as `FashionMNIST/raw`.
 *
 * The number of classes is the largest label of both splits + 1, since one of them may lack a class.
 *
 * @throws DatasetError when folder or files are missing or damaged, or files do not belong together
 * @example loadIdxFolder({ folder: 'data/fashion', split: 'train' })
 */
export function loadIdxFolder({ folder, split, budget }: FolderOptions): ImageDataset {
  const found = idxFolderOf(folder, split);
  const imagesFile = findFile(found, mnistFileNames[split].images);
  const labelsFile = findFile(found, mnistFileNames[split].labels);
  if (imagesFile === undefined || labelsFile === undefined) throw missingFiles(found, split);
  const options = { budget, tally: { packed: 0, unpacked: 0 } };
  const labels = readIdxFile(labelsFile, options);
  const otherFile = findFile(found, mnistFileNames[split === 'train' ? 'test' : 'train'].labels);
  const otherLabels = otherFile === undefined ? new Uint8Array() : labelsOf(readIdxFile(otherFile, options), otherFile);
  return imageDatasetOfIdx({
    name: `${nameOf(found)} ${split}`,
    images: readIdxFile(imagesFile, options),
    imagesFile,
    labels,
    labelsFile,
    classes: Math.max(classesOf(labelsOf(labels, labelsFile)), classesOf(otherLabels)),
  });
}

/**
 * The folder that holds any of the four files: the one given, its `raw`, or the only `raw` of a folder within it.
 *
 * @throws DatasetError when there is none, or more than one
 */
export function idxFolderOf(folder: string, split: Split): string {
  const expected = `${folder}: expected a folder with ${wanted(split)}`;
  if (!existsSync(folder)) throw new DatasetError(`${expected}, got no such folder; check the path`);
  if (!statSync(folder).isDirectory()) {
    throw new DatasetError(`${expected}, got a file; give the folder that it lies in`);
  }
  const near = [folder, join(folder, 'raw')].find(holdsFiles);
  if (near !== undefined) return near;
  const within = readdirSync(folder)
    .sort()
    .map((name) => join(name, 'raw'));
  const [only, ...others] = within.filter((layout) => holdsFiles(join(folder, layout)));
  if (only === undefined) {
    throw new DatasetError(`${expected}, got none of them there, in raw or in ${join('*', 'raw')}; check the path`);
  }
  if (others.length > 0) {
    throw new DatasetError(
      `${folder}: expected one data set, got ${[only, ...others].join(' and ')}; give the folder of one`,
    );
  }
  return join(folder, only);
}

function holdsFiles(folder: string): boolean {
  const names = Object.values(mnistFileNames).flatMap(({ images, labels }) => [images, labels]);
  return names.some((name) => findFile(folder, name) !== undefined);
}

/** The file of the name in one of its spellings. */
function findFile(folder: string, name: string): string | undefined {
  const spellings = [name, name.replace('-idx', '.idx')].flatMap((spelling) => [spelling, `${spelling}.gz`]);
  return spellings.map((spelling) => join(folder, spelling)).find((path) => existsSync(path));
}

function missingFiles(folder: string, split: Split): DatasetError {
  const missing = Object.values(mnistFileNames[split]).filter((name) => findFile(folder, name) === undefined);
  return new DatasetError(
    `${folder}: expected ${wanted(split)}, got no ${missing.join(' and no ')}; put what is missing there`,
  );
}

function wanted(split: Split): string {
  return `${mnistFileNames[split].images} and ${mnistFileNames[split].labels}, plain or .gz`;
}

/** The name of a data set after its folder; torchvision's `raw` is skipped. */
function nameOf(folder: string): string {
  const path = resolve(folder);
  return basename(basename(path) === 'raw' ? dirname(path) : path);
}
