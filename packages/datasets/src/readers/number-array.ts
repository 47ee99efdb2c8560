/** Arrays of numbers from files made into images and labels: every type and shape in use. */
import { formatShape, type Shape, sizeOf } from '@longhand/tensor';
import { DatasetError } from '../dataset-error';
import { sharedBytes } from '../shared-bytes';
import type { RawLabels, RawPart } from './raw-data';

/** Numbers of a file with their shape, row-major. */
export interface NumberArray {
  readonly shape: Shape;
  readonly data:
    | Uint8Array
    | Int8Array
    | Uint16Array
    | Int16Array
    | Uint32Array
    | Int32Array
    | Float32Array
    | Float64Array;
  /** The file's name, for messages. */
  readonly where: string;
}

/** How the numbers of pixels become bytes: `(x + offset) · scale`. */
export interface PixelRange {
  readonly scale: number;
  readonly offset: number;
  /** In words; empty for bytes as they are. */
  readonly words: string;
}

/**
 * The range that pixels have: bytes, shares from 0 to 1 or −1 to 1, the 17 levels of UCI's digits, two levels, or 16 bits.
 *
 * @throws DatasetError for a range that no images have
 * @example pixelRange({ shape: [2], data: Float32Array.of(0, 1), where: 'x' }).scale // 255
 */
export function pixelRange({ data, where }: NumberArray): PixelRange {
  let [least, most, whole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (let k = 0; k < data.length; k++) {
    const value = data[k];
    // NaN is in no range.
    if (!(value >= least)) least = value;
    if (!(value <= most)) most = value;
    if (whole && !Number.isInteger(value)) whole = false;
  }
  if (least >= 0 && most <= 1) return { scale: 255, offset: 0, words: 'pixels from 0 to 1' };
  if (least >= -1 && most <= 1) return { scale: 127.5, offset: 1, words: 'pixels from −1 to 1' };
  if (whole && least >= 0 && most <= 16) return { scale: 255 / 16, offset: 0, words: 'pixels from 0 to 16' };
  if (least >= 0 && most <= 255)
    return { scale: 1, offset: 0, words: whole ? '' : 'pixels from 0 to 255 as fractions' };
  if (whole && least >= 0 && most <= 65535) return { scale: 1 / 257, offset: 0, words: 'pixels of 16 bits' };
  throw new DatasetError(
    `${where}: expected pixels from 0 to 1, −1 to 1 or 0 to 255, got ${least} to ${most}; scale them to bytes`,
  );
}

/** How images lie in an array. */
interface ImageShape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Whether each channel is a plane, as in PyTorch and in CIFAR's files. */
  readonly planes: boolean;
}

/**
 * What a shape of images means: `[n, height, width]`, `[n, height, width, channels]`, `[n, channels, height, width]` or `[n, pixels]` of
 * square images.
 *
 * @throws DatasetError for any other
 * @example imageShape([60000, 784], 'x_train') // { count: 60000, height: 28, width: 28, channels: 1, planes: false }
 */
export function imageShape(shape: Shape, where: string): ImageShape {
  const [count, ...rest] = shape;
  const isChannels = (extent: number): boolean => extent === 1 || extent === 3;
  if (rest.length === 2) return { count, height: rest[0], width: rest[1], channels: 1, planes: false };
  if (rest.length === 3 && isChannels(rest[2])) {
    return { count, height: rest[0], width: rest[1], channels: rest[2], planes: false };
  }
  if (rest.length === 3 && isChannels(rest[0])) {
    return { count, height: rest[1], width: rest[2], channels: rest[0], planes: true };
  }
  if (rest.length === 1) {
    for (const channels of [1, 3]) {
      const side = Math.sqrt(rest[0] / channels);
      if (Number.isInteger(side) && side > 0)
        return { count, height: side, width: side, channels, planes: channels > 1 };
    }
  }
  throw new DatasetError(
    `${where}: expected images [count, height, width], with 1 or 3 channels before or after, or [count, pixels] of square ones, got ${formatShape(shape)}`,
  );
}

/** Whether the shape is one of images, not of labels. */
export function looksLikeImages({ shape }: Pick<NumberArray, 'shape'>): boolean {
  return shape.length >= 3 ? sizeOf(shape.slice(1)) > 1 : shape.length === 2 && shape[1] >= 16;
}

/**
 * Images as bytes.
 *
 * @param range how numbers become bytes: that of the training images. Default: that of these
 * @throws DatasetError for a shape or a range that no images have
 */
export function imagesOf(array: NumberArray, range = pixelRange(array)): Omit<RawPart, 'labels'> {
  const { data, where } = array;
  const { planes, ...shape } = imageShape(array.shape, where);
  const size = shape.height * shape.width * shape.channels;
  if (shape.count * size !== data.length) {
    throw new DatasetError(`${where}: expected ${shape.count * size} pixels, got ${data.length}`);
  }
  const asTheyAre = data instanceof Uint8Array && range.scale === 1 && range.offset === 0;
  if (asTheyAre && !planes) return { ...shape, images: data, where };
  const images = sharedBytes(data.length);
  const plane = shape.height * shape.width;
  for (let k = 0; k < data.length; k++) {
    const value = Math.min(255, Math.max(0, Math.round((data[k] + range.offset) * range.scale)));
    if (!planes) images[k] = value;
    else {
      const image = Math.floor(k / size);
      const within = k - image * size;
      const channel = Math.floor(within / plane);
      images[image * size + (within - channel * plane) * shape.channels + channel] = value;
    }
  }
  return { ...shape, images, where };
}

/**
 * Labels of an array: `[n]`, `[n, 1]`, one-hot `[n, classes]`, or QMNIST's `[n, 8]`, whose first column is the class.
 *
 * @throws DatasetError for another shape, or numbers that are no labels
 * @example labelsOf({ shape: [2, 3], data: Float32Array.of(0, 1, 0, 1, 0, 0), where: 'y' }) // { kind: 'numbers', values: [1, 0] }
 */
export function labelsOf({ shape, data, where }: NumberArray): RawLabels {
  const [count, width = 1, ...others] = shape;
  const columns = data instanceof Int32Array && width === 8 && others.length === 0 ? 'qmnist' : width;
  if (others.length > 0 || shape.length === 0) {
    throw new DatasetError(
      `${where}: expected labels [count], [count, 1] or one-hot [count, classes], got ${formatShape(shape)}`,
    );
  }
  const values = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const at = k * width;
    const value = columns === 1 || columns === 'qmnist' ? data[at] : hotIn(data, at, width, where);
    if (!Number.isInteger(value) || value < 0 || value > 2 ** 31 - 1) {
      throw new DatasetError(`${where}: expected labels that are whole numbers from 0 on, got ${value} for image ${k}`);
    }
    values[k] = value;
  }
  return { kind: 'numbers', values };
}

/** The index of the only 1 in a row. */
function hotIn(data: ArrayLike<number>, at: number, width: number, where: string): number {
  let hot = -1;
  for (let k = 0; k < width; k++) {
    const value = data[at + k];
    if (value === 0) continue;
    if (value !== 1 || hot !== -1) {
      throw new DatasetError(
        `${where}: expected one label for each image, got several in a row of ${width} numbers; give files with one class for each image`,
      );
    }
    hot = k;
  }
  if (hot === -1) throw new DatasetError(`${where}: expected one label for each image, got a row of zeros`);
  return hot;
}

/** @throws DatasetError unless there is a label for each image */
export function partOf(images: Omit<RawPart, 'labels'>, labels: RawLabels, labelsFile: string): RawPart {
  if (labels.values.length === images.count) return { ...images, labels };
  throw new DatasetError(
    `${labelsFile}: expected ${images.count} labels, one for each image of ${images.where}, got ${labels.values.length}; give files that belong together`,
  );
}
