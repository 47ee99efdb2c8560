/** CIFAR-10's and CIFAR-100's binary files, and any of one's own of those names and that format. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BudgetOptions } from '@longhand/schema';
import { type CifarFile, imageDatasetOfCifar } from '../cifar';
import { readClassNames } from '../class-names-file';
import { DatasetError, unreadableFile } from '../dataset-error';
import { readBounded } from '../read-bounded';
import { type DataEntry, folderOf, lastOf, nameOf } from './data-entry';
import type { RawData, RawPart, ReadOptions, Split } from './raw-data';
import type { DataReader } from './reader';

/** One of the two layouts. */
interface CifarLayout {
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

export const cifarReader: DataReader = {
  title: 'CIFAR’s binary files',
  find(entry) {
    for (const layout of layouts) {
      const names = [...layout.files.train, ...layout.files.test];
      const file = entry.files.find((name) => names.includes(lastOf(name)));
      if (file === undefined) continue;
      const folder = join(entry.folder, folderOf(file));
      return { kind: 'CIFAR’s binary files', load: (options) => load(folder, layout, options) };
    }
    refusePickles(entry);
    return undefined;
  },
};

/** @throws DatasetError for the version that Python's pickle makes */
function refusePickles({ path, files }: DataEntry): void {
  if (!files.some((file) => lastOf(file) === 'data_batch_1')) return;
  throw new DatasetError(
    `${path}: expected CIFAR-10's binary version, got that for Python, whose files may run code when loaded; unpack cifar-10-binary.tar.gz`,
  );
}

async function load(folder: string, layout: CifarLayout, options: ReadOptions): Promise<RawData> {
  const name = nameOf(folder) === layout.folder ? layout.name : nameOf(folder);
  const part = (split: Split): RawPart | undefined => {
    const files = filesOf(folder, layout.files[split], options);
    if (files === undefined) return undefined;
    const { labels, ...images } = imageDatasetOfCifar({
      name: `${name} ${split}`,
      files,
      labelBytes: layout.labelBytes,
    });
    return { ...images, labels: { kind: 'numbers', values: labels }, where: join(folder, layout.files[split][0]) };
  };
  const [train, test] = [part('train'), part('test')];
  const namesFile = join(folder, layout.names);
  const names = existsSync(namesFile) ? readClassNames(namesFile, options) : undefined;
  return {
    kind: 'CIFAR’s binary files',
    name,
    ...(train && { train }),
    ...(test && { test }),
    ...(names && { names: new Map(names.map((one, label) => [label, one])), namesFile }),
    notes: [],
  };
}

function filesOf(folder: string, names: readonly string[], options: BudgetOptions): readonly CifarFile[] | undefined {
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new DatasetError(
      `${folder}: expected ${names.join(', ')}, got no ${missing.join(' and no ')}; put what is missing there`,
    );
  }
  return names.map((file) => {
    const name = join(folder, file);
    return { name, length: statSync(name).size, read: () => readFile(name, options) };
  });
}

function readFile(name: string, { budget }: BudgetOptions): Uint8Array {
  try {
    return readBounded(name, { budget, error: (message) => new DatasetError(message) });
  } catch (error) {
    throw error instanceof DatasetError ? error : unreadableFile(name, error);
  }
}
