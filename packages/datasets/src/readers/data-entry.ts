/** What lies at a path: a file, or a folder with all that is in it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type BudgetOptions, checkBudget } from '@longhand/schema';
import { DatasetError, unreadableFile } from '../dataset-error';

/** A path and the files that it stands for. */
export interface DataEntry {
  /** As it was given. */
  readonly path: string;
  /** The folder that the files are named from. */
  readonly folder: string;
  /** Paths from the folder, with `/` between, in the order of their names. */
  readonly files: readonly string[];
  /** The name of a data set that is called like its folder or file; torchvision's `raw` is skipped. */
  readonly name: string;
}

/** Folders are looked into so deep: `MNIST/raw`, `data/train/7`. */
const depth = 6;

/**
 * What lies at a path. A path that is no file may be the beginning of the names of some: `EMNIST/raw/emnist-letters`.
 *
 * @throws DatasetError when there is nothing, or it cannot be read
 */
export function dataEntry(path: string, { budget }: BudgetOptions = {}): DataEntry {
  const [folder, first] = [dirname(path), basename(path)];
  try {
    if (!existsSync(path)) {
      const files = existsSync(folder) ? namesIn(folder).filter((name) => name.startsWith(first)) : [];
      if (files.length > 0) return { path, folder, files, name: first };
      throw new DatasetError(`${path}: expected a folder or a file with images, got none of this name; check the path`);
    }
    if (!statSync(path).isDirectory()) {
      const name = first.replace(/\.gz$/i, '').replace(/\.[a-z\d]+$/i, '');
      return { path, folder, files: [first], name };
    }
    const files: string[] = [];
    list(path, '', depth, files, (count) =>
      checkBudget({ files: count }, budget, {
        where: path,
        of: 'files',
        error: (message) => new DatasetError(message),
      }),
    );
    return { path, folder: path, files, name: nameOf(path) };
  } catch (error) {
    throw error instanceof DatasetError ? error : unreadableFile(path, error);
  }
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .sort(byName);
}

/** Adds the files of a folder and of those in it. Hidden ones are left out, and what archives of macOS have besides. */
function list(root: string, within: string, levels: number, files: string[], check: (count: number) => void): void {
  const entries = readdirSync(join(root, within), { withFileTypes: true });
  for (const entry of entries.sort((one, other) => byName(one.name, other.name))) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    const isFolder = entry.isSymbolicLink()
      ? (statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? true)
      : entry.isDirectory();
    if (!isFolder) files.push(path);
    else if (levels > 1) list(root, path, levels - 1, files, check);
  }
  check(files.length);
}

/** By code units, the same on every machine. */
function byName(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The name of a data set after its folder; torchvision's `raw` is skipped. */
export function nameOf(folder: string): string {
  const path = resolve(folder);
  return basename(basename(path) === 'raw' ? dirname(path) : path);
}

/** The last part of a path within a folder. */
export function lastOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** The path without its last part; empty for files of the folder itself. */
export function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
}

/**
 * What a name says besides the part and the kind of contents: files of one family belong together.
 *
 * @example familyInName('emnist-letters-train-images') // 'emnist-letters'
 */
export function familyInName(name: string): string {
  const isOfPart =
    /^(images?|imgs?|labels?|data|x|y|train(ing|set)?|tra|test(ing|set)?|tes|t10k|val|valid|validation)$/;
  return name
    .toLowerCase()
    .split(/[-._\s]+/)
    .filter((word) => word !== '' && !isOfPart.test(word))
    .join('-');
}

/** Groups in the order of their first members. */
export function grouped<Member>(members: readonly Member[], keyOf: (member: Member) => string): readonly Member[][] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = keyOf(member);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [member]);
    else group.push(member);
  }
  return [...groups.values()];
}

/** The refusal of a path with several data sets: each can be given by the beginning of its files' names. */
export function severalSets({ path, folder }: DataEntry, prefixes: readonly string[]): DatasetError {
  const shown = prefixes.slice(0, 8).map((prefix) => join(folder, prefix));
  return new DatasetError(
    `${path}: expected one data set, got ${prefixes.length}: ${shown.join(', ')}${prefixes.length > 8 ? ', …' : ''}; give one of these`,
  );
}
