/** Mistakes that would train or evaluate without an error, or end in a bare TypeError: each is one line, before anything runs. */
import { imageDataset } from '@longhand/datasets';
import { binaryCrossEntropy, dense, flatten, networkFrom, sequential, softmaxCrossEntropy } from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import { OptionError } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate';
import { fit } from './fit';
import { train } from './train';
import { TrainingRun } from './training-run';

const network = sequential({ input: [1, 2, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 3 }) } });
const dataset = imageDataset({
  name: 'six',
  images: Uint8Array.of(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5),
  labels: Uint8Array.of(0, 1, 2, 0, 1, 2),
  height: 1,
  width: 2,
});
const normalization = { mean: 0, std: 1 };
const evaluation = { network, parameters: network.zeros(), dataset, normalization, threads: 0 };
const training = {
  network,
  dataset,
  normalization,
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 1,
  batchSize: 2,
  seed: 1,
  threads: 0,
};

/** Every function that trains, with the message of its refusal. */
const trainers: [string, (options: object) => Promise<unknown>][] = [
  ['fit', async (options) => await fit({ ...training, ...options })],
  ['train', async (options) => await train({ ...training, ...options }).result],
  ['TrainingRun', async (options) => new TrainingRun({ ...training, ...options })],
];

describe.each(trainers)('%s', (_, run) => {
  test('refuses a network that does not fit the loss', async () => {
    const layers = ['flatten', { kind: 'dense', outFeatures: 3 }, 'softmax'];
    const closed = networkFrom({ input: [1, 2, 1], layers });
    const message =
      "softmax-cross-entropy: expected logits, got the probabilities of 'softmax' (softmax); leave that layer out, the loss contains its own";
    await expect(run({ network: closed })).rejects.toThrow(new OptionError(message));
    await expect(run({ network: closed, loss: softmaxCrossEntropy() })).rejects.toThrow(message);
    await expect(run({ loss: binaryCrossEntropy() })).rejects.toThrow(
      "binary-cross-entropy: expected probabilities from 0 to 1, got the numbers of 'fc'",
    );
    await run({ network: closed, loss: binaryCrossEntropy() });
  });
});

describe('evaluate', () => {
  test('refuses a network that does not fit the loss', async () => {
    await expect(evaluate({ ...evaluation, loss: binaryCrossEntropy() })).rejects.toThrow(
      "binary-cross-entropy: expected probabilities from 0 to 1, got the numbers of 'fc'",
    );
  });
});
