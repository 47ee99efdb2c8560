import { expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { imageDataset } from './image-dataset';
import {
  channelNormalizations,
  normalizationOfChannels,
  normalizationToStore,
  pixelStatistics,
  storedNormalization,
} from './normalization';

test('mean and standard deviation as fractions of 255', () => {
  const half = imageDataset({
    name: 'half',
    images: Uint8Array.of(0, 255, 0, 255),
    labels: Uint8Array.of(0),
    height: 2,
    width: 2,
  });
  expect(pixelStatistics(half)).toEqual({ mean: 0.5, std: 0.5 });
});

test('of each channel; one that is all alike is divided by 1', () => {
  const images = Uint8Array.of(0, 51, 7, 255, 51, 7, 0, 102, 7, 255, 102, 7);
  const colored = imageDataset({ name: 'c', images, labels: Uint8Array.of(0), height: 2, width: 2, channels: 3 });
  const { mean, std } = pixelStatistics(colored);
  expect([mean, std]).toEqual([
    [0.5, expect.closeTo(0.3, 15), 7 / 255],
    [0.5, expect.closeTo(0.1, 15), 1],
  ]);
  const flat = { ...colored, images: Uint8Array.from(images, (_, k) => k % 3) };
  expect(() => pixelStatistics(flat)).toThrow(
    new DatasetError('c: expected pixels that differ, got 0, 1, 2 in all of them; check the image file'),
  );
});

test('one number is for all channels, a list has one for each', () => {
  const each = channelNormalizations('x', { mean: [0.1, 0.2], std: 0.5 }, 2);
  expect(each).toEqual([
    { mean: 0.1, std: 0.5 },
    { mean: 0.2, std: 0.5 },
  ]);
  expect(normalizationOfChannels(each)).toEqual({ mean: [0.1, 0.2], std: [0.5, 0.5] });
  expect(normalizationOfChannels([each[0], each[0]])).toEqual({ mean: 0.1, std: 0.5 });
  expect(() => channelNormalizations('x', { mean: 0, std: [1, 1, 1] }, 1)).toThrow(
    new DatasetError('x: expected one std, or one for each of 1 channel, got 3'),
  );
  expect(() => channelNormalizations('x', { mean: 0, std: [1, 0] }, 2)).toThrow(
    new DatasetError('x: expected a mean and a standard deviation above 0 to divide by, got 0 and 0'),
  );
});

test.each([0, 51, 255])('pixels that are all %i are refused: there is nothing to divide by', (value) => {
  const flat = imageDataset({
    name: 'flat',
    images: new Uint8Array(12).fill(value),
    labels: new Uint8Array(3),
    height: 2,
    width: 2,
  });
  expect(() => pixelStatistics(flat)).toThrow(
    new DatasetError(`flat: expected pixels that differ, got ${value} in all of them; check the image file`),
  );
  const spotted = { ...flat, images: flat.images.with(7, 128) };
  expect(pixelStatistics(spotted).std).toBeGreaterThan(0);
});

test.each<[unknown, ReturnType<typeof storedNormalization>]>([
  [
    { mean: 0.5, std: 0.25 },
    { mean: 0.5, std: 0.25 },
  ],
  // As model files have it.
  [
    { mean: 0.1307, deviation: 0.3081 },
    { mean: 0.1307, std: 0.3081 },
  ],
  [
    { mean: [0.5, 0.25], deviation: [1, 2] },
    { mean: [0.5, 0.25], std: [1, 2] },
  ],
  [{ mean: [0.5, 0.25], std: [1, 2, 3] }, undefined],
  [{ mean: [], std: [] }, undefined],
  [{ mean: [0.5, '1'], std: 1 }, undefined],
  [{ mean: 0, std: [1, 0] }, undefined],
  [{ mean: 0.5 }, undefined],
  [{ mean: 0.5, std: -1 }, undefined],
  [{ mean: '0.5', std: 1 }, undefined],
  [null, undefined],
  [7, undefined],
])('%j in a file', (stored, expected) => {
  expect(storedNormalization(stored)).toEqual(expected);
});

test('what is stored is read again, under the key of model files', () => {
  const stored = normalizationToStore({ mean: 0.1307, std: 0.3081 });
  expect(JSON.stringify(stored)).toBe('{"mean":0.1307,"deviation":0.3081}');
  expect(storedNormalization(stored)).toEqual({ mean: 0.1307, std: 0.3081 });
});
