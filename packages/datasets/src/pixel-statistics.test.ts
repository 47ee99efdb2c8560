import { expect, test } from 'vitest';
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

test('one grey has no deviation', () => {
  const grey = imageDataset({
    name: 'grey',
    images: new Uint8Array(12).fill(51),
    labels: new Uint8Array(3),
    height: 2,
    width: 2,
  });
  expect(pixelStatistics(grey)).toEqual({ mean: 0.2, deviation: 0 });
});
