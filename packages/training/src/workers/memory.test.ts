/** A long run keeps no more memory than a short one. */
import { mnistNormalization, subset } from '@longhand/datasets';
import { loadMnist } from '@longhand/datasets/node';
import { lenetDocumented } from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import { expect, test } from 'vitest';
import { train } from '../train';

const megabyte = 2 ** 20;

test('200 epochs of a small set need no more memory than the first 20', async () => {
  const run = train({
    network: lenetDocumented(),
    dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 256 }),
    normalization: mnistNormalization,
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    epochs: 220,
    batchSize: 64,
    seed: 1,
    threads: 2,
  });
  let early = 0;
  for await (const { epoch, step } of run) {
    if (epoch === 20 && step === 4) early = process.memoryUsage.rss();
  }
  // Compilers and collectors come and go by some megabytes; an array kept for each step would be a hundred.
  expect(process.memoryUsage.rss() - early).toBeLessThan(48 * megabyte);
});
