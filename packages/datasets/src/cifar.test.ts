/** CIFAR's files, written here as the page of the data set describes them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@longhand/tensor';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imageDatasetOfCifar } from './cifar';
import { DatasetError } from './dataset-error';
import { imageAt } from './image-dataset';
import { loadData } from './load-data';
import { pixelStatistics } from './normalization';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-cifar-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A pixel of an image in the planes of a record. */
const plane = (channel: number, row: number, column: number): number => channel * 1024 + row * 32 + column;

/** Records of random planes behind the labels of each. */
function records(seed: number, labels: readonly (readonly number[])[]): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from(labels.flatMap((own) => [...own, ...Array.from({ length: 3072 }, () => random.integer(256))]));
}

const batches = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];
const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** CIFAR-10 with two images in each file. */
function writeTen(path: string, chosen = batches): string {
  mkdirSync(path, { recursive: true });
  for (const name of chosen) {
    const at = batches.indexOf(name);
    writeFileSync(join(path, `${name}.bin`), records(at, [[at], [9 - at]]));
  }
  writeFileSync(join(path, 'batches.meta.txt'), `${names.join('\n')}\n\n`);
  return path;
}

test('three planes of a record become pixels, the label stays', () => {
  const bytes = records(1, [[7], [3]]);
  const dataset = imageDatasetOfCifar({
    name: 'mine',
    files: [{ name: 'one.bin', length: bytes.length, read: () => bytes }],
  });
  expect(dataset).toMatchObject({ name: 'mine', count: 2, height: 32, width: 32, channels: 3, classes: 8 });
  expect([...dataset.labels]).toEqual([7, 3]);
  const [image, record] = [imageAt(dataset, 1), bytes.subarray(3074)];
  for (let row = 0; row < 32; row++) {
    for (let column = 0; column < 32; column++) {
      for (let channel = 0; channel < 3; channel++) {
        expect(image[(row * 32 + column) * 3 + channel]).toBe(record[plane(channel, row, column)]);
      }
    }
  }
});

describe('a folder', () => {
  test('of CIFAR-10: five files for training, one for the test, and the names of the classes', async () => {
    const path = writeTen(join(folder, 'cifar-10-batches-bin'));
    const { train, test: testing, ...found } = await loadData(path);
    expect(train).toMatchObject({ name: 'CIFAR-10 train', count: 10, channels: 3, classes: 10 });
    expect([...train.labels]).toEqual([0, 9, 1, 8, 2, 7, 3, 6, 4, 5]);
    expect(imageAt(train, 9)[4]).toBe(records(4, [[4], [5]])[3074 + plane(1, 0, 1)]);
    expect(testing).toMatchObject({ name: 'CIFAR-10 test', count: 2, classes: 10 });
    expect(found).toMatchObject({ classNames: names, namesFile: join(path, 'batches.meta.txt'), heldOut: false });
    expect(found.layout.framing).toEqual({ kind: 'whole' });
    const { mean } = pixelStatistics(train);
    expect(mean).toHaveLength(3);
  });

  test('above it will do, and any other name', async () => {
    writeTen(join(folder, 'cifar-10-batches-bin'));
    expect((await loadData(folder)).test.name).toBe('CIFAR-10 test');
    const path = writeTen(join(folder, 'mine'));
    writeFileSync(join(path, 'classes.txt'), [...'abcdefghij'].join('\n'));
    expect(await loadData(path)).toMatchObject({ name: 'mine', classNames: [...'abcdefghij'] });
  });

  test('without names of classes has those up to the largest label of both splits', async () => {
    const path = writeTen(folder);
    rmSync(join(path, 'batches.meta.txt'));
    writeFileSync(join(path, 'test_batch.bin'), records(1, [[12]]));
    const { train, classNames } = await loadData(path);
    expect(train.classes).toBe(13);
    expect(classNames[12]).toBe('12');
  });

  test('of CIFAR-100 has fine labels', async () => {
    const path = join(folder, 'cifar-100-binary');
    mkdirSync(path);
    writeFileSync(
      join(path, 'train.bin'),
      records(1, [
        [3, 77],
        [4, 99],
      ]),
    );
    writeFileSync(join(path, 'test.bin'), records(2, [[0, 5]]));
    const fine = Array.from({ length: 100 }, (_, label) => `class ${label}`);
    writeFileSync(join(path, 'fine_label_names.txt'), fine.join('\n'));
    const { train, classNames } = await loadData(folder);
    expect(train).toMatchObject({ name: 'CIFAR-100 train', count: 2, classes: 100 });
    expect([...train.labels]).toEqual([77, 99]);
    expect(imageAt(train, 0)[0]).toBe(records(1, [[3, 77]])[2]);
    expect(classNames[99]).toBe('class 99');
  });
});

describe('refuses', () => {
  const refusal = (path = folder): Promise<string> =>
    loadData(path).then(
      () => 'nothing',
      (error: unknown) => (error instanceof DatasetError ? error.message : 'another error'),
    );

  test('files that are missing', async () => {
    writeTen(folder, ['data_batch_1', 'data_batch_3', 'data_batch_4', 'data_batch_5']);
    expect(await refusal()).toBe(
      `${folder}: expected data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, got no data_batch_2.bin; put what is missing there`,
    );
  });

  test('a file that is cut short, or empty', async () => {
    writeTen(folder);
    for (const length of [0, 3072, 6145]) {
      writeFileSync(join(folder, 'test_batch.bin'), new Uint8Array(length));
      expect(await refusal()).toBe(
        `${join(folder, 'test_batch.bin')}: expected records of 3073 bytes, a label and 32 × 32 pixels in 3 colors, got ${length} bytes: the file is cut short; fetch it again`,
      );
    }
  });

  test('a label that has no name', async () => {
    writeTen(folder);
    writeFileSync(join(folder, 'test_batch.bin'), records(1, [[3], [10]]));
    expect(await refusal()).toMatch(
      /batches\.meta\.txt: expected a name for label 10, got none; check labels and names$/,
    );
  });

  test('the archive, and the version for Python', async () => {
    const archive = join(folder, 'cifar-10-binary.tar.gz');
    writeFileSync(archive, '');
    expect(await refusal(archive)).toMatch(
      /got an archive, cifar-10-binary\.tar\.gz; unpack it with tar -xf .*cifar-10-binary\.tar\.gz, and give what comes out$/,
    );
    const python = join(folder, 'cifar-10-batches-py');
    mkdirSync(python);
    writeFileSync(join(python, 'data_batch_1'), '');
    for (const path of [python, folder]) {
      expect(await refusal(path)).toBe(
        `${path}: expected CIFAR-10's binary version, got that for Python, whose files may run code when loaded; unpack cifar-10-binary.tar.gz`,
      );
    }
  });
});
