import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { imageDatasetOfIdx } from './idx-dataset';
import { type ImageDatasetParts, imageDataset, splitValidation, subset } from './image-dataset';

/** Six images of 1 × 2 whose pixels and label are their number. */
const parts: ImageDatasetParts = {
  name: 'six',
  images: Uint8Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5),
  labels: Uint8Array.of(0, 1, 2, 3, 4, 5),
  height: 1,
  width: 2,
};
const six = imageDataset(parts);

describe('a data set', () => {
  test('counts its images and classes, and keeps the arrays', () => {
    expect(six).toEqual({ ...parts, count: 6, classes: 6 });
    expect(six.images).toBe(parts.images);
    expect(imageDataset({ ...parts, classes: 10 }).classes).toBe(10);
  });

  test.each<[Partial<ImageDatasetParts>, string]>([
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

describe('two IDX files', () => {
  const pair = {
    name: 'six',
    images: { type: 'uint8', shape: [6, 1, 2], data: parts.images },
    imagesFile: 'images.idx',
    labels: { type: 'uint8', shape: [6], data: parts.labels },
    labelsFile: 'labels.idx',
  } as const;

  test('make a data set', () => {
    expect(imageDatasetOfIdx(pair)).toEqual(six);
    expect(imageDatasetOfIdx({ ...pair, classes: 10 }).classes).toBe(10);
  });

  test.each<[string, Partial<Parameters<typeof imageDatasetOfIdx>[0]>, string]>([
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
