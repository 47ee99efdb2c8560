/** Images per second: of a network in training, and when it classifies. */
import { subset } from '@longhand/datasets';
import type { Network } from '@longhand/layers';
import { mnistNormalization as normalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { sgd } from '@longhand/optimizers';
import { type Engine, evaluate, train } from '@longhand/training';

/** Both speeds of a network. */
export interface Speeds {
  readonly trainingImagesPerSecond: number;
  readonly inferenceImagesPerSecond: number;
}

/**
 * Measures a network on MNIST's digits.
 *
 * @param batchSize of a step of training
 * @param seconds of each of the two measurements; the first begins after as long again, at most a second, that is not counted
 */
export async function measureSpeeds(
  engine: Engine,
  network: Network,
  batchSize: number,
  seconds: number,
): Promise<Speeds> {
  return {
    trainingImagesPerSecond: await trainingSpeed(engine, network, batchSize, seconds),
    inferenceImagesPerSecond: await inferenceSpeed(engine, network, seconds),
  };
}

/** Images per second while steps follow one another. */
async function trainingSpeed(engine: Engine, network: Network, batchSize: number, seconds: number): Promise<number> {
  const dataset = loadMnist({ split: 'train' });
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  const run = train({
    network,
    dataset,
    normalization,
    optimizer,
    batchSize,
    engine,
    epochs: Number.MAX_SAFE_INTEGER,
    seed: 1,
  });
  const begin = performance.now();
  let counted: number | undefined;
  let images = 0;
  for await (const { step } of run) {
    const now = performance.now();
    if (counted !== undefined) images += Math.min(batchSize, dataset.count - (step - 1) * batchSize);
    else if (now - begin >= Math.min(1, seconds) * 1000) counted = now;
    if (counted !== undefined && images > 0 && now - counted >= seconds * 1000)
      return (images / (now - counted)) * 1000;
  }
  throw new Error('bench: the run ended before it was measured');
}

/** Images per second over the test digits, or as many as fit into the time, again and again; the median. */
async function inferenceSpeed(engine: Engine, network: Network, seconds: number): Promise<number> {
  const digits = loadMnist({ split: 'test' });
  const parameters = network.zeros();
  async function speedOver(count: number): Promise<number> {
    const dataset = subset(digits, { from: 0, to: count });
    const start = performance.now();
    await evaluate({ engine, network, parameters, dataset, normalization });
    return (count / (performance.now() - start)) * 1000;
  }
  const few = 500;
  const count = Math.min(digits.count, Math.max(few, Math.floor(seconds * (await speedOver(few)))));
  const speeds: number[] = [];
  const begin = performance.now();
  do speeds.push(await speedOver(count));
  while (performance.now() - begin < seconds * 1000);
  return speeds.sort((a, b) => a - b)[speeds.length >> 1];
}
