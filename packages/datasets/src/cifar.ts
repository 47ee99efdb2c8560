/**
 * The binary version of CIFAR-10 and CIFAR-100: records, one after another, without a header.
 *
 *   1 byte      the label; of CIFAR-100 two bytes, the coarse and the fine label
 *   1024 bytes  the red channel of 32 × 32 pixels, row by row
 *   1024 bytes  green
 *   1024 bytes  blue
 *
 * A data set has the channels of a pixel side by side, so the three planes are interleaved, once, when they are read.
 *
 * Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009; https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { DatasetError } from './dataset-error';
import { type ImageDataset, imageDataset } from './image-dataset';
import { sharedBytes } from './shared-bytes';

const [HEIGHT, WIDTH, CHANNELS] = [32, 32, 3];
const PLANE = HEIGHT * WIDTH;
const IMAGE = PLANE * CHANNELS;

/** A file of records, read when its turn comes, so that one at a time is in memory. */
export interface CifarFile {
  /** What it is called in messages. */
  readonly name: string;
  /** Its length in bytes. */
  readonly length: number;
  /** Its bytes. */
  read(): Uint8Array;
}

/** The files of one split, in order. */
export interface CifarFiles {
  /** What it is called in messages. */
  readonly name: string;
  /** The files, in order. */
  readonly files: readonly CifarFile[];
  /** The bytes of labels in front of each image, of which the last is used. Default: 1. */
  readonly labelBytes?: number | undefined;
  /** The number of classes. Default: the largest label + 1. */
  readonly classes?: number | undefined;
}

/**
 * The data set of some files.
 *
 * @throws DatasetError when a file has no whole number of records, or a label is not below `classes`
 * @example
 * // A record: the label, then 32 · 32 bytes each of red, green and blue.
 * const bytes = new Uint8Array(2 * 3073);
 * const file = { name: 'data_batch_1.bin', length: bytes.length, read: () => bytes };
 * imageDatasetOfCifar({ name: 'mine', files: [file] }).count; // 2
 */
export function imageDatasetOfCifar({ name, files, labelBytes = 1, classes }: CifarFiles): ImageDataset {
  const record = labelBytes + IMAGE;
  const count = files.reduce((sum, file) => sum + recordsOf(file, record), 0);
  const images = sharedBytes(count * IMAGE);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const file of files) {
    const bytes = file.read();
    for (let from = 0; from < file.length; from += record, image++) {
      labels[image] = bytes[from + labelBytes - 1];
      interleave(bytes, from + labelBytes, images, image * IMAGE);
    }
  }
  return imageDataset({ name, images, labels, height: HEIGHT, width: WIDTH, channels: CHANNELS, classes });
}

/** Copies three planes of bytes as pixels. */
function interleave(planes: Uint8Array, at: number, pixels: Uint8Array, to: number): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    const plane = at + channel * PLANE;
    for (let k = 0; k < PLANE; k++) pixels[to + k * CHANNELS + channel] = planes[plane + k];
  }
}

function recordsOf({ name, length }: CifarFile, record: number): number {
  if (length > 0 && length % record === 0) return length / record;
  throw new DatasetError(
    `${name}: expected records of ${record} bytes, a label and ${HEIGHT} × ${WIDTH} pixels in ${CHANNELS} colors, got ${length} bytes: the file is cut short; fetch it again`,
  );
}
