import { imageDataset } from '@longhand/datasets';
import { expect, test } from 'vitest';
import type { Evaluation } from './evaluate';
import { misclassifiedImages } from './misclassified-images';

test('the largest probabilities come first, equal ones in the order of the data set', () => {
  const labels = Uint8Array.of(0, 1, 2, 0, 1, 2);
  const dataset = imageDataset({ name: 'six', images: new Uint8Array(6), labels, height: 1, width: 1 });
  const evaluation = {
    predicted: Uint8Array.of(0, 2, 1, 1, 1, 0),
    probability: Float32Array.of(1, 0.5, 0.75, 0.5, 1, 1),
  } as unknown as Evaluation;
  expect(misclassifiedImages(evaluation, dataset)).toEqual([
    { index: 5, trueClass: 2, predictedClass: 0, probability: 1 },
    { index: 2, trueClass: 2, predictedClass: 1, probability: 0.75 },
    { index: 1, trueClass: 1, predictedClass: 2, probability: 0.5 },
    { index: 3, trueClass: 0, predictedClass: 1, probability: 0.5 },
  ]);
});
