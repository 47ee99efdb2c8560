/** The folders that CIFAR-10 and CIFAR-100 are unpacked to, and any of one's own with files of those names. */
import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { BudgetOptions } from '@longhand/schema';
import { type CifarFile, imageDatasetOfCifar } from './cifar';
import { readClassNames } from './class-names-file';
import { DatasetError, unreadableFile } from './dataset-error';
import type { FolderOptions, Split } from './idx-folder';
import type { ImageDataset } from './image-dataset';
import { classesOf } from './labels';
import { readBounded } from './read-bounded';

/** One of the two layouts. */
export interface CifarLayout {
  /** What the data set is called, where the folder still has its own name. */
  readonly name: string;
  /** The folder that the archive unpacks to. */
  readonly folder: string;
  readonly files: Readonly<Record<Split, readonly string[]>>;
  /** The bytes of labels in front of each image. */
  readonly labelBytes: number;
  /** The file with the names of the classes. */
  readonly names: string;
}

const layouts: readonly CifarLayout[] = [
  {
    name: 'CIFAR-10',
    folder: 'cifar-10-batches-bin',
    files: { train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`), test: ['test_batch.bin'] },
    labelBytes: 1,
    names: 'batches.meta.txt',
  },
  {
    name: 'CIFAR-100',
    folder: 'cifar-100-binary',
    files: { train: ['train.bin'], test: ['test.bin'] },
    labelBytes: 2,
    names: 'fine_label_names.txt',
  },
];

/** A folder with files of one of the layouts. */
export interface CifarFolder {
  readonly folder: string;
  readonly layout: CifarLayout;
}

/** The folder's layout: its own, or that of a folder within it that is called as the archive unpacks; undefined for none. */
export function cifarFolderOf(folder: string): CifarFolder | undefined {
  for (const layout of layouts) {
    const names = [...layout.files.train, ...layout.files.test];
    const found = [folder, join(folder, layout.folder)].find((path) =>
      names.some((name) => existsSync(join(path, name))),
    );
    if (found !== undefined) return { folder: found, layout };
  }
  return undefined;
}

/**
 * Loads one split: of CIFAR-10 the 50,000 images of `data_batch_1.bin` to `data_batch_5.bin`, or the 10,000 of `test_batch.bin`; of
 * CIFAR-100 those of `train.bin` or `test.bin`, with their fine labels. Files of those names may have any number of images.
 *
 * There are as many classes as the folder's file of names has, and without it the largest label of both splits + 1.
 *
 * @throws DatasetError when files are missing or damaged
 * @example loadCifarFolder({ folder: 'data/cifar-10-batches-bin', split: 'train' }).channels // 3
 */
export function loadCifarFolder({ folder, split, budget }: FolderOptions): ImageDataset {
  const found = cifarFolderOf(folder);
  if (found === undefined) {
    throw new DatasetError(
      `${folder}: expected data_batch_1.bin or train.bin, as of CIFAR, got neither; check the path`,
    );
  }
  const { layout, folder: path } = found;
  const other = split === 'train' ? 'test' : 'train';
  const load = (part: Split, classes?: number): ImageDataset =>
    imageDatasetOfCifar({
      name: `${basename(resolve(path)) === layout.folder ? layout.name : basename(resolve(path))} ${part}`,
      files: filesOf(found, part, budget),
      labelBytes: layout.labelBytes,
      classes,
    });
  const namesFile = join(path, layout.names);
  if (existsSync(namesFile)) return load(split, readClassNames(namesFile, { budget }).length);
  const dataset = load(split);
  const hasOther = layout.files[other].every((name) => existsSync(join(path, name)));
  const classes = hasOther ? Math.max(dataset.classes, classesOf(load(other).labels)) : dataset.classes;
  return { ...dataset, classes };
}

function filesOf({ folder, layout }: CifarFolder, split: Split, budget: FolderOptions['budget']): readonly CifarFile[] {
  const names = layout.files[split];
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new DatasetError(
      `${folder}: expected ${names.join(', ')}, got no ${missing.join(' and no ')}; put what is missing there`,
    );
  }
  return names.map((file) => {
    const name = join(folder, file);
    return { name, length: statSync(name).size, read: () => readFile(name, { budget }) };
  });
}

function readFile(name: string, { budget }: BudgetOptions): Uint8Array {
  try {
    return readBounded(name, { budget, error: (message) => new DatasetError(message) });
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw unreadableFile(name, error);
  }
}
