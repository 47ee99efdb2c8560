/** Gradients that are computed over the whole batch: those of large dense layers. */
import { subset } from '@longhand/datasets';
import {
  batchGradients,
  batchNorm,
  conv2d,
  dense,
  flatten,
  type Layer,
  lenetDocumented,
  type Network,
  relu,
  residual,
  sequential,
} from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, gradientClipping, muon, type Optimizer, sgd, weightAverage } from '@longhand/optimizers';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { microBatchSize } from './micro-batch-input';
import type { TrainingOptions, TrainingState } from './training-options';
import { TrainingRun } from './training-run';
import { gradientLayout } from './workers/gradient-layout';

/** Rows of a number of weights that fills no whole tile, and a number of outputs that no two ranks share evenly. */
const perceptron = (normalized: boolean): Network =>
  sequential({
    input: [28, 28, 1],
    layers: {
      conv: conv2d({ outChannels: 2, kernel: 5, stride: 2 }),
      flatten: flatten(),
      ...(normalized ? { bn: batchNorm() } : {}),
      fc1: dense({ outFeatures: 37 }),
      relu: relu(),
      fc2: dense({ outFeatures: 10 }),
    },
  });

/** The same without a convolution: it begins on the bytes of images. */
const onPixels = (normalized: boolean): Network =>
  sequential({
    input: [28, 28, 1],
    layers: {
      flatten: flatten(),
      fc1: dense({ outFeatures: 37 }),
      ...(normalized ? { bn: batchNorm() } : {}),
      relu: relu(),
      fc2: dense({ outFeatures: 10 }),
    },
  });

const options: TrainingOptions = {
  network: perceptron(false),
  // Batches of five micro-batches and a last one of four, the last of them with four images.
  dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 124 }),
  normalization: mnistNormalization,
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  epochs: 2,
  batchSize: 72,
  seed: 3,
};

const onSharedEngine = sharedEngines();

async function stateAfter(given: TrainingOptions, halts: readonly number[] = []): Promise<TrainingState> {
  let state: TrainingState | undefined;
  for (const halt of [...halts, Number.POSITIVE_INFINITY]) {
    const run = new TrainingRun(onSharedEngine(given), state);
    for await (const _ of run.steps(halt));
    state = await run.state();
    await run.end();
  }
  return state as TrainingState;
}

/** To which all parameters are one unit, and whose gradients are summed. */
const own = (optimizer: Optimizer): Optimizer => ({ ...optimizer });

describe('the same bytes for any number of threads, and after halts', () => {
  test.each<[string, Partial<TrainingOptions>]>([
    ['momentum', {}],
    ['AdamW and an average', { optimizer: adamw({ learningRate: 0.01 }), averaging: weightAverage({ decay: 0.9 }) }],
    ['gradients clipped by norm', { gradientClipping: gradientClipping({ norm: 0.5 }) }],
    ['whole tensors', { optimizer: muon({ learningRate: 0.02, adamwLayers: ['fc2'] }) }],
    ['batch normalization', { network: perceptron(true) }],
    ['two rounds in a batch', { dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 340 }), batchSize: 264 }],
    ['on pixels', { network: onPixels(false) }],
    ['on pixels, with batch normalization', { network: onPixels(true) }],
    [
      'on pixels, two rounds in a batch',
      {
        network: onPixels(false),
        dataset: subset(loadMnist({ split: 'train' }), { from: 0, to: 340 }),
        batchSize: 264,
      },
    ],
  ])('%s', async (_, variant) => {
    const given = { ...options, ...variant };
    const alone = await stateAfter({ ...given, threads: 1 });
    for (const threads of [0, 2, 3, 8]) expect(await stateAfter({ ...given, threads }), `${threads}`).toEqual(alone);
    expect(await stateAfter({ ...given, threads: 2 }, [0, 1, 3])).toEqual(alone);
    expect(await stateAfter({ ...given, shareMemory: false })).toEqual(alone);
  });
});

test.each([
  ['in one round', 72, perceptron(false)],
  ['in two rounds', 264, perceptron(false)],
  ['together', 264, perceptron(true)],
  ['on pixels', 72, onPixels(false)],
  ['on pixels, in two rounds', 264, onPixels(false)],
] as const)('the same gradients as summed ones, but for rounding: %s', async (_, batchSize, network) => {
  const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 340 });
  const optimizer = sgd({ learningRate: 0.1 });
  const given = { ...options, network, dataset, batchSize, optimizer, epochs: 1, threads: 0 };
  for (const kernels of ['reference', 'strict'] as const) {
    const { values } = await stateAfter({ ...given, kernels });
    const summed = await stateAfter({ ...given, kernels, optimizer: own(optimizer) });
    expect(values).not.toEqual(summed.values);
    for (const [at, value] of summed.values.entries()) expect(Math.abs(values[at] - value)).toBeLessThan(2e-5);
  }
});

describe('which gradients', () => {
  const paths = (network: Network): string[] => [...batchGradients(network.layers).keys()];
  const wide: Layer = dense({ outFeatures: 64 });

  test('those of large dense layers, within blocks too', () => {
    expect(paths(lenetDocumented())).toEqual([]);
    expect(paths(options.network)).toEqual(['fc1.weight']);
    const blocks = sequential({
      input: [64],
      layers: { block: residual({ body: { fc1: wide, relu: relu(), fc2: wide } }), fc: dense({ outFeatures: 10 }) },
    });
    expect(paths(blocks)).toEqual(['block.body.fc1.weight', 'block.body.fc2.weight']);
  });

  test('none of a layer of the user’s own, and none for an optimizer of the user’s own', () => {
    expect(paths(sequential({ input: [64], layers: { fc: { ...wide } } }))).toEqual([]);
    const { summed, overBatch } = gradientLayout(
      options.network,
      own(options.optimizer),
      mnistNormalization,
      microBatchSize,
    );
    expect([summed, overBatch]).toEqual([options.network.parameterEntries, []]);
  });

  test('a rank’s rows: memory for what micro-batches leave, and none for their gradients', () => {
    const { summedCount, leftCount, runs } = gradientLayout(
      options.network,
      options.optimizer,
      mnistNormalization,
      microBatchSize,
    );
    const { parameterCount, parameterEntries } = options.network;
    const { offset, length } = parameterEntries.find(({ path }) => path === 'fc1.weight') ?? { offset: 0, length: 0 };
    expect(summedCount).toBe(parameterCount - length);
    expect(runs).toEqual([
      { begin: 0, end: offset, at: 0 },
      { begin: offset + length, end: parameterCount, at: offset },
    ]);
    // x in tiles of sixteen, and dy.
    expect(leftCount).toBe(16 * (Math.ceil(length / 37 / 16) * 16 + 37));
    const ofPixels = gradientLayout(onPixels(false), options.optimizer, mnistNormalization, microBatchSize);
    // Four bytes in a number.
    expect(ofPixels.leftCount).toBe(16 * (784 / 4 + 37));
  });
});
