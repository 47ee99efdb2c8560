import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { loadClassNames } from './dataset-folder';
import { writeIdxFile } from './idx-file';
import { loadIdxFolder } from './idx-folder';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Two training images of 1 × 2 in the classes 0 and 1, one test image in class 2. */
const contents = {
  'train-images-idx3-ubyte': { shape: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 4) },
  'train-labels-idx1-ubyte': { shape: [2], data: Uint8Array.of(1, 0) },
  't10k-images-idx3-ubyte': { shape: [1, 1, 2], data: Uint8Array.of(5, 6) },
  't10k-labels-idx1-ubyte': { shape: [1], data: Uint8Array.of(2) },
};
type Name = keyof typeof contents;
const names = Object.keys(contents) as Name[];

function fill(path: string, spelled: (name: Name) => string = (name) => name, chosen: readonly Name[] = names): string {
  mkdirSync(path, { recursive: true });
  for (const name of chosen) writeIdxFile(join(path, spelled(name)), contents[name]);
  return path;
}

const shape = { height: 1, width: 2, channels: 1, classes: 3 };
const train = { ...shape, images: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(1, 0), count: 2 };
const testSplit = { ...shape, images: Uint8Array.of(5, 6), labels: Uint8Array.of(2), count: 1 };

describe('a folder', () => {
  test.each([
    ['plain', (name: string) => name],
    ['packed', (name: string) => `${name}.gz`],
    ['spelled with a dot', (name: string) => name.replace('-idx', '.idx')],
    ['spelled with a dot and packed', (name: string) => `${name.replace('-idx', '.idx')}.gz`],
    ['mixed', (name: string) => (name.includes('labels') ? `${name}.gz` : name)],
  ])('%s', (_, spelled) => {
    const path = fill(join(folder, 'fashion'), spelled);
    expect(loadIdxFolder({ folder: path, split: 'train' })).toEqual({ ...train, name: 'fashion train' });
    expect(loadIdxFolder({ folder: path, split: 'test' })).toEqual({ ...testSplit, name: 'fashion test' });
  });

  test.each(['.', 'raw', 'MNIST/raw', 'FashionMNIST/raw'])("torchvision's layout: files in %s", (layout) => {
    const path = join(folder, 'KMNIST');
    fill(join(path, layout));
    // What else lies about does not matter.
    mkdirSync(join(path, 'empty', 'raw'), { recursive: true });
    writeFileSync(join(path, 'notes.txt'), '');
    const name = layout.includes('/') ? layout.replace('/raw', '') : 'KMNIST';
    expect(loadIdxFolder({ folder: path, split: 'train' })).toEqual({ ...train, name: `${name} train` });
  });

  test('of one split does without the other', () => {
    const path = fill(folder, (name) => name, ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']);
    expect(loadIdxFolder({ folder: path, split: 'train' }).classes).toBe(2);
  });
});

describe('refuses', () => {
  const refusal = (path: string, split: 'train' | 'test'): string => {
    try {
      loadIdxFolder({ folder: path, split });
    } catch (error) {
      expect(error).toBeInstanceOf(DatasetError);
      return (error as Error).message.replaceAll(folder, 'here').replaceAll('\\', '/');
    }
    return 'nothing';
  };

  test('a missing folder, and a file in its place', () => {
    const message =
      'here/none: expected a folder with train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz, got no such folder; check the path';
    expect(refusal(join(folder, 'none'), 'train')).toBe(message);
    writeFileSync(join(folder, 'none'), '');
    expect(refusal(join(folder, 'none'), 'train')).toBe(
      message.replace('got no such folder; check the path', 'got a file; give the folder that it lies in'),
    );
  });

  test('an empty folder, with the places where the files were looked for', () => {
    expect(refusal(folder, 'test')).toBe(
      'here: expected a folder with t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain or .gz, got none of them there, in raw or in */raw; check the path',
    );
  });

  test('a folder with two data sets, and takes either by its own folder', () => {
    fill(join(folder, 'MNIST', 'raw'));
    fill(join(folder, 'FashionMNIST', 'raw'));
    expect(refusal(folder, 'train')).toBe(
      'here: expected one data set, got FashionMNIST/raw and MNIST/raw; give the folder of one',
    );
    expect(loadIdxFolder({ folder: join(folder, 'FashionMNIST'), split: 'train' }).name).toBe('FashionMNIST train');
  });

  test('a missing file, where the others lie', () => {
    fill(join(folder, 'raw'), (name) => name, ['train-images-idx3-ubyte']);
    expect(refusal(folder, 'train')).toBe(
      'here/raw: expected train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz, got no train-labels-idx1-ubyte; put what is missing there',
    );
  });

  test('images and labels of different counts', () => {
    fill(folder);
    writeIdxFile(join(folder, 'train-labels-idx1-ubyte'), { shape: [3], data: new Uint8Array(3) });
    expect(refusal(folder, 'train')).toBe(
      'here/train-labels-idx1-ubyte: expected 2 labels, one for each image of here/train-images-idx3-ubyte, got 3; give files that belong together',
    );
  });

  test('a damaged file, by its path', () => {
    fill(folder);
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), 'not IDX');
    expect(refusal(folder, 'train')).toMatch(/^here\/train-images-idx3-ubyte: expected an IDX file, .* got 6e 6f 74; /);
  });
});

describe('names of classes', () => {
  test.each(['.', 'raw', 'FashionMNIST/raw'])('lie beside the files in %s, or in the folder itself', (layout) => {
    const path = fill(join(folder, 'fashion', layout));
    expect(loadClassNames({ folder: join(folder, 'fashion') })).toBeUndefined();
    writeFileSync(join(path, 'classes.txt'), '\ufeffT-shirt\r\n Ankle boot \r\nBag\r\n\r\n');
    const names = ['T-shirt', 'Ankle boot', 'Bag'];
    expect(loadClassNames({ folder: join(folder, 'fashion') })).toEqual({ file: join(path, 'classes.txt'), names });
    writeFileSync(join(folder, 'fashion', 'classes.txt'), 'a\nb\nc');
    expect(loadClassNames({ folder: join(folder, 'fashion') })?.names).toEqual(['a', 'b', 'c']);
  });

  test('a file that is no text, or a folder', () => {
    fill(folder);
    const file = join(folder, 'classes.txt');
    writeFileSync(file, Uint8Array.of(0xff, 0xfe, 0x41, 0));
    expect(() => loadClassNames({ folder })).toThrow(
      new DatasetError(`${file}: expected a text with the name of a class in each line, got something else`),
    );
    rmSync(file);
    mkdirSync(file);
    expect(() => loadClassNames({ folder })).toThrow(
      `${file}: the file cannot be read (EISDIR); check path and permissions`,
    );
  });
});
