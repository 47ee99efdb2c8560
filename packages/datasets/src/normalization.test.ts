import { expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { imageDataset } from './image-dataset';
import { normalizationToStore, pixelStatistics, storedNormalization } from './normalization';

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
