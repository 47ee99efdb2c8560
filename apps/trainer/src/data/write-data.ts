/** Data written in forms that other tools read: IDX files with MNIST's names, one NPZ file, or folders of PNGs. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageDataset, imageAt, writeIdx } from '@longhand/datasets';
import { encodeNpz, encodePng } from '@longhand/datasets/node';
import type { DataSource } from '../command/dataset-source';
import { disk } from '../command/disk';
import { refusal } from '../command/failure';
import { checkNewFile, writeOutput, writeWithoutFlush } from '../command/output-files';
import { writeFolder } from './write-folder';

export const dataFormats = ['idx', 'npz', 'folders'] as const;
export type DataFormat = (typeof dataFormats)[number];

/** Where data go. */
export interface DataOutput {
  readonly output: string;
  /** Default: `npz` for a name that ends so, else `idx`. */
  readonly format?: DataFormat;
  readonly force?: boolean;
}

/** The names of the parts in IDX files and in NPZ files. */
const parts = [
  { split: 'train', idx: 'train', npz: 'train' },
  { split: 'validation', idx: 'val', npz: 'val' },
  { split: 'test', idx: 't10k', npz: 'test' },
] as const;

/** Endings of files that people may expect to be written: a folder of such a name would not be what they mean. */
const fileEndings = /\.(csv|tsv|parquet|npy|png|jpe?g|zip|gz|json|html)$/i;

/** @throws CommandError when something is there already, or cannot be written there */
export function checkDataOutput(destination: DataOutput): void {
  const { output, force } = destination;
  if (formatOf(destination) === 'npz') {
    checkNewFile(output, { ...(force && { force }), example: 'data.npz' });
    return;
  }
  const expected = `${output}: expected a folder, or a name that ends in .npz`;
  if (existsSync(output) && !statSync(output).isDirectory()) {
    throw refusal(`${expected}, but it is a file; use another --output`);
  }
  if (destination.format === undefined && fileEndings.test(output)) {
    throw refusal(`${expected}; add --format idx, if a folder of this name is meant`);
  }
  if (existsSync(output) && !force && readdirSync(output).length > 0) {
    throw refusal(
      `${output}: expected a new folder, but there are files in it; use --force to write among them, or another --output`,
    );
  }
}

/** Writes all parts, upright, with labels that count from 0. */
export async function writeData(source: DataSource, destination: DataOutput): Promise<void> {
  const { output } = destination;
  switch (formatOf(destination)) {
    case 'npz': {
      const arrays = Object.fromEntries(partsOf(source).flatMap(({ dataset, npz }) => arraysOf(dataset, npz)));
      const classes = { shape: [source.classNames.length], data: source.classNames };
      writeOutput(output, encodeNpz({ ...arrays, classes }));
      return;
    }
    case 'idx':
      await writeFolder(output, function* (folder) {
        for (const { dataset, idx } of partsOf(source)) {
          writeIdxPart(dataset, folder, idx);
          yield;
        }
        writeOutput(join(folder, 'classes.txt'), new TextEncoder().encode(`${source.classNames.join('\n')}\n`));
      });
      return;
    case 'folders':
      await writeFolder(output, function* (folder) {
        for (const { dataset, split } of partsOf(source)) {
          yield* writePictures(dataset, join(folder, split), source.classNames);
        }
      });
  }
}

/** The parts that there are. */
function partsOf(source: DataSource) {
  return parts.flatMap((part) => {
    const dataset = source[part.split];
    return dataset === undefined ? [] : [{ ...part, dataset }];
  });
}

function formatOf({ output, format }: DataOutput): DataFormat {
  return format ?? (output.toLowerCase().endsWith('.npz') ? 'npz' : 'idx');
}

function shapeOf({ count, height, width, channels }: ImageDataset): readonly number[] {
  return channels === 1 ? [count, height, width] : [count, height, width, channels];
}

function arraysOf(dataset: ImageDataset, name: string) {
  const { images, labels, count } = dataset;
  return [
    [`x_${name}`, { shape: shapeOf(dataset), data: images }],
    [`y_${name}`, { shape: [count], data: labels }],
  ] as const;
}

function writeIdxPart(dataset: ImageDataset, folder: string, name: string): void {
  const { images, labels, count, classes } = dataset;
  const shape = shapeOf(dataset);
  writeOutput(join(folder, `${name}-images-idx${shape.length}-ubyte`), writeIdx({ shape, data: images }));
  const data = classes <= 256 ? Uint8Array.from(labels) : Int32Array.from(labels);
  writeOutput(join(folder, `${name}-labels-idx1-ubyte`), writeIdx({ shape: [count], data }));
}

/** Pictures are small: so many are written in a row. */
const IN_A_ROW = 100;

function* writePictures(dataset: ImageDataset, folder: string, names: readonly string[]): Iterable<undefined> {
  const { count, height, width, channels, labels } = dataset;
  const folders = names.map((name) => join(folder, ...name.split('/').map(fileName)));
  for (const path of folders) disk.mkdirSync(path, { recursive: true });
  for (let index = 0; index < count; index++) {
    const png = encodePng({ height, width, channels: channels as 1 | 3, pixels: imageAt(dataset, index) });
    writeWithoutFlush(join(folders[labels[index]], `${index}.png`), png);
    if (index % IN_A_ROW === 0) yield;
  }
}

/** A name that is one of a file on every system, and leads nowhere else. */
function fileName(name: string): string {
  return name.replace(/[\p{Control}<>:"\\|?*]/gu, '_').replace(/^\.+|[. ]+$/g, '_') || '_';
}
