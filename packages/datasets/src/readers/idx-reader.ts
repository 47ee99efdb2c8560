/**
 * IDX files under the names in use: MNIST's and its relatives' (Fashion-MNIST, KMNIST), EMNIST's splits, QMNIST's, and one's own, such as
 * `train-images.idx3-ubyte.gz`. A name says whether a file has images or labels, of which part, and of which family.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { limitOf } from '@longhand/schema';
import { DatasetError, unreadableFile } from '../dataset-error';
import { type DataEntry, familyInName, folderOf, grouped, lastOf, nameOf, severalSets } from './data-entry';
import { emnistNames, mappingNames } from './emnist';
import { streamIdxFile } from './idx-stream';
import { imagesOf, labelsOf, type NumberArray, partOf, pixelRange } from './number-array';
import { assigned, type RawData, type RawPart, type ReadOptions, splitInName } from './raw-data';
import type { DataReader } from './reader';

/** What the name of an IDX file says. */
interface IdxName {
  readonly file: string;
  readonly role: 'images' | 'labels';
  readonly split: NonNullable<ReturnType<typeof splitInName>>;
  /** What is left of the name: `emnist-letters`; empty for MNIST's. With the folder it tells data sets apart. */
  readonly family: string;
}

/** The two files of a part. */
type IdxPair = Partial<Record<IdxName['role'], string>>;

export const idxReader: DataReader = {
  title: 'IDX files, as MNIST’s',
  find(entry) {
    const named = siblings(entry)
      .map(nameParts)
      .filter((name) => name !== undefined);
    if (!named.some(({ role }) => role === 'images')) return undefined;
    const sets = grouped(named, ({ file, family }) => `${folderOf(file)}\0${family}`);
    const whole = sets.filter((names) => names.some(({ role }) => role === 'images'));
    if (whole.length > 1)
      throw severalSets(
        entry,
        whole.map(([{ file, family }]) => join(folderOf(file), family)),
      );
    const [names] = whole;
    return { kind: 'IDX files', load: (options) => load(entry, names, options) };
  },
};

/** The files of a folder; for one file those beside it that belong to it. */
function siblings({ path, folder, files }: DataEntry): readonly string[] {
  const [only] = files;
  const named = only === undefined ? undefined : nameParts(only);
  if (files.length !== 1 || named === undefined || statSync(path).isDirectory()) return files;
  const alternatives = [named.file, ...['images', 'labels'].flatMap((role) => spellings(named, role))];
  return alternatives.filter((file, at) => alternatives.indexOf(file) === at && isFile(join(folder, file)));
}

/** The names of the other files of a file's data set, in the spelling that it has itself. */
function spellings({ file }: IdxName, role: string): readonly string[] {
  const asRole = file.replace(/images?|labels?/i, role);
  const types = role === 'labels' ? ['idx1', 'idx2'] : ['idx3', 'idx4'];
  const typed = types.flatMap((type) => [asRole.replace(/idx\d/i, type)]);
  const parts = typed.flatMap((name) =>
    ['train', 'test', 't10k', 'val', 'valid', 'validation'].map((part) =>
      name.replace(/train|test|t10k|(?<![a-z])(val|valid|validation)(?![a-z])/i, part),
    ),
  );
  const kinds = parts.flatMap((name) => [name, name.replace(/ubyte/i, 'int'), name.replace(/int/i, 'ubyte')]);
  return kinds.flatMap((name) => [name, `${name.replace(/\.gz$/i, '')}.gz`, name.replace(/\.gz$/i, '')]);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** @example nameParts('emnist-letters-train-labels-idx1-ubyte.gz') // { role: 'labels', split: 'train', family: 'emnist-letters' } */
function nameParts(file: string): IdxName | undefined {
  const name = lastOf(file).toLowerCase();
  const stem = name
    .replace(/\.gz$/, '')
    .replace(/[-._]?(idx\d?)([-._](ubyte|byte|int|short|float|double))?$|[-._]ubyte$/, '');
  if (stem === name.replace(/\.gz$/, '')) return undefined;
  const role = /label/.test(stem) ? 'labels' : /image|img|data/.test(stem) ? 'images' : undefined;
  const split = splitInName(stem);
  if (role === undefined) return undefined;
  return { file, role, split: split ?? 'train', family: familyInName(stem) };
}

async function load(entry: DataEntry, names: readonly IdxName[], options: ReadOptions): Promise<RawData> {
  const parts: Record<IdxName['split'], IdxPair> = { train: {}, validation: {}, test: {} };
  for (const { file, role, split } of names) {
    const before = parts[split][role];
    // Of a file and its compressed twin the plain one.
    if (before === undefined || before.endsWith('.gz')) parts[split][role] = file;
  }
  const at = (file: string): string => join(entry.folder, file);
  const train = await readPair(parts.train, at, options);
  const validation = await readPair(parts.validation, at, options, train?.range);
  const test = await readPair(parts.test, at, options, train?.range ?? validation?.range);
  const read = Object.entries({ train, validation, test } as const).flatMap(([split, pair]) =>
    pair === undefined ? [] : [{ split: split as IdxName['split'], ...pair }],
  );
  const words = read.map((pair) => pair.words).find((text) => text !== '');
  const [{ file, family }] = names;
  const folder = folderOf(file);
  const inner = join(entry.folder, folder);
  const called = family === '' ? nameOf(inner) : family;
  const data = {
    kind: 'IDX files',
    name: called,
    ...namesOf(entry, { inner, family }, options),
  };
  return { ...data, ...assigned(read, words === undefined ? [] : [`${words} became bytes`]) };
}

async function readPair(
  { images, labels }: IdxPair,
  at: (file: string) => string,
  options: ReadOptions,
  range?: ReturnType<typeof pixelRange>,
) {
  if (images === undefined && labels === undefined) return undefined;
  if (images === undefined || (labels === undefined && !options.labelsOptional)) {
    const [found, missing] = images === undefined ? [labels, 'images'] : [images, 'labels'];
    throw new DatasetError(`${at(found as string)}: expected a file of ${missing} beside it, got none; put it there`);
  }
  const array = numbersOf(await streamIdxFile(at(images), options), at(images));
  const used = range ?? (array.data instanceof Uint8Array ? rangeOfBytes(array) : pixelRange(array));
  const pixels = imagesOf(array, used);
  if (labels === undefined) return { part: pixels as RawPart, range: used, words: used.words };
  const classes = numbersOf(await streamIdxFile(at(labels), options), at(labels));
  const part = partOf(pixels, labelsOf(classes), at(labels));
  return { part, range: used, words: used.words };
}

/** Bytes are taken as they are, unless they are two levels: those of a set of one bit. */
function rangeOfBytes(array: NumberArray): ReturnType<typeof pixelRange> {
  const plain = { scale: 1, offset: 0, words: '' };
  for (let k = 0; k < array.data.length; k++) if (array.data[k] > 1) return plain;
  return array.data.includes(1) ? pixelRange(array) : plain;
}

function numbersOf({ shape, data }: Pick<NumberArray, 'shape' | 'data'>, where: string): NumberArray {
  return { shape, data, where };
}

/** The names of the classes: of a mapping file, or EMNIST's own. */
function namesOf(
  { folder, files, path }: DataEntry,
  { inner, family }: { readonly inner: string; readonly family: string },
  options: ReadOptions,
): Pick<RawData, 'names' | 'namesFile'> {
  const mappings = files.filter((file) => /mapping\.txt$/i.test(file) && lastOf(file).includes(family));
  const file = mappings.length === 1 ? join(folder, mappings[0]) : beside(inner, family);
  if (file !== undefined) return { names: mappingNames(readText(file, options), file), namesFile: file };
  const known = emnistNames(`${path}/${family}`);
  return known === undefined ? {} : { names: known };
}

function beside(inner: string, family: string): string | undefined {
  const file = join(inner, `${family}-mapping.txt`);
  return family !== '' && isFile(file) ? file : undefined;
}

function readText(file: string, { budget }: ReadOptions): string {
  try {
    if (statSync(file).size > limitOf('textBytes', budget)) {
      throw new DatasetError(`${file}: expected a mapping of labels to characters, got a file that is too large`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof DatasetError ? error : unreadableFile(file, error);
  }
}
