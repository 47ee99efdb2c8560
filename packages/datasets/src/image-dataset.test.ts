import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import type { IdxArray } from './idx';
import { type IdxPair, imageDatasetOfIdx } from './idx-dataset';
import {
  type ImageDatasetParts,
  imageAt,
  imageDataset,
  joinedDatasets,
  splitValidation,
  subset,
} from './image-dataset';

/** Six images of 1 × 2 whose pixels and label are their number. */
const parts = {
  name: 'six',
  images: Uint8Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5),
  labels: Uint8Array.of(0, 1, 2, 3, 4, 5),
  height: 1,
  width: 2,
} satisfies ImageDatasetParts;
const six = imageDataset(parts);

describe('a data set', () => {
  test('counts its images and classes, and keeps the arrays', () => {
    expect(six).toEqual({ ...parts, count: 6, channels: 1, classes: 6 });
    expect(six.images).toBe(parts.images);
    expect(imageDataset({ ...parts, classes: 10 }).classes).toBe(10);
  });

  test('keeps the channels of a pixel side by side, and labels beyond 256 classes', () => {
    const images = Uint8Array.from({ length: 24 }, (_, k) => k);
    const colored = imageDataset({
      name: 'c',
      images,
      labels: Uint16Array.of(299, 0),
      height: 2,
      width: 2,
      channels: 3,
    });
    expect([colored.count, colored.channels, colored.classes]).toEqual([2, 3, 300]);
    expect([...imageAt(colored, 1)]).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
    const chosen = subset(colored, [1, 0, 1]);
    expect(chosen.labels).toEqual(Uint16Array.of(0, 299, 0));
    expect(chosen.images.subarray(12, 24)).toEqual(images.subarray(0, 12));
    expect(subset(colored, { from: 1, to: 2 }).images).toEqual(images.subarray(12));
    const { training, validation } = splitValidation(colored, 1, seededRandom(1));
    expect([...training.images, ...validation.images].sort((one, other) => one - other)).toEqual([...images]);
  });

  test.each<[Partial<ImageDatasetParts>, string]>([
    [{ channels: 3 }, 'six: expected 36 bytes for 6 labeled images of [1, 2, 3], got 12'],
    [
      { channels: 0 },
      'six: expected at least one image, row, column and class, got 6 images of [1, 2, 0] in 6 classes',
    ],
    [{ labels: new Uint8Array(5) }, 'six: expected 10 bytes for 5 labeled images of [1, 2], got 12'],
    [
      { labels: new Uint8Array(0), images: new Uint8Array(0) },
      'six: expected at least one image, row, column and class, got 0 images of [1, 2] in 1 classes',
    ],
    [{ width: 0 }, 'six: expected at least one image, row, column and class, got 6 images of [1, 0] in 6 classes'],
    [{ height: 1.5 }, 'six: expected at least one image, row, column and class, got 6 images of [1.5, 2] in 6 classes'],
    [{ classes: 4 }, 'six: expected labels below 4, got 4 for image 4; check the label file'],
  ])('%j is refused', (change, message) => {
    expect(() => imageDataset({ ...parts, ...change })).toThrow(new DatasetError(message));
  });
});

describe('images and labels that are no bytes', () => {
  const given = (change: object): ImageDatasetParts => ({ ...parts, ...change });
  const twelve = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5];

  test('of a canvas are viewed, those of a Buffer are bytes', () => {
    const clamped = new Uint8ClampedArray(twelve);
    const { images } = imageDataset(given({ images: clamped }));
    expect(images).toEqual(parts.images);
    expect(images.buffer).toBe(clamped.buffer);
    const buffer = Buffer.from(twelve);
    expect(imageDataset(given({ images: buffer })).images).toBe(buffer);
    // A part of a clamped array stays that part.
    expect(imageDataset(given({ labels: clamped.subarray(2, 8) })).labels).toEqual(Uint8Array.of(1, 1, 2, 2, 3, 3));
  });

  test.each<[string, object, string]>([
    [
      'shares as floats',
      { images: new Float32Array(12).fill(0.5) },
      'images as bytes in a Uint8Array, got a Float32Array; give Uint8Array.from(images, (share) => Math.round(255 * share))',
    ],
    [
      'bytes as floats',
      { images: Float32Array.from(twelve) },
      'images as bytes in a Uint8Array, got a Float32Array; give Uint8Array.from(images)',
    ],
    [
      'NaN among floats',
      { images: Float64Array.from(twelve).fill(Number.NaN, 3, 4) },
      'images as bytes in a Uint8Array, got a Float64Array with NaN at index 3, which no byte is; check the images',
    ],
    [
      'a list of bytes',
      { images: twelve },
      'images as bytes in a Uint8Array, got an Array; give Uint8Array.from(images)',
    ],
    [
      'a list of lists',
      { images: [twelve] },
      'images as bytes in a Uint8Array, got an Array with an Array at index 0, which no byte is; check the images',
    ],
    [
      'a buffer',
      { images: new ArrayBuffer(12) },
      'images as bytes in a Uint8Array, got an ArrayBuffer; give new Uint8Array(images)',
    ],
    ['no images', { images: undefined }, 'images as bytes in a Uint8Array, got none'],
    [
      'labels as a list',
      { labels: [0, 1, 2, 3, 4, 5] },
      'labels as bytes in a Uint8Array, got an Array; give Uint8Array.from(labels)',
    ],
    [
      'a label beyond bytes',
      { labels: Int32Array.of(0, 1, 2, 300, 4, 5) },
      'labels as bytes in a Uint8Array, got an Int32Array; give Uint16Array.from(labels)',
    ],
    [
      'a negative label',
      { labels: [0, -1, 2, 3, 4, 5] },
      'labels as bytes in a Uint8Array, got an Array with -1 at index 1, which no byte is; check the labels',
    ],
    [
      'a fractional label',
      { labels: [0, 0.5, 0, 1, 0, 1] },
      'labels as bytes in a Uint8Array, got an Array with 0.5 at index 1, which no byte is; check the labels',
    ],
    [
      'a text as label',
      { labels: [0, 'one', 2, 3, 4, 5] },
      'labels as bytes in a Uint8Array, got an Array with a string at index 1, which no byte is; check the labels',
    ],
  ])('%s', (_, change, message) => {
    expect(() => imageDataset(given(change))).toThrow(new DatasetError(`six: expected ${message}`));
  });
});

describe('two IDX files', () => {
  const pair = {
    name: 'six',
    images: { type: 'uint8', shape: [6, 1, 2], data: parts.images },
    imagesFile: 'images.idx',
    labels: { type: 'uint8', shape: [6], data: Uint8Array.from(parts.labels) },
    labelsFile: 'labels.idx',
  } as const;

  test('make a data set', () => {
    expect(imageDatasetOfIdx(pair)).toEqual(six);
    expect(imageDatasetOfIdx({ ...pair, classes: 10 }).classes).toBe(10);
  });

  test('of images in color, with labels in more than a byte', () => {
    const images = { type: 'uint8', shape: [2, 1, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
    const labels = { type: 'int16', shape: [2], data: Int16Array.of(7, 300) } as const;
    const dataset = imageDatasetOfIdx({ ...pair, images, labels });
    expect(dataset).toMatchObject({ count: 2, height: 1, width: 1, channels: 3, classes: 301 });
    expect(dataset.labels).toEqual(Uint16Array.of(7, 300));
    const few = imageDatasetOfIdx({ ...pair, images, labels: { ...labels, data: Int16Array.of(7, 9) } });
    expect(few.labels).toEqual(Uint8Array.of(7, 9));
  });

  test.each<[string, Partial<IdxPair>, string]>([
    [
      'labels below zero',
      { labels: { type: 'int16', shape: [6], data: Int16Array.of(0, 1, 2, -3, 4, 5) } },
      'labels.idx: expected labels that count classes from 0, got -3 for image 3',
    ],
    [
      'labels that are no integers',
      { labels: { type: 'float32', shape: [6], data: new Float32Array(6) } },
      'labels.idx: expected uint8 labels ([count]), got float32 [6]; are image and label file exchanged?',
    ],
    [
      'counts that differ',
      { labels: { type: 'uint8', shape: [5], data: new Uint8Array(5) } },
      'labels.idx: expected 6 labels, one for each image of images.idx, got 5; give files that belong together',
    ],
    [
      'labels in place of images',
      { images: pair.labels },
      'images.idx: expected uint8 images ([count, height, width]), got uint8 [6]; are image and label file exchanged?',
    ],
    [
      'images in place of labels',
      { labels: pair.images },
      'labels.idx: expected uint8 labels ([count]), got uint8 [6, 1, 2]; are image and label file exchanged?',
    ],
    [
      'bytes that were not parsed',
      { labels: new Uint8Array(6) as unknown as IdxArray },
      'labels.idx: expected what readIdx makes of the file, got a Uint8Array',
    ],
    [
      'another type',
      { images: { type: 'float32', shape: [6, 1, 2], data: new Float32Array(12) } },
      'images.idx: expected uint8 images ([count, height, width]), got float32 [6, 1, 2]; are image and label file exchanged?',
    ],
  ])('%s are refused', (_, change, message) => {
    expect(() => imageDatasetOfIdx({ ...pair, ...change })).toThrow(new DatasetError(message));
  });
});

describe('subset', () => {
  test('of a range is a view', () => {
    const some = subset(six, { from: 2, to: 4 });
    expect(some).toEqual({ ...six, images: Uint8Array.of(2, 2, 3, 3), labels: Uint8Array.of(2, 3), count: 2 });
    expect(some.images.buffer).toBe(six.images.buffer);
  });

  test('of indices is in their order, with repetitions', () => {
    const some = subset(six, [5, 0, 5]);
    expect(some).toEqual({
      ...six,
      images: Uint8Array.of(5, 5, 0, 0, 5, 5),
      labels: Uint8Array.of(5, 0, 5),
      count: 3,
    });
  });

  test.each([
    [{ from: 0, to: 7 }, 'subset: expected a range within the 6 images of six, got 0 to 7'],
    [{ from: 3, to: 3 }, 'subset: expected a range within the 6 images of six, got 3 to 3'],
    [{ from: -1, to: 3 }, 'subset: expected a range within the 6 images of six, got -1 to 3'],
    [[], 'subset: expected at least one image of six, got none'],
    [[0, 6], 'subset: expected images below 6 of six, got 6'],
    [[0.5], 'subset: expected images below 6 of six, got 0.5'],
  ])('%j is refused', (chosen, message) => {
    expect(() => subset(six, chosen)).toThrow(new DatasetError(message));
  });
});

describe('splitValidation', () => {
  test('parts a data set, by the seed, in the old order', () => {
    const { training, validation } = splitValidation(six, 2, seededRandom(1));
    expect([training.count, validation.count]).toEqual([4, 2]);
    expect([...training.labels]).toEqual([...training.labels].sort());
    expect([...validation.labels]).toEqual([...validation.labels].sort());
    expect([...training.labels, ...validation.labels].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...validation.images]).toEqual([...validation.labels].flatMap((label) => [label, label]));
    expect(validation.name).toBe('six, validation');
    expect(validation.classes).toBe(6);
    expect(splitValidation(six, 2, seededRandom(1)).validation).toEqual(validation);
  });

  test('another seed gives another part', () => {
    const parts = Array.from({ length: 5 }, (_, seed) =>
      splitValidation(six, 2, seededRandom(seed)).validation.labels.join(),
    );
    expect(new Set(parts).size).toBeGreaterThan(1);
  });

  test.each([0, 6, 1.5, Number.NaN])('%d images for validation are refused', (count) => {
    expect(() => splitValidation(six, count, seededRandom(1))).toThrow(
      new DatasetError(`splitValidation: expected from 1 to 5 images of six for validation, got ${count}`),
    );
  });
});

test('joined data sets have the images of one, then of the other, of one size and the same classes', () => {
  const joined = joinedDatasets(six, subset(six, [5, 0]));
  expect([joined.count, [...joined.labels], [...imageAt(joined, 6)]]).toEqual([8, [0, 1, 2, 3, 4, 5, 5, 0], [5, 5]]);
  expect(() => joinedDatasets(six, imageDataset({ ...parts, height: 2, width: 1 }))).toThrow(
    'six: expected images of [1, 2, 1] in 6 classes, as in six, got [2, 1, 1] in 6 classes',
  );
});
