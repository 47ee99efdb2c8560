import { imageDataset } from '@longhand/datasets';
import { expect, test } from 'vitest';
import type { Evaluation } from './evaluate';
import { mistakesOf } from './mistakes';

test('the surest mistakes come first, equally sure ones in their order', () => {
  const labels = Uint8Array.of(0, 1, 2, 0, 1, 2);
  const dataset = imageDataset({ name: 'six', images: new Uint8Array(6), labels, height: 1, width: 1 });
  const evaluation = {
    predicted: Uint8Array.of(0, 2, 1, 1, 1, 0),
    probability: Float32Array.of(1, 0.5, 0.75, 0.5, 1, 1),
  } as unknown as Evaluation;
  expect(mistakesOf(evaluation, dataset)).toEqual([
    { index: 5, shown: 2, read: 0, probability: 1 },
    { index: 2, shown: 2, read: 1, probability: 0.75 },
    { index: 1, shown: 1, read: 2, probability: 0.5 },
    { index: 3, shown: 0, read: 1, probability: 0.5 },
  ]);
});
