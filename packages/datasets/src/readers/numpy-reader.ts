/**
 * NumPy's arrays, single or packed: Keras' `mnist.npz` (x_train, y_train, x_test, y_test), KMNIST's and K49's pairs of files (arr_0),
 * MedMNIST's (train_images, train_labels, …), Quick, Draw!'s file for each class, and one's own.
 */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { DatasetError } from '../dataset-error';
import { type DataEntry, familyInName, folderOf, grouped, lastOf, severalSets } from './data-entry';
import { readNpy, readNpyTexts } from './npy';
import { imagesOf, labelsOf, looksLikeImages, type NumberArray, partOf, pixelRange } from './number-array';
import { bytesAt } from './pieces';
import { assigned, joinedParts, type RawData, type RawPart, type ReadOptions, splitInName } from './raw-data';
import type { DataReader } from './reader';
import { zipMembers } from './zip';

/** An array of one of the files. */
interface NamedArray {
  readonly array: NumberArray;
  readonly isImages: boolean;
  readonly split: ReturnType<typeof splitInName>;
  /** The file without its ending. */
  readonly stem: string;
}

export const numpyReader: DataReader = {
  title: 'NumPy’s .npz and .npy',
  find(entry) {
    const files = entry.files.filter((file) => /\.np[yz]$/i.test(file));
    if (files.length === 0) return undefined;
    const sets = grouped(
      files,
      (file) => `${folderOf(file)}\0${/\.npz$/i.test(file) ? familyInName(stemOf(file)) : ''}`,
    );
    if (sets.length > 1)
      throw severalSets(
        entry,
        sets.map(([file]) => file),
      );
    return { kind: 'NumPy arrays', load: (options) => load(entry, files, options) };
  },
};

function stemOf(file: string): string {
  return lastOf(file).replace(/\.np[yz]$/i, '');
}

async function load(entry: DataEntry, files: readonly string[], options: ReadOptions): Promise<RawData> {
  const arrays = files.flatMap((file) => arraysIn(join(entry.folder, file), options));
  const [images, labels] = [arrays.filter(({ isImages }) => isImages), arrays.filter(({ isImages }) => !isImages)];
  const data = { kind: 'NumPy arrays', name: entry.name, ...namesIn(entry, files, options) };
  if (images.length === 0) {
    throw new DatasetError(
      `${entry.path}: expected an array of images, got ${arrays.map(({ array }) => array.where).join(', ')}`,
    );
  }
  if (labels.length === 0 && images.length > 1) return { ...data, ...byFile(images) };
  const range = pixelRange((images.find(({ split }) => split !== 'test') ?? images[0]).array);
  const notes = range.words === '' ? [] : [`${range.words} became bytes`];
  const parts = (['train', 'validation', 'test', undefined] as const).flatMap((split) => {
    const [of, ...others] = images.filter((image) => image.split === split);
    if (of === undefined) return [];
    if (others.length > 0) {
      const names = [of, ...others].map(({ array }) => array.where);
      throw new DatasetError(
        `${entry.path}: expected one array of images in each part, got ${names.join(' and ')}; give one file`,
      );
    }
    const pixels = imagesOf(of.array, range);
    const own = labels.filter((label) => label.split === split);
    const chosen = own.find(({ array }) => array.shape[0] === pixels.count) ?? own[0];
    return [
      {
        split,
        part: chosen === undefined ? (pixels as RawPart) : partOf(pixels, labelsOf(chosen.array), chosen.array.where),
      },
    ];
  });
  return { ...data, ...assigned(parts, notes) };
}

/** A class for each file, as Quick, Draw! has them. */
function byFile(images: readonly NamedArray[]): Pick<RawData, 'train' | 'test' | 'notes'> {
  const range = pixelRange(images[0].array);
  const names = images.map(({ stem }) => stem.replace(/^full_numpy_bitmap_/, ''));
  const parts = images.map(({ array }, at): RawPart => {
    const pixels = imagesOf(array, range);
    return { ...pixels, labels: { kind: 'names', values: new Int32Array(pixels.count), names: [names[at]] } };
  });
  return { train: joinedParts(parts), notes: ['each file is a class'] };
}

/** The names of the classes, where one file has them: an array of texts called `classes`. */
function namesIn(
  { folder }: DataEntry,
  files: readonly string[],
  { budget }: BudgetOptions,
): Pick<RawData, 'names' | 'namesFile'> {
  const [file] = files;
  if (files.length !== 1 || !/\.npz$/i.test(file)) return {};
  const path = join(folder, file);
  const member = zipMembers(path, { budget }).find(({ name }) => isNames(name));
  if (member === undefined) return {};
  const names = readNpyTexts(member.read(), `${path}: classes`);
  return { names: new Map(names.map((name, label) => [label, name])), namesFile: path };
}

function isNames(member: string): boolean {
  return member === 'classes.npy';
}

function arraysIn(path: string, { budget }: BudgetOptions): readonly NamedArray[] {
  const stem = stemOf(path.replaceAll('\\', '/'));
  const isLabel = (name: string): boolean => /label|target|(^|[^a-z])y([^a-z]|$)/i.test(name);
  const named = (array: NumberArray, name: string): NamedArray => ({
    array,
    isImages: looksLikeImages(array) && !isLabel(name),
    split: splitInName(name) ?? splitInName(stem),
    stem,
  });
  if (/\.npy$/i.test(path)) {
    const { size } = statSync(path);
    checkBudget({ bytes: size }, budget, { where: path, of: 'bytes', error: (message) => new DatasetError(message) });
    return [named(readNpy(bytesAt(path, 0, size), path), stem)];
  }
  const members = zipMembers(path, { budget }).filter(({ name }) => name.endsWith('.npy') && !isNames(name));
  if (members.length === 0) throw new DatasetError(`${path}: expected a zip of NumPy arrays, got one without any`);
  return members.map((member) => {
    const name = member.name.replace(/\.npy$/, '');
    return named(readNpy(member.read(), `${path}: ${name}`), name === 'arr_0' ? stem : name);
  });
}
