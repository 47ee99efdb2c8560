import { expect, test } from 'vitest';
import { DatasetError } from './dataset-error';
import { imageDataset } from './image-dataset';
import { pixelStatistics } from './pixel-statistics';

test('mean and deviation as fractions of 255', () => {
  const half = imageDataset({
    name: 'half',
    images: Uint8Array.of(0, 255, 0, 255),
    labels: Uint8Array.of(0),
    height: 2,
    width: 2,
  });
  expect(pixelStatistics(half)).toEqual({ mean: 0.5, deviation: 0.5 });
});

test.each([0, 51, 255])('pixels that are all %i are refused: there is no deviation to divide by', (value) => {
  const grey = imageDataset({
    name: 'grey',
    images: new Uint8Array(12).fill(value),
    labels: new Uint8Array(3),
    height: 2,
    width: 2,
  });
  expect(() => pixelStatistics(grey)).toThrow(
    new DatasetError(`grey: expected pixels that differ, got ${value} in all of them; check the image file`),
  );
  const spotted = { ...grey, images: grey.images.with(7, 128) };
  expect(pixelStatistics(spotted).deviation).toBeGreaterThan(0);
});
