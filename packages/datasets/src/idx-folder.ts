/**
 * A folder of IDX files with MNIST's names: Fashion-MNIST, KMNIST and many others come as one, and so can a data
 * set of one's own.
 */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatasetError } from './dataset-error';
import { imageDatasetOfIdx, labelsOf } from './idx-dataset';
import { readIdxFile } from './idx-file';
import { classesOf, type ImageDataset } from './image-dataset';

/** The images to learn from, or the ones to be judged by. */
export type Split = 'train' | 'test';

/** The names of MNIST's files. */
export const mnistFileNames = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/** Where in a folder the files may lie: at its top, or where torchvision puts them. */
const LAYOUTS = ['', 'raw', join('MNIST', 'raw')];

/**
 * Loads one split of a folder of IDX files. They may be packed by gzip (`.gz`), may be spelled
 * `train-images.idx3-ubyte`, and may lie in the folder itself, in `raw` or in `MNIST/raw`.
 *
 * The number of classes is the largest label of both splits + 1, since one of them may lack a class.
 *
 * @throws DatasetError when folder or files are missing or damaged, or files do not belong together
 * @example loadIdxFolder({ folder: 'data/fashion', split: 'train' })
 */
export function loadIdxFolder({ folder, split }: { readonly folder: string; readonly split: Split }): ImageDataset {
  const place = placeOfFiles(folder, split);
  const imagesFile = findFile(place, mnistFileNames[split].images);
  const labelsFile = findFile(place, mnistFileNames[split].labels);
  if (imagesFile === undefined || labelsFile === undefined) throw missingFiles(place, split);
  const labels = readIdxFile(labelsFile);
  const otherFile = findFile(place, mnistFileNames[split === 'train' ? 'test' : 'train'].labels);
  const otherLabels = otherFile === undefined ? new Uint8Array() : labelsOf(readIdxFile(otherFile), otherFile);
  return imageDatasetOfIdx({
    name: `${nameOf(place)} ${split}`,
    images: readIdxFile(imagesFile),
    imagesFile,
    labels,
    labelsFile,
    classes: Math.max(classesOf(labelsOf(labels, labelsFile)), classesOf(otherLabels)),
  });
}

/** The folder itself, or the first folder within it that holds any of the four files. */
function placeOfFiles(folder: string, split: Split): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new DatasetError(`${folder}: expected a folder with ${wanted(split)}, got no such folder; check the path`);
  }
  const names = Object.values(mnistFileNames).flatMap(({ images, labels }) => [images, labels]);
  const places = LAYOUTS.map((layout) => join(folder, layout));
  return places.find((place) => names.some((name) => findFile(place, name) !== undefined)) ?? folder;
}

/** The file of the name in one of its spellings. */
function findFile(place: string, name: string): string | undefined {
  const spellings = [name, name.replace('-idx', '.idx')].flatMap((spelling) => [spelling, `${spelling}.gz`]);
  return spellings.map((spelling) => join(place, spelling)).find((path) => existsSync(path));
}

function missingFiles(place: string, split: Split): DatasetError {
  const missing = Object.values(mnistFileNames[split]).filter((name) => findFile(place, name) === undefined);
  return new DatasetError(
    `${place}: expected ${wanted(split)}, got no ${missing.join(' and no ')}; put what is missing there`,
  );
}

function wanted(split: Split): string {
  return `${mnistFileNames[split].images} and ${mnistFileNames[split].labels}, plain or .gz`;
}

/** What a data set is called by its folder: torchvision's `raw` says nothing. */
function nameOf(place: string): string {
  const path = resolve(place);
  return basename(basename(path) === 'raw' ? dirname(path) : path);
}
