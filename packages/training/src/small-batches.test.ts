/** Batches of up to eight images, in arrays of eight lanes where all layers gain by it. */
import { subset } from '@longhand/datasets';
import { dense, dropout, flatten, type Layer, lenetDocumented, type Network, relu, sequential } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { evaluate } from './evaluate';
import { lanesFor } from './micro-batch-input';
import { TrainingRun } from './training-run';

/** One gradient over the whole batch, one that is summed. */
const perceptron = (activation: Layer): Network =>
  sequential({
    input: [28, 28, 1],
    layers: {
      flatten: flatten(),
      fc1: dense({ outFeatures: 21 }),
      relu: activation,
      dropout: dropout({ rate: 0.25 }),
      fc2: dense({ outFeatures: 10 }),
    },
  });

const halved = perceptron(relu());
/** The same with a copy of a layer, which might do anything: it has sixteen lanes. */
const whole = perceptron({ ...relu() });
const normalization = mnistNormalization;
const digits = loadMnist({ split: 'train' });

test('the lanes of a micro-batch', () => {
  expect([1, 8, 9, 64].map((images) => lanesFor([halved], images))).toEqual([8, 8, 16, 16]);
  expect(lanesFor([whole], 8)).toBe(16);
  expect(lanesFor([halved, whole], 8)).toBe(16);
  expect(lanesFor([lenetDocumented()], 8)).toBe(16);
});

test.each([1, 3, 8])('%i images: training has the bits that it has in sixteen lanes', async (batchSize) => {
  const states = [halved, whole].map(async (network) => {
    const dataset = subset(digits, { from: 0, to: 5 * batchSize - 1 });
    const optimizer = adamw({ learningRate: 0.01 });
    const options = { network, dataset, normalization, optimizer, batchSize, epochs: 3, seed: 1, threads: 0 };
    const run = new TrainingRun({ ...options, kernels: 'strict' });
    for await (const _ of run.steps());
    const state = await run.state();
    await run.end();
    return state;
  });
  const [eight, sixteen] = await Promise.all(states);
  expect(eight.steps).toBeGreaterThan(10);
  expect(eight).toEqual(sixteen);
});

test.each([1, 7, 8])('%i images: so has an evaluation', async (count) => {
  const dataset = subset(digits, { from: 100, to: 100 + count });
  const metrics = { largest: ({ probabilities }: { probabilities: Float32Array }) => Math.max(...probabilities) };
  const [eight, sixteen] = await Promise.all(
    [halved, whole].map((network) => {
      const parameters = network.initialize(seededRandom(3));
      return evaluate({ network, parameters, dataset, normalization, metrics, threads: 0 });
    }),
  );
  expect(eight).toEqual(sixteen);
  expect(eight.predicted).toHaveLength(count);
});
