/** What a lesson is trained on. */
import { imageDataset } from '@longhand/datasets';
import { expect, test } from 'vitest';
import { lessonDataset } from './teaching';

const training = imageDataset({
  name: 'training',
  images: new Uint8Array(4 * 100).fill(7),
  labels: new Uint8Array(100).fill(2),
  height: 2,
  width: 2,
  classes: 3,
});
const corrected = [0, 1].map((label) => ({ image: new Uint8Array(4).fill(100 + label), label }));

test('all steps have each correction alike, alone or with as many training digits', () => {
  const alone = lessonDataset(corrected, training, { steps: 2, mixed: false });
  const mixed = lessonDataset(corrected, training, { steps: 2, mixed: true });
  const counts = ({ labels }: typeof alone): number[] =>
    [0, 1, 2].map((label) => [...labels].filter((l) => l === label).length);
  expect([counts(alone), counts(mixed)]).toEqual([
    [64, 64, 0],
    [32, 32, 64],
  ]);
  expect([...mixed.images.subarray(0, 8)]).toEqual([100, 100, 100, 100, 7, 7, 7, 7]);
});
