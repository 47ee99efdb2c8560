/** Data in the layouts of public data sets, each as a tiny set of the kind: what is found, and what is said. The table in docs is made of this. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  COUNT,
  idxPair,
  imageOf,
  images,
  labels,
  npy,
  pixelNames,
  png,
  put,
  table,
  transposed,
  zip,
} from '../fixtures/layout-files';
import { DatasetError } from './dataset-error';
import { imageAt } from './image-dataset';
import { type LoadDataOptions, loadData, loadUnlabeled } from './load-data';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhand-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One row of the table of public layouts. */
interface PublicLayout {
  readonly name: string;
  /** Writes it into the folder. */
  readonly write: () => void;
  /** What is given, within the folder. Default: the folder. */
  readonly path?: string;
  readonly options?: LoadDataOptions;
  /** What the line says after kind, counts and size. */
  readonly says?: RegExp;
  /** The refusal, where it cannot be read. */
  readonly refused?: RegExp;
  /** What the table says. */
  readonly happens: string;
  readonly classNames?: readonly string[];
  /** Whether pixels and labels are those of the fixture in order. Default: true. */
  readonly isSame?: boolean;
}

const mnist = {
  train: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
  test: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
} as const;
const emnist = (split: string) =>
  [`emnist-${split}-images-idx3-ubyte.gz`, `emnist-${split}-labels-idx1-ubyte.gz`] as const;
const digits = [...'0123456789'];
const letters = [...'ABCDEFGHIJ'];
const asInts = (values: Uint8Array): BigInt64Array => BigInt64Array.from(values, BigInt);
const shifted = labels.map((label) => label + 1);
const qmnist = Int32Array.from({ length: 8 * COUNT }, (_, at) => (at % 8 === 0 ? labels[at / 8] : at));

function pictures(prefix: string, { ending = 'png', name = (label: number): string => String(label) } = {}): void {
  for (let index = 0; index < COUNT; index++)
    put(folder, `${prefix}${name(labels[index])}/${index}.${ending}`, png(index));
}

function parquet(
  file: string,
  label: { readonly name: string; readonly data: readonly unknown[] },
  names?: readonly string[],
): void {
  const rows = Array.from({ length: COUNT }, (_, index) => ({ bytes: png(index), path: `${index}.png` }));
  const features = { image: { _type: 'Image' }, ...(names && { [label.name]: { _type: 'ClassLabel', names } }) };
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'image', data: rows },
      { name: label.name, data: [...label.data] },
    ],
    schema: [
      { name: 'root', num_children: 2 },
      { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      typeof label.data[0] === 'bigint'
        ? { name: label.name, type: 'INT64', repetition_type: 'OPTIONAL' }
        : { name: label.name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
    kvMetadata: names ? [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }] : [],
  });
  put(folder, file, new Uint8Array(buffer));
}

const publicLayouts: readonly PublicLayout[] = [
  {
    name: 'MNIST, Fashion-MNIST, KMNIST: four IDX files, plain or .gz',
    happens: 'read as they are',
    write: () => {
      idxPair(folder, ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz']);
      idxPair(folder, mnist.test);
    },
  },
  {
    name: 'the same spelled `train-images.idx3-ubyte`',
    happens: 'read as they are',
    write: () => {
      idxPair(folder, ['train-images.idx3-ubyte', 'train-labels.idx1-ubyte']);
      idxPair(folder, ['t10k-images.idx3-ubyte', 't10k-labels.idx1-ubyte']);
    },
  },
  {
    name: 'torchvision’s FashionMNIST and KMNIST: `FashionMNIST/raw`',
    happens: 'read; the data set has the name of its folder',
    write: () => {
      for (const [part, names] of Object.entries(mnist)) {
        idxPair(folder, [`FashionMNIST/raw/${names[0]}`, `FashionMNIST/raw/${names[1]}`]);
        if (part === 'test') put(folder, 'FashionMNIST/raw/notes.txt', '');
      }
    },
  },
  {
    name: 'torchvision’s EMNIST: `EMNIST/raw/emnist-digits-train-images-idx3-ubyte`',
    happens: 'read and turned upright; of several splits one is named by the beginning of its files',
    path: 'EMNIST/raw/emnist-digits',
    says: /EMNIST’s images are stored transposed: turned upright$/,
    write: () => {
      for (const part of ['digits-train', 'digits-test', 'mnist-train', 'mnist-test']) {
        const [first, second] = emnist(part);
        idxPair(folder, [`EMNIST/raw/${first}`, `EMNIST/raw/${second}`], { pixels: transposed(images()) });
      }
    },
  },
  {
    name: 'EMNIST letters, with its mapping',
    happens: 'labels from 1 become classes 0 to 25 with the names A to Z; upright',
    says: /turned upright/,
    classNames: letters,
    write: () => {
      for (const part of ['letters-train', 'letters-test'])
        idxPair(folder, emnist(part), { pixels: transposed(images()), values: shifted });
      const lines = letters.map(
        (letter, at) => `${at + 1} ${letter.charCodeAt(0)} ${letter.toLowerCase().charCodeAt(0)}`,
      );
      put(folder, 'emnist-letters-mapping.txt', `${lines.join('\n')}\n`);
    },
  },
  {
    name: 'QMNIST: `qmnist-train-labels-idx2-int`, int32 [n, 8]',
    happens: 'the first column is the label',
    write: () => {
      for (const part of ['train', 'test']) {
        idxPair(folder, [`QMNIST/raw/qmnist-${part}-images-idx3-ubyte`, `QMNIST/raw/qmnist-${part}-labels-idx2-int`], {
          values: qmnist,
          shape: [COUNT, 8],
        });
      }
    },
  },
  {
    name: 'IDX with int32 labels [n], and images [n, 28, 28, 1] or [n, 784]',
    happens: 'read',
    write: () => {
      idxPair(folder, mnist.train, { values: Int32Array.from(labels), imageShape: [COUNT, 28, 28, 1] });
      idxPair(folder, mnist.test, { imageShape: [COUNT, 784] });
    },
  },
  {
    name: 'IDX with float pixels, 0 to 1 or 0 to 255',
    happens: 'become bytes',
    says: /pixels from 0 to 1 became bytes$/,
    write: () => {
      for (const names of Object.values(mnist)) {
        idxPair(folder, names, { pixels: Float32Array.from(images(), (value) => value / 255) as never });
      }
    },
  },
  {
    name: 'IDX files of a training part alone',
    happens: 'a sixth of the images, 10,000 at most, is held out, always the same one',
    says: /no test part: 4 images held out, always the same$/,
    isSame: false,
    write: () => idxPair(folder, mnist.train),
  },
  {
    name: 'Keras’ `mnist.npz`, `fashion_mnist` saved likewise: x_train, y_train, x_test, y_test',
    happens: 'read',
    path: 'mnist.npz',
    write: () =>
      put(
        folder,
        'mnist.npz',
        zip({
          'x_train.npy': npy('|u1', [COUNT, 28, 28], images()),
          'y_train.npy': npy('|u1', [COUNT], labels),
          'x_test.npy': npy('|u1', [COUNT, 28, 28], images()),
          'y_test.npy': npy('<i8', [COUNT], asInts(labels)),
        }),
      ),
  },
  {
    name: 'KMNIST and K49 as NumPy: `k49-train-imgs.npz`, `k49-train-labels.npz`, `k49_classmap.csv`',
    happens: 'read; names from the class map',
    classNames: [...'あいうえおかきくけこ'],
    write: () => {
      for (const part of ['train', 'test']) {
        put(folder, `k49-${part}-imgs.npz`, zip({ 'arr_0.npy': npy('|u1', [COUNT, 28, 28], images()) }, 0));
        put(folder, `k49-${part}-labels.npz`, zip({ 'arr_0.npy': npy('|u1', [COUNT], labels) }, 0));
      }
      const lines = [...'あいうえおかきくけこ'].map((name, at) => `${at},U+${name.charCodeAt(0).toString(16)},${name}`);
      put(folder, 'k49_classmap.csv', `index,codepoint,char\n${lines.join('\n')}\n`);
    },
  },
  {
    name: 'MedMNIST: train_images, val_images, test_images, labels [n, 1]',
    happens: 'read; the validation part chooses the best epoch',
    says: / 24 training, 24 validation and 24 test images [^;]+$/,
    write: () =>
      put(
        folder,
        'pathmnist.npz',
        zip(
          Object.fromEntries(
            ['train', 'val', 'test'].flatMap((part) => [
              [`${part}_images.npy`, npy('|u1', [COUNT, 28, 28], images())],
              [`${part}_labels.npy`, npy('|u1', [COUNT, 1], labels)],
            ]),
          ),
        ),
      ),
  },
  {
    name: 'arrays of one’s own: `X_train.npy`, `y_train.npy`, …, one-hot labels, channels first',
    happens: 'read',
    write: () => {
      const hot = Float32Array.from({ length: 10 * COUNT }, (_, at) =>
        labels[Math.floor(at / 10)] === at % 10 ? 1 : 0,
      );
      for (const part of ['train', 'test']) {
        put(folder, `X_${part}.npy`, npy('|u1', [COUNT, 1, 28, 28], images()));
        put(folder, `y_${part}.npy`, npy('<f4', [COUNT, 10], hot));
      }
    },
  },
  {
    name: 'Quick, Draw! bitmaps: `full_numpy_bitmap_cat.npy`, a file for each class',
    happens: 'the names of files are classes; a part is held out',
    says: /no test part: \d+ images held out, always the same; each file is a class$/,
    classNames: ['cat', 'dog'],
    isSame: false,
    write: () => {
      for (const name of ['cat', 'dog'])
        put(folder, `full_numpy_bitmap_${name}.npy`, npy('|u1', [COUNT, 784], images()));
    },
  },
  {
    name: 'Kaggle’s Digit Recognizer: `train.csv` (label, pixel0, …) and `test.csv` without labels',
    happens: 'trained on with a part held out; the images of test.csv can be predicted',
    says: /held out, always the same; .*test\.csv: 24 images without labels, to be predicted$/,
    isSame: false,
    write: () => {
      put(folder, 'train.csv', table({ header: ['label', ...pixelNames()] }));
      put(folder, 'test.csv', table({ header: pixelNames(), line: (pixels) => [...pixels] }));
      put(folder, 'sample_submission.csv', 'ImageId,Label\n1,0\n2,0\n');
    },
  },
  {
    name: 'Fashion-MNIST and Sign Language MNIST as CSV: `sign_mnist_train.csv` (label, pixel1, …)',
    happens: 'read',
    write: () => {
      for (const part of ['train', 'test'])
        put(folder, `sign_mnist_${part}.csv`, table({ header: ['label', ...pixelNames(784, 1)] }));
    },
  },
  {
    name: 'MNIST as CSV without a header: `mnist_train.csv`, `mnist_test.csv`',
    happens: 'read; the label is in front',
    write: () => {
      for (const part of ['train', 'test']) put(folder, `mnist_${part}.csv`, table());
    },
  },
  {
    name: 'EMNIST as CSV: `emnist-letters-train.csv`',
    happens: 'turned upright, letters named',
    classNames: [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    says: /labels from 1 on; no image of classes K, L, M, N, O, …; EMNIST’s images are stored transposed: turned upright$/,
    write: () => {
      for (const part of ['train', 'test']) {
        const line = (pixels: readonly number[], label: number) => [label + 1, ...transposed(Uint8Array.from(pixels))];
        put(folder, `emnist-letters-${part}.csv`, table({ line }));
      }
    },
  },
  {
    name: 'A–Z Handwritten Alphabets, `.csv.gz` sorted by class',
    happens: 'read; a part is held out',
    says: /no test part/,
    isSame: false,
    write: () => {
      const sorted = table().trimEnd().split('\n').sort().join('\n');
      put(folder, 'letters.csv.gz', gzipSync(sorted));
    },
  },
  {
    name: 'UCI’s optical digits: `optdigits.tra`, `optdigits.tes`, 8 × 8 with 17 levels, the label last',
    happens: 'become bytes',
    says: /pixels from 0 to 16 became bytes$/,
    isSame: false,
    write: () => {
      const line = (pixels: readonly number[], label: number) => [
        ...pixels.map((value) => Math.round(value / 16)),
        label,
      ];
      for (const part of ['tra', 'tes']) put(folder, `optdigits.${part}`, table({ side: 8, line }));
    },
  },
  {
    name: 'UCI’s Semeion: 256 pixels and a one-hot class, with spaces between',
    happens: 'read; a part is held out',
    says: /no test part: 4 images held out, always the same; pixels from 0 to 1 became bytes$/,
    isSame: false,
    write: () => {
      const line = (pixels: readonly number[], label: number) => [
        ...pixels.map((value) => (value > 0 ? '1.0000' : '0.0000')),
        ...digits.map((digit) => (Number(digit) === label ? 1 : 0)),
      ];
      put(folder, 'semeion.data', table({ side: 16, separator: ' ', line: line as never }));
    },
  },
  {
    name: 'USPS as `zip.train.gz`, `zip.test.gz`: 16 × 16 from −1 to 1',
    happens: 'become bytes',
    says: /pixels from −1 to 1 became bytes$/,
    isSame: false,
    write: () => {
      const line = (pixels: readonly number[], label: number) => [
        label.toFixed(4),
        ...pixels.map((value) => (value / 127.5 - 1).toFixed(3)),
      ];
      for (const part of ['train', 'test'])
        put(folder, `zip.${part}.gz`, gzipSync(table({ side: 16, separator: ' ', line: line as never })));
    },
  },
  {
    name: 'Hugging Face’s `mnist`, `fashion_mnist`: `data/train-00000-of-00001.parquet`, {image, label}',
    happens: 'read; names of classes from the metadata',
    classNames: letters,
    write: () => {
      for (const part of ['train', 'test']) {
        parquet(`data/${part}-00000-of-00001.parquet`, { name: 'label', data: [...asInts(labels)] }, letters);
      }
    },
  },
  {
    name: 'Parquet with texts as labels',
    happens: 'read; the texts are the classes; a part is held out',
    says: /no test part/,
    classNames: letters,
    isSame: false,
    write: () => parquet('mine.parquet', { name: 'label', data: [...labels].map((label) => letters[label]) }),
  },
  {
    name: 'CIFAR-10 and CIFAR-100, binary version',
    says: /in color in 10 classes; no image of classes 1, 2, 3, 4, 5, …$/,
    happens: 'read, in color',
    isSame: false,
    write: () => {
      const record = (label: number) => [label, ...new Uint8Array(3072).map((_, at) => (at * (label + 1)) % 251)];
      for (const name of [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`))
        put(folder, `cifar-10-batches-bin/${name}.bin`, Uint8Array.from(record(0)));
      put(folder, 'cifar-10-batches-bin/test_batch.bin', Uint8Array.from(record(9)));
    },
  },
  {
    name: 'CIFAR-10’s version for Python',
    happens: 'refused: its files may run code when loaded',
    refused: /got that for Python, whose files may run code when loaded; unpack cifar-10-binary\.tar\.gz$/,
    write: () => put(folder, 'cifar-10-batches-py/data_batch_1', ''),
  },
  {
    name: 'folders of PNG or JPEG, `mnist_png/training/7/12.png`',
    happens: 'read; folders are classes; decoded pictures of 2,000 and more are kept in a cache',
    isSame: false,
    write: () => {
      pictures('mnist_png/training/');
      pictures('mnist_png/testing/');
    },
  },
  {
    name: 'ImageFolder with `train/cat/…` and `val/cat/…`',
    happens: 'the validation part is the test part',
    says: /the validation part is the test part$/,
    classNames: letters,
    isSame: false,
    write: () => {
      for (const part of ['train', 'val']) pictures(`${part}/`, { name: (label) => letters[label] });
    },
  },
  {
    name: 'folders `train`, `val` (or `valid`, `validation`) and `test`',
    happens: 'the validation part chooses the best epoch; no network learns from it',
    says: / 24 training, 24 validation and 24 test images [^;]+$/,
    isSame: false,
    write: () => {
      for (const part of ['train', 'valid', 'test']) pictures(`${part}/`);
    },
  },
  {
    name: 'notMNIST: `notMNIST_small/A/….png`, a few of them damaged',
    happens: 'what cannot be decoded is left out, up to 2 %; a part is held out',
    says: /no test part: 4 images held out, always the same; 1 picture that cannot be decoded left out$/,
    classNames: letters,
    isSame: false,
    write: () => {
      pictures('notMNIST_small/', { name: (label) => letters[label] });
      put(folder, 'notMNIST_small/A/broken.png', '');
    },
  },
  {
    name: 'Chars74K: `English/Img/Sample001/img001-00001.png`; Omniglot: alphabets with characters',
    happens: 'read; a class is the path of its folders; a part is held out',
    says: /no test part/,
    classNames: letters.map((_, at) => `Greek/character${String(at).padStart(2, '0')}`).concat('Latin/character00'),
    isSame: false,
    write: () => {
      pictures('images/Greek/', { name: (label) => `character${String(label).padStart(2, '0')}` });
      put(folder, 'images/Latin/character00/1.png', png(1));
    },
  },
  {
    name: 'SVHN, EMNIST as `.mat`',
    happens: 'refused, with how to save it',
    refused: /got a file of MATLAB, train_32x32\.mat; save it in Python with numpy\.savez/,
    write: () => put(folder, 'train_32x32.mat', 'MATLAB'),
  },
  {
    name: 'GTSRB’s `.ppm`, TIFF, HEIC',
    happens: 'refused, with the format to save',
    refused: /got pictures of another format, 00000\.ppm; save them as PNG$/,
    write: () => put(folder, 'Images/00000/00000.ppm', 'P6'),
  },
  {
    name: 'archives, pickles, `.pt`, HDF5, TFRecord, Arrow',
    happens: 'refused, each with what to do',
    refused: /got an archive, gzip\.zip; unpack it with unzip .*gzip\.zip, and give what comes out$/,
    write: () => put(folder, 'gzip.zip', 'PK'),
  },
];

describe('public layouts', () => {
  test.each(publicLayouts)(
    '$name',
    async ({ write, path = '.', options = {}, says, refused, classNames = digits, isSame = true }) => {
      write();
      const loading = loadData(join(folder, path), options);
      if (refused !== undefined) {
        await expect(loading).rejects.toThrow(refused);
        await expect(loading).rejects.toBeInstanceOf(DatasetError);
        return;
      }
      const { train, test: testing, found, ...data } = await loading;
      expect(data.classNames).toEqual(classNames);
      expect(train.classes).toBe(classNames.length);
      expect(found).toMatch(
        /^[^\n]+: [^\n]+, \d+ training(, \d+ validation)? and \d+ test images of \d+ × \d+( in color)? in \d+ classes/,
      );
      if (says === undefined) expect(found).toMatch(/classes$/);
      else expect(found).toMatch(says);
      if (!isSame) return;
      for (const part of [train, testing]) {
        expect([...part.labels]).toEqual([...labels]);
        expect(Buffer.from(part.images.slice()).equals(Buffer.from(images()))).toBe(true);
      }
    },
  );

  test('are as many as the documents say, with what happens', () => {
    const document = readFileSync(new URL('../../../docs/data-layouts.md', import.meta.url), 'utf8');
    const rows = publicLayouts.map(({ name, happens }) => `| ${name} | ${happens} |`);
    expect(rows.length).toBeGreaterThanOrEqual(30);
    expect(document.match(/^\| (?!layout|---).*$/gm)).toEqual(rows);
  });
});

describe('what else is found out', () => {
  test.each(['val', 'valid', 'validation'])(
    'a part of IDX files called %s, also beside a file that is named',
    async (part) => {
      idxPair(folder, mnist.train);
      idxPair(folder, mnist.test);
      const names = mnist.train.map((name) => name.replace('train', part));
      idxPair(folder, names as [string, string]);
      for (const path of [folder, join(folder, mnist.train[0])]) {
        const { train, validation, test: testing } = await loadData(path);
        expect([train, validation, testing].map((one) => one?.count)).toEqual([COUNT, COUNT, COUNT]);
        expect([train.name, validation?.name].map((name = '') => name.split(' ').at(-1))).toEqual([
          'train',
          'validation',
        ]);
      }
    },
  );

  test('labels of a validation part are of the same classes', async () => {
    for (const [part, name] of [
      ['train', 'b'],
      ['val', 'a'],
      ['test', 'b'],
    ]) {
      for (const index of [0, 1]) put(folder, `${part}/${name}/${index}.png`, png(index));
    }
    const { train, validation, classNames } = await loadData(folder);
    expect([classNames, [...train.labels], [...(validation?.labels ?? [])]]).toEqual([
      ['a', 'b'],
      [1, 1],
      [0, 0],
    ]);
  });

  test('a validation part is trained on where there is no training part', async () => {
    for (const part of ['val', 'test']) for (const index of [0, 1]) put(folder, `${part}/7/${index}.png`, png(index));
    const { found, validation } = await loadData(folder);
    expect([found, validation]).toEqual([
      expect.stringMatching(/; no training part: the validation part is trained on$/),
      undefined,
    ]);
  });

  test('a file of a set stands for it', async () => {
    idxPair(folder, mnist.train);
    idxPair(folder, mnist.test);
    const { found } = await loadData(join(folder, mnist.train[0]));
    expect(found).toContain('24 training and 24 test images');
  });

  test('several data sets are named, and each can be given', async () => {
    for (const name of ['KMNIST', 'MNIST']) idxPair(join(folder, name, 'raw'), mnist.train);
    const [one, other] = ['KMNIST/raw', 'MNIST/raw'].map((name) => join(folder, name));
    await expect(loadData(folder)).rejects.toThrow(`expected one data set, got 2: ${one}, ${other}; give one of these`);
    expect((await loadData(other)).name).toBe('MNIST');
  });

  test('transposed images under another name: a hint, and the option', async () => {
    idxPair(folder, mnist.train, { pixels: transposed(images()) });
    expect((await loadData(folder)).found).toMatch(/wider than tall: if they lie on their sides, add --transpose$/);
    const { train, layout } = await loadData(folder, { transpose: true });
    expect(layout.orientation).toBe('transposed');
    expect(Buffer.from(imageAt(train, 0).slice()).equals(Buffer.from(imageOf(train.labels[0] === 0 ? 0 : 1)))).toBe(
      true,
    );
  });

  test('images that are called EMNIST and upright already stay', async () => {
    idxPair(folder, emnist('digits-train'));
    const { found, layout } = await loadData(folder);
    expect(found).toMatch(/called EMNIST, and upright already$/);
    expect(layout.orientation).toBe('upright');
  });

  test('labels from 1 without names, of letters and of others', async () => {
    idxPair(join(folder, 'letters'), mnist.train, { values: shifted });
    idxPair(join(folder, 'numbers'), mnist.train, { values: shifted });
    const { classNames, layout, train } = await loadData(join(folder, 'letters'));
    expect(classNames).toEqual(letters);
    expect(layout.firstLabel).toBe(1);
    expect(new Set(train.labels).has(0)).toBe(true);
    expect((await loadData(join(folder, 'numbers'))).classNames).toEqual(
      digits.map((digit) => String(Number(digit) + 1)),
    );
  });

  test('letters of EMNIST under another name: labels from 1, and lying on their sides', async () => {
    idxPair(join(folder, 'mine'), mnist.train, { values: shifted, pixels: transposed(images()) });
    const { classNames, layout, train, found } = await loadData(join(folder, 'mine'));
    expect(classNames).toEqual(letters);
    expect(layout).toMatchObject({ orientation: 'transposed', firstLabel: 1 });
    const of = (label: number): number => labels.indexOf(label);
    expect(Buffer.from(imageAt(train, 0).slice()).equals(Buffer.from(imageOf(of(train.labels[0]))))).toBe(true);
    expect(found).toContain('as EMNIST’s letters are stored: turned upright (--no-transpose if not)');
    const kept = await loadData(join(folder, 'mine'), { transpose: false });
    expect([kept.classNames[0], kept.layout.orientation]).toEqual(['1', 'upright']);
  });

  test('a class without images is said', async () => {
    idxPair(folder, mnist.train, { values: labels.map((label) => (label === 9 ? 11 : label)) });
    expect((await loadData(folder)).found).toMatch(/no image of classes 9, 10$/);
  });

  test('pictures that differ in size are resized, and said', async () => {
    pictures('');
    const { found, train } = await loadData(folder, { size: { height: 14, width: 14 } });
    expect(found).toMatch(/pictures of 28 × 28 resized to 14 × 14$/);
    expect(train.height).toBe(14);
  });

  test('images without labels, for predictions', async () => {
    put(folder, 'test.csv', table({ header: pixelNames(), line: (pixels) => [...pixels] }));
    const [part] = await loadUnlabeled(join(folder, 'test.csv'));
    expect([part.count, part.height, part.labels]).toEqual([COUNT, 28, undefined]);
    await expect(loadData(folder)).rejects.toThrow(/they can be predicted, not trained on$/);
  });
});

describe('refuses', () => {
  const refusal = (path: string): Promise<string> =>
    loadData(path).then(
      () => 'nothing',
      (error: Error) => error.message.replaceAll(folder, 'here').replaceAll('\\', '/'),
    );

  test('nothing, an empty folder, and what is unknown', async () => {
    expect(await refusal(join(folder, 'none'))).toBe(
      'here/none: expected a folder or a file with images, got none of this name; check the path',
    );
    const expected =
      'here: expected CIFAR’s binary files, IDX files, as MNIST’s, NumPy’s .npz and .npy, Parquet, as Hugging Face’s, tables of pixels, as Kaggle’s train.csv or folders of pictures';
    expect(await refusal(folder)).toBe(`${expected}, got an empty folder; check the path`);
    put(folder, 'readme.txt', 'hello');
    expect(await refusal(folder)).toBe(`${expected}, got readme.txt, a file that begins with "hello"; check the path`);
    put(folder, 'notes.txt', 'hello');
    expect(await refusal(folder)).toBe(`${expected}, got notes.txt, readme.txt; check the path`);
    for (const [content, what] of [
      [[], 'an empty file'],
      [[0xff, 0xd8, 0xff], 'a JPEG file'],
    ] as const) {
      writeFileSync(join(folder, 'digits.csv'), Uint8Array.from(content));
      expect(await refusal(join(folder, 'digits.csv'))).toContain(`, got digits.csv, ${what}; check the path`);
    }
  });

  test('files that do not belong together, or are missing', async () => {
    idxPair(folder, mnist.train, { values: labels.slice(1), shape: [COUNT - 1] });
    expect(await refusal(folder)).toBe(
      'here/train-labels-idx1-ubyte: expected 24 labels, one for each image of here/train-images-idx3-ubyte, got 23; give files that belong together',
    );
    rmSync(join(folder, mnist.train[1]));
    expect(await refusal(folder)).toBe(
      'here/train-images-idx3-ubyte: expected a file of labels beside it, got none; put it there',
    );
  });

  test('pixels of no range, objects of Python, several labels in a row, a row that is cut', async () => {
    put(
      folder,
      'a/x_train.npy',
      npy(
        '<f4',
        [2, 4, 4],
        Float32Array.from({ length: 32 }, (_, at) => at * 1000 - 0.5),
      ),
    );
    put(folder, 'a/y_train.npy', npy('|u1', [2], Uint8Array.of(0, 1)));
    expect(await refusal(join(folder, 'a'))).toMatch(
      /expected pixels from 0 to 1, −1 to 1 or 0 to 255, got -0\.5 to 30999\.5/,
    );
    put(folder, 'b/x_train.npy', npy('|O', [2], new Uint8Array(16)));
    expect(await refusal(join(folder, 'b'))).toMatch(/got Python objects, which may run code when loaded/);
    put(folder, 'c/x_train.npy', npy('|u1', [2, 4, 4], new Uint8Array(32)));
    put(folder, 'c/y_train.npy', npy('|u1', [2, 3], Uint8Array.of(1, 1, 0, 0, 0, 1)));
    expect(await refusal(join(folder, 'c'))).toMatch(
      /expected one label for each image, got several in a row of 3 numbers/,
    );
    put(folder, 'd/train.csv', `${table()}5,1,2,3\n`);
    expect(await refusal(join(folder, 'd'))).toMatch(/expected 785 fields in line 25, got 4; fetch the file again$/);
  });
});
