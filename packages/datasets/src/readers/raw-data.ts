/** What a reader finds in files, before it is a data set: pixels as bytes, and labels as they were written. */
import type { BudgetOptions } from '@longhand/schema';
import { DatasetError } from '../dataset-error';
import { sharedBytes } from '../shared-bytes';

/** The images to train on, or the ones to test with. */
export type Split = 'train' | 'test';

/** Labels as the files have them. */
export type RawLabels =
  /** Whole numbers. */
  | { readonly kind: 'numbers'; readonly values: ArrayLike<number> }
  /** Indices of names: of folders, or the texts of a column. */
  | { readonly kind: 'names'; readonly values: ArrayLike<number>; readonly names: readonly string[] };

/** One part of a data set. */
export interface RawPart {
  /** `[count, height, width, channels]` bytes. */
  readonly images: Uint8Array;
  /** The number of images. */
  readonly count: number;
  /** The height of each image, in pixels. */
  readonly height: number;
  /** The width of each image, in pixels. */
  readonly width: number;
  /** The bytes of a pixel: 1 for gray images, 3 for colors. */
  readonly channels: number;
  /** Absent where the files have none: images to be predicted. */
  readonly labels?: RawLabels;
  /** What messages call it: its file or folder. */
  readonly where: string;
}

/** What a reader finds. */
export interface RawData {
  /** What it is, in a few words: `IDX files`. */
  readonly kind: string;
  /** The name of the data set. */
  readonly name: string;
  readonly train?: RawPart;
  /** Where there is a training and a test part besides. */
  readonly validation?: RawPart;
  readonly test?: RawPart;
  /** Images without labels, by their files. */
  readonly unlabeled?: readonly RawPart[];
  /** The names of classes that the files have, by label. */
  readonly names?: ReadonlyMap<number, string>;
  /** The file that the names are from, for messages. */
  readonly namesFile?: string;
  /** What has to be said about the files, in a line each. */
  readonly notes: readonly string[];
}

/** The bytes of packed files, and what they unpacked to. */
export interface UnpackedTally {
  packed: number;
  unpacked: number;
}

/** How files are read. */
export interface ReadOptions extends BudgetOptions {
  /** Counts the packed files of one data set together. Default: each is counted alone. */
  readonly tally?: UnpackedTally | undefined;
  /** Whether images without labels will do, to be predicted, where files of images and labels belong together. Default: false. */
  readonly labelsOptional?: boolean | undefined;
  /** The folder of decoded pictures. Default: none is kept. */
  readonly cache?: string | undefined;
  /** The size that pictures are resized to. Default: that of all pictures, or 28 × 28, or 32 × 32 in color. */
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  /** Called while many pictures are decoded. Default: nothing is called. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The part that a name says: `train-images`, `mnist_test.csv`, `testing`, `valid`.
 *
 * @example splitInName('sign_mnist_test.csv') // 'test'
 */
export function splitInName(name: string): Split | 'validation' | undefined {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  if (has(/^(train(ing|set|data|images|labels|x|y)?|tra)$/)) return 'train';
  if (has(/^(test(ing|set|data|images|labels|x|y|50k|10k)?|t10k|tes)$/)) return 'test';
  if (has(/^(val|valid|validation|dev|cv)$/)) return 'validation';
  return undefined;
}

/** Training, validation and test part. A part for validation is the test where there is no other, and trained on where nothing else is. */
export function assigned(
  parts: readonly { readonly split: ReturnType<typeof splitInName>; readonly part: RawPart }[],
  before: readonly string[] = [],
): Pick<RawData, 'train' | 'validation' | 'test' | 'unlabeled' | 'notes'> {
  const labeled = parts.filter(({ part }) => part.labels !== undefined);
  const of = (split: ReturnType<typeof splitInName>): readonly RawPart[] =>
    labeled.filter((one) => one.split === split).map(({ part }) => part);
  const [plain, validation] = [[...of('train'), ...of(undefined)], of('validation')];
  const test = of('test');
  const usesValidation = test.length === 0 && validation.length > 0;
  const isTrainedOn = plain.length === 0 && test.length > 0 && validation.length > 0;
  const train = isTrainedOn ? validation : plain;
  const notes = [...before];
  if (usesValidation) notes.push('the validation part is the test part');
  else if (isTrainedOn) notes.push('no training part: the validation part is trained on');
  const tested = usesValidation ? validation : test;
  const chosenBy = usesValidation || isTrainedOn ? [] : validation;
  const all = [train, chosenBy, tested].filter((some) => some.length > 0);
  for (const [other] of all) checkSameSize(all[0][0], other);
  return {
    ...(train.length > 0 && { train: joinedParts(train) }),
    ...(chosenBy.length > 0 && { validation: joinedParts(chosenBy) }),
    ...(tested.length > 0 && { test: joinedParts(tested) }),
    unlabeled: parts.filter(({ part }) => part.labels === undefined).map(({ part }) => part),
    notes,
  };
}

/** @throws DatasetError unless two parts have images of one size */
export function checkSameSize(one: RawPart, other: RawPart): void {
  const sizeOf = ({ height, width, channels }: RawPart): string => `${height} × ${width} × ${channels}`;
  if (sizeOf(one) === sizeOf(other)) return;
  throw new DatasetError(
    `${other.where}: expected images of ${sizeOf(one)}, as in ${one.where}, got ${sizeOf(other)}; give files that belong together`,
  );
}

/** Parts one after another, of one size. The labels are of one kind in all of them. */
export function joinedParts(parts: readonly RawPart[]): RawPart {
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  for (const other of others) checkSameSize(first, other);
  const images = sharedBytes(parts.reduce((sum, part) => sum + part.images.length, 0));
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const values = new Int32Array(count);
  const names: string[] = [];
  let [at, image] = [0, 0];
  for (const part of parts) {
    images.set(part.images, at);
    at += part.images.length;
    const { labels } = part;
    if (labels !== undefined) {
      const indices = labels.kind === 'names' ? labels.names.map((name) => indexOf(name, names)) : undefined;
      for (let k = 0; k < part.count; k++) {
        const value = labels.values[k];
        values[image + k] = indices === undefined ? value : indices[value];
      }
    }
    image += part.count;
  }
  const { labels } = first;
  const joined: RawLabels | undefined =
    labels && (labels.kind === 'names' ? { kind: 'names', values, names } : { kind: 'numbers', values });
  return { ...first, images, count, ...(joined && { labels: joined }) };
}

function indexOf(name: string, names: string[]): number {
  const at = names.indexOf(name);
  return at === -1 ? names.push(name) - 1 : at;
}
