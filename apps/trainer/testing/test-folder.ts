/** The folder in which a test file's commands run, with a small data set, `digits`: `per-file.ts` makes it and takes it away. */
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageDataset, subset } from '@longhand/datasets';
import { writeIdxFile } from '@longhand/datasets/node';
import { loadMnist } from '@longhand/mnist/node';

export const folder = realpathSync(mkdtempSync(join(tmpdir(), 'longhand-')));
export const at = (...names: string[]): string => join(folder, ...names);

/** The model that a run of the name saved, from the folder. */
export const model = (name: string): string => join('runs', name, 'last.safetensors');

/** Writes a small data set as MNIST's four files. */
export function writeFolder(name: string, training: ImageDataset, testing: ImageDataset): void {
  mkdirSync(at(name), { recursive: true });
  for (const [stem, { images, labels, count, height, width }] of [
    ['train', training],
    ['t10k', testing],
  ] as const) {
    writeIdxFile(at(name, `${stem}-images-idx3-ubyte`), { shape: [count, height, width], data: images });
    writeIdxFile(at(name, `${stem}-labels-idx1-ubyte`), { shape: [count], data: Uint8Array.from(labels) });
  }
}

export const training = subset(loadMnist({ split: 'train' }), { from: 0, to: 96 });
export const testing = subset(loadMnist({ split: 'test' }), { from: 0, to: 40 });
export const quick = ['--data', 'digits', '--epochs', '2'];
