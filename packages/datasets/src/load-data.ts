/**
 * Data as people have them: whatever lies at a path is recognized, read and made into training and test images, upright, with labels that
 * count from 0, the names of the classes, and their layout.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seededRandom } from '@longhand/tensor';
import { shuffledIndices } from './batches';
import { readClassMap, readClassNames } from './class-names-file';
import { DatasetError } from './dataset-error';
import { type ImageDataset, imageDataset, imageSize, subset } from './image-dataset';
import { labelArray } from './labels';
import { type DataLayout, type MeasuredLayout, measureLayout } from './layout';
import { cifarReader } from './readers/cifar-reader';
import { classesOfLabels, type LabeledClasses, type ListedNames } from './readers/class-labels';
import { csvReader } from './readers/csv-reader';
import { dataEntry, lastOf } from './readers/data-entry';
import { saysEmnist } from './readers/emnist';
import { idxReader } from './readers/idx-reader';
import { numpyReader } from './readers/numpy-reader';
import { parquetReader } from './readers/parquet-reader';
import { picturesReader } from './readers/pictures-reader';
import { type RawData, type RawPart, type ReadOptions, type Split, splitInName } from './readers/raw-data';
import type { DataReader } from './readers/reader';
import { refuseUnknown } from './readers/unknown-data';

/** All readers, in the order in which they are asked: files that hold whole data sets before single pictures. */
export const dataReaders: readonly DataReader[] = [
  cifarReader,
  idxReader,
  numpyReader,
  parquetReader,
  csvReader,
  picturesReader,
];

/** How data are loaded. */
export interface LoadDataOptions extends ReadOptions {
  /** Whether files store images with rows and columns exchanged, as EMNIST's do. Default: by name and measure. */
  readonly transpose?: boolean | undefined;
  /** The seed by which test images are held out where the data have none. Default: the same for every run. */
  readonly seed?: number | string | undefined;
}

/** A data set with its parts, and what was found out about it. */
export interface LoadedData {
  /** The name of the data set, without that of a part. */
  readonly name: string;
  /** The images to train on. */
  readonly train: ImageDataset;
  /** The images to choose an epoch or settings by, where the data have such a part besides the others; else undefined. */
  readonly validation: ImageDataset | undefined;
  /** The images to test on. */
  readonly test: ImageDataset;
  /** A name for each class. */
  readonly classNames: readonly string[];
  /** Where the names are from: a file, or undefined for the labels themselves. */
  readonly namesFile: string | undefined;
  /** How the training images lie: measured when they are loaded. */
  readonly layout: DataLayout;
  /** The mean width of the ink over its mean height, where there is ink. */
  readonly aspect: number | undefined;
  /** What was found, in one line. */
  readonly found: string;
  /** Whether the test part was held out of the training images. */
  readonly heldOut: boolean;
  /** Parts without labels, to be predicted. */
  readonly unlabeled: readonly RawPart[];
}

/**
 * Loads what lies at a path: IDX files of any of the names in use, CIFAR's binary files, NumPy's arrays, Parquet, tables of pixels, or
 * folders of pictures. Images are in memory that worker threads share.
 *
 * Where there is no test part, a sixth of the images, 10,000 at most, is held out: the same in every run.
 *
 * @throws DatasetError when nothing of the kind is there, it is damaged, or it asks for more than the budget
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 * for (const [name, gray] of [['dark', 0], ['light', 255]] as const) {
 *   mkdirSync(`halves/${name}`, { recursive: true });
 *   const picture = { width: 8, height: 8, channels: 1, pixels: new Uint8Array(64).fill(gray) } as const;
 *   for (const number of [1, 2, 3, 4, 5, 6]) writeFileSync(`halves/${name}/${number}.png`, encodePng(picture));
 * }
 * const { train, test, classNames } = await loadData('halves');
 * [train.count, test.count, classNames]; // [ 10, 2, [ 'dark', 'light' ] ]
 */
export async function loadData(path: string, options: LoadDataOptions = {}): Promise<LoadedData> {
  const raw = await readData(path, options);
  const only = raw.train ?? raw.test;
  if (only === undefined) {
    const where = raw.unlabeled?.[0]?.where ?? path;
    throw new DatasetError(
      `${path}: expected labels or a folder for each class, got images without any in ${where}; they can be predicted, not trained on`,
    );
  }
  const labeled = [raw.train, raw.validation, raw.test].filter((part) => part !== undefined);
  const numbered = classesOfLabels(raw, labeled, namesBeside(path, options));
  const datasets = labeled.map((part, at) =>
    datasetOf(raw, part, { split: splitOf(raw, part), classes: numbered, at }),
  );
  const measured = measureLayout(datasets[0]);
  const isLetters = options.transpose !== false && isLikeEmnistLetters(datasets[0], numbered, measured);
  const classes = isLetters ? { ...numbered, names: lettersFor(numbered) } : numbered;
  const orientation = orientationOf(path, raw, { ...measured, isLetters }, options);
  if (orientation.isTransposed) for (const dataset of datasets) transposeAll(dataset);
  const heldOut = datasets.length === 1;
  const [train, test] = heldOut
    ? holdOut(datasets[0], raw.name, options)
    : [datasets[0], datasets[datasets.length - 1]];
  const validation = datasets.length === 3 ? datasets[1] : undefined;
  const aspect =
    measured.aspect === undefined ? undefined : orientation.isTransposed ? 1 / measured.aspect : measured.aspect;
  const layout: DataLayout = {
    orientation: orientation.isTransposed ? 'transposed' : 'upright',
    background: measured.background,
    framing: measured.framing,
    firstLabel: classes.firstLabel,
  };
  const notes = [...raw.notes, ...classes.notes, ...orientation.notes, ...unlabeledNotes(raw)];
  const split = heldOut
    ? [`no ${raw.train === undefined ? 'training' : 'test'} part: ${test.count} images held out, always the same`]
    : [];
  return {
    name: raw.name,
    train,
    validation,
    test,
    classNames: classes.names,
    namesFile: classes.namesFile,
    layout,
    aspect,
    found: foundText(path, raw, { train, validation, test }, [...split, ...notes]),
    heldOut,
    unlabeled: raw.unlabeled ?? [],
  };
}

/**
 * What lies at a path, as its reader finds it: without classes, split or layout.
 *
 * @throws DatasetError when it is of no kind that can be read, or damaged
 */
export async function readData(path: string, options: ReadOptions = {}): Promise<RawData> {
  const entry = dataEntry(path, options);
  for (const reader of dataReaders) {
    const found = reader.find(entry);
    if (found !== undefined) return found.load({ ...options, tally: { packed: 0, unpacked: 0 } });
  }
  throw refuseUnknown(entry, dataReaders);
}

/**
 * The images of a path without labels, such as Kaggle's `test.csv`: all of its parts that have none.
 *
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 * mkdirSync('unknown/all', { recursive: true });
 * for (const name of ['1.png', '2.png']) {
 *   writeFileSync(`unknown/all/${name}`, encodePng({ width: 8, height: 8, channels: 1, pixels: new Uint8Array(64) }));
 * }
 * (await loadUnlabeled('unknown')).map(({ count }) => count); // [ 2 ]
 */
export async function loadUnlabeled(path: string, options: ReadOptions = {}): Promise<readonly RawPart[]> {
  const { train, test, unlabeled = [] } = await readData(path, options);
  return unlabeled.length > 0 ? unlabeled : [train, test].filter((part) => part !== undefined);
}

/**
 * The images of a path to be predicted, upright: those without labels, such as Kaggle's `test.csv`, else those of the part that the path
 * names, else of the test part.
 *
 * @throws DatasetError when there are none, or they cannot be read
 * @example
 * writeIdxFile('unknown-images-idx3-ubyte', { shape: [5, 28, 28], data: new Uint8Array(5 * 784) });
 * (await loadImages('unknown-images-idx3-ubyte')).count; // 5
 */
export async function loadImages(path: string, options: LoadDataOptions = {}): Promise<RawPart> {
  const raw = await readData(path, { ...options, labelsOptional: true });
  const named = splitInName(lastOf(path.replaceAll('\\', '/')));
  const own = named === 'train' ? raw.train : raw.test;
  const part = raw.unlabeled?.[0] ?? own ?? raw.test ?? raw.train;
  if (part === undefined) throw new DatasetError(`${path}: expected images, got none; check the path`);
  const { images, height, width, channels, where: name, count } = part;
  const dataset = imageDataset({ name, images, labels: new Uint8Array(count), height, width, channels });
  const { isTransposed } = orientationOf(path, raw, { ...measureLayout(dataset), isLetters: false }, options);
  if (isTransposed) transposeAll(dataset);
  return part;
}

interface DatasetPlan {
  readonly split: Split | 'validation';
  readonly classes: LabeledClasses;
  readonly at: number;
}

function splitOf({ validation, test }: RawData, part: RawPart): DatasetPlan['split'] {
  if (part === validation) return 'validation';
  return part === test ? 'test' : 'train';
}

function datasetOf({ name }: RawData, part: RawPart, { split, classes, at }: DatasetPlan): ImageDataset {
  const { images, height, width, channels } = part;
  return imageDataset({
    name: `${name} ${split}`,
    images,
    labels: classes.labels[at],
    height,
    width,
    channels,
    classes: classes.names.length,
  });
}

/** The names in `classes.txt` of the folder, or beside the files in it; or those of a class map, as KMNIST and K49 have them. */
function namesBeside(path: string, options: ReadOptions): ListedNames | undefined {
  const { folder, files } = dataEntry(path, options);
  const inner = files.find((file) => lastOf(file) === 'classes.txt');
  if (inner !== undefined) return readNames(join(folder, inner), options);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const beside = join(dirname(path), 'classes.txt');
  if (!isFolder && existsSync(beside)) return readNames(beside, options);
  const maps = files.filter((file) => file.endsWith('classmap.csv'));
  return maps.length === 1 ? readClassMap(join(folder, maps[0]), options) : undefined;
}

function readNames(file: string, options: ReadOptions): ListedNames {
  return { file, names: readClassNames(file, options) };
}

/**
 * Whether images are EMNIST's letters under another name: 28 × 28, light on dark, labels from 1 to 26 at most without names, and lying
 * on their sides.
 */
function isLikeEmnistLetters(
  { height, width, channels }: ImageDataset,
  { names, namesFile, firstLabel }: LabeledClasses,
  { background, aspect }: MeasuredLayout,
): boolean {
  const isUnnamed = namesFile === undefined && (names[0] === '1' || names[0] === 'A');
  const isOfEmnist = height === 28 && width === 28 && channels === 1 && background === 'dark';
  return isOfEmnist && isUnnamed && firstLabel === 1 && names.length <= 26 && aspect !== undefined && aspect > 1.05;
}

/** A for label 1, and so on. */
function lettersFor({ names }: LabeledClasses): string[] {
  return names.map((_, at) => String.fromCharCode(65 + at));
}

interface Orientation {
  readonly isTransposed: boolean;
  readonly notes: readonly string[];
}

/**
 * EMNIST is stored transposed, and recognized by name, unless its ink is taller than wide already: then somebody has turned it.
 * Elsewhere the measure only gives a hint.
 */
function orientationOf(
  path: string,
  raw: RawData,
  { aspect, isLetters }: MeasuredLayout & { readonly isLetters: boolean },
  options: LoadDataOptions,
): Orientation {
  const { transpose } = options;
  if (transpose !== undefined) return { isTransposed: transpose, notes: transpose ? ['transposed, as asked'] : [] };
  const part = raw.train ?? raw.test;
  const isSquare = part !== undefined && part.height === part.width;
  const isNamed = [path, raw.name, raw.namesFile ?? '', part?.where ?? ''].some(saysEmnist);
  if (isNamed && isSquare) {
    return aspect !== undefined && aspect < 0.9
      ? { isTransposed: false, notes: ['called EMNIST, and upright already'] }
      : { isTransposed: true, notes: ['EMNIST’s images are stored transposed: turned upright'] };
  }
  if (isLetters) {
    const note =
      'labels from 1 on and wider than tall, as EMNIST’s letters are stored: turned upright (--no-transpose if not)';
    return { isTransposed: true, notes: [note] };
  }
  const isWide = aspect !== undefined && aspect > 1.15 && isSquare;
  return { isTransposed: false, notes: isWide ? ['wider than tall: if they lie on their sides, add --transpose'] : [] };
}

/** Exchanges rows and columns of all images, in place. */
function transposeAll(dataset: ImageDataset): void {
  const { height, width, channels, images, count } = dataset;
  if (height !== width) {
    throw new DatasetError(`${dataset.name}: expected square images to transpose, got ${height} × ${width}`);
  }
  const size = imageSize(dataset);
  for (let image = 0; image < count; image++) {
    const from = image * size;
    for (let y = 0; y < height; y++) {
      for (let x = y + 1; x < width; x++) {
        for (let c = 0; c < channels; c++) {
          const [one, other] = [from + (y * width + x) * channels + c, from + (x * width + y) * channels + c];
          const value = images[one];
          images[one] = images[other];
          images[other] = value;
        }
      }
    }
  }
}

/** A sixth of the images, as MNIST's test set is of all, and no more than it has. */
const HELD_OUT = 1 / 6;
const MOST_HELD_OUT = 10_000;

/** The training images and those that are held out; the former stay where they are in memory, moved together. */
function holdOut(
  dataset: ImageDataset,
  name: string,
  { seed = 'held out' }: LoadDataOptions,
): readonly [ImageDataset, ImageDataset] {
  const count = Math.min(MOST_HELD_OUT, Math.round(dataset.count * HELD_OUT));
  if (count < 1)
    throw new DatasetError(
      `${dataset.name}: expected at least 3 images, of which some are held out to test with, got ${dataset.count}`,
    );
  const chosen = shuffledIndices(dataset.count, seededRandom(seed)).subarray(0, count).sort();
  const test = { ...subset(dataset, chosen), name: `${name} test` };
  const size = imageSize(dataset);
  const labels = labelArray(dataset.classes, dataset.count - count);
  let [to, next] = [0, 0];
  for (let index = 0; index < dataset.count; index++) {
    if (index === chosen[next]) {
      next++;
      continue;
    }
    if (to !== index) dataset.images.copyWithin(to * size, index * size, (index + 1) * size);
    labels[to++] = dataset.labels[index];
  }
  const images = dataset.images.subarray(0, to * size);
  return [{ ...dataset, name: `${name} train`, images, labels, count: to }, test];
}

function unlabeledNotes({ unlabeled = [] }: RawData): readonly string[] {
  return unlabeled.map(({ where, count }) => `${where}: ${count} images without labels, to be predicted`);
}

function foundText(
  path: string,
  { kind }: RawData,
  { train, validation, test }: Pick<LoadedData, 'train' | 'validation' | 'test'>,
  notes: readonly string[],
): string {
  const { height, width, channels, classes } = train;
  const size = `${height} × ${width}${channels === 1 ? '' : ' in color'}`;
  const before = validation === undefined ? '' : `, ${validation.count} validation`;
  const parts = `${train.count} training${before} and ${test.count} test images of ${size} in ${classes} classes`;
  return [`${path}: ${kind}, ${parts}`, ...notes].join('; ');
}
