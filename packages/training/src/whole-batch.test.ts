/**
 * Networks whose micro-batches meet in the middle of their passes (batch normalization) or draw random numbers (dropout): the same
 * bytes for any number of threads and after a halt, and the gradients of the whole batch.
 */
import { createHash } from 'node:crypto';
import { type ImageDataset, shuffledIndices, subset } from '@longhand/datasets';
import { referenceKernels, simdKernels } from '@longhand/kernels';
import {
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  type Layer,
  lenet5,
  type Network,
  NetworkParameters,
  type NetworkPass,
  relu,
  residual,
  resnetSmall,
  sequential,
  softmaxCrossEntropy,
  tanh,
} from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, sgd, updateAverage, weightAverage } from '@longhand/optimizers';
import { type FloatArray, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint';
import { classifier } from './classifier';
import { evaluate } from './evaluate';
import { decodeModel, encodeModel } from './model-file';
import { parametersOf, type TrainingOptions, type TrainingState } from './training-options';
import { TrainingRun } from './training-run';
import { microBatchNeeds } from './whole-batch-checks';
import { Engine } from './workers/engine';

const normalization = mnistNormalization;
const digits = loadMnist({ split: 'train' });
const classes = [...'0123456789'];

const conv = (outChannels: number, stride = 1): Layer =>
  conv2d({ outChannels, kernel: 3, padding: 1, stride, bias: false });

/** A small ResNet with dropout; smooth ones have gradients that can be tried. */
function resnet(activation: () => Layer = relu): Network {
  return sequential({
    input: [28, 28, 1],
    layers: {
      conv: conv2d({ outChannels: 4, kernel: 5, stride: 4, bias: false }),
      bn: batchNorm(),
      act1: activation(),
      block1: residual({
        body: { conv1: conv(4), bn1: batchNorm(), act: activation(), conv2: conv(4), bn2: batchNorm() },
      }),
      act2: activation(),
      block2: residual({
        body: { conv1: conv(6, 2), bn1: batchNorm(), act: activation(), conv2: conv(6), bn2: batchNorm() },
        shortcut: { conv: conv2d({ outChannels: 6, kernel: 1, stride: 2, bias: false }), bn: batchNorm() },
      }),
      act3: activation(),
      pool: globalAveragePool(),
      dropout: dropout({ rate: 0.2 }),
      fc: dense({ outFeatures: 10 }),
    },
  });
}

const options: TrainingOptions = {
  network: resnet(),
  // A last batch of 22 images: two micro-batches, the second with six images.
  dataset: subset(digits, { from: 0, to: 150 }),
  normalization,
  optimizer: adamw({ learningRate: 0.01 }),
  averaging: weightAverage({ decay: 0.9 }),
  epochs: 2,
  batchSize: 64,
  seed: 5,
};

const onSharedEngine = sharedEngines();

/** The final state of a run that is halted at these numbers of steps, and resumed by another run each time. */
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

describe('the same bytes', () => {
  test.each([
    ['a batch of four micro-batches, a last one of two', {}],
    [
      'a batch of 18 micro-batches, a last one of one',
      { dataset: subset(digits, { from: 0, to: 300 }), batchSize: 288, epochs: 1 },
    ],
  ])('for any number of threads: %s', async (_, variant) => {
    const given = { ...options, ...variant };
    const alone = await stateAfter({ ...given, threads: 1 });
    expect(alone.buffers).toHaveLength(options.network.bufferCount);
    expect(alone.averageBuffers).toHaveLength(options.network.bufferCount);
    for (const threads of [0, 2, 3, 8]) expect(await stateAfter({ ...given, threads })).toEqual(alone);
    expect(await stateAfter({ ...given, shareMemory: false })).toEqual(alone);
  });

  test('of a run halted in the middle of an epoch and at its end, through a checkpoint', async () => {
    const given = { ...options, threads: 2 };
    const whole = await stateAfter(given);
    expect(await stateAfter(given, [0, 1, 3, 5])).toEqual(whole);
    const half = new TrainingRun(given);
    for await (const _ of half.steps(2));
    const state = await half.state();
    await half.end();
    const stored = decodeCheckpoint(encodeCheckpoint({ state, record: {} }), 'checkpoint').state;
    expect(stored).toEqual(state);
    const rest = new TrainingRun({ ...given, threads: 3 }, stored);
    for await (const _ of rest.steps());
    expect(await rest.state()).toEqual(whole);
    await rest.end();
  });

  test('as in every run before', async () => {
    const { values, buffers } = await stateAfter({ ...options, averaging: undefined as never, threads: 2 });
    const hash = createHash('sha256');
    for (const array of [values, buffers as FloatArray]) {
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
    expect(hash.digest('hex')).toBe('79dc2e31d2ee11cae75603399bae45fbe40afd2c798d4248895ae22913b53c1f');
  });

  test('with dropout alone, where micro-batches do not meet', async () => {
    const network = sequential({
      input: [28, 28, 1],
      layers: { flatten: flatten(), drop1: dropout({ rate: 0.3 }), fc: dense({ outFeatures: 10 }) },
    });
    const given = { ...options, network };
    const alone = await stateAfter({ ...given, threads: 1 });
    expect(alone.buffers).toBeUndefined();
    for (const threads of [0, 2, 3]) expect(await stateAfter({ ...given, threads }, [2])).toEqual(alone);
    expect((await stateAfter({ ...given, threads: 1, seed: 6 })).values).not.toEqual(alone.values);
  });
});

describe('running statistics', () => {
  const { averaging: _, ...plain } = options;
  const oneStep = { ...plain, dataset: subset(digits, { from: 0, to: 64 }), epochs: 1, threads: 1 };

  test('weight decay does not touch', async () => {
    const [without, decayed] = await Promise.all(
      [0, 0.9].map((weightDecay) => stateAfter({ ...oneStep, optimizer: sgd({ learningRate: 0.1, weightDecay }) })),
    );
    expect(decayed.buffers).toEqual(without.buffers);
    expect(decayed.values).not.toEqual(without.values);
  });

  test('go on from those of the given parameters', async () => {
    const parameters = options.network.initialize(seededRandom('start'));
    parameters.buffers.fill(3);
    const fresh = await stateAfter({ ...oneStep, parameters: options.network.initialize(seededRandom('start')) });
    const further = await stateAfter({ ...oneStep, parameters });
    for (const { offset, initial } of options.network.bufferEntries) {
      // What a step keeps of them is nine tenths.
      const difference = (further.buffers?.[offset] ?? 0) - (fresh.buffers?.[offset] ?? 0);
      expect(difference).toBeCloseTo(0.9 * (3 - initial), 5);
    }
  });

  test('are averaged as the weights are', async () => {
    const given = { ...options, epochs: 1, dataset: subset(digits, { from: 0, to: 192 }), threads: 1 };
    const run = new TrainingRun(given);
    const { buffers: initial } = options.network.initialize(seededRandom('any'));
    const expected = initial.slice();
    for (const step of [1, 2, 3]) {
      for await (const _ of run.steps(step));
      const { buffers, averageBuffers } = await run.state();
      updateAverage(weightAverage({ decay: 0.9 }), { average: expected, values: buffers as FloatArray, step });
      // On vectors every operation is rounded to float32.
      for (const [at, value] of expected.entries()) expect(averageBuffers?.[at]).toBeCloseTo(value, 4);
    }
    await run.end();
  });
});

describe('a step, in float64', () => {
  const batchSize = 37;
  const network = resnet(tanh);
  const dataset = subset(digits, { from: 0, to: batchSize });
  const start = network.initialize(seededRandom('start'), { dtype: 'float64' });
  const seed = 9;
  const engine = new Engine({ threads: 2, kernels: 'reference' });
  const given = { ...options, network, dataset, batchSize, epochs: 1, seed, engine };

  /** One step of plain gradient descent. */
  async function step(values: FloatArray): Promise<{ loss: number; state: TrainingState }> {
    const parameters = new NetworkParameters(network, values, start.buffers);
    const optimizer = sgd({ learningRate: 1 });
    const { averaging: _, ...rest } = given;
    const run = new TrainingRun({ ...rest, parameters, optimizer });
    let loss = Number.NaN;
    for await (const { batchLoss } of run.steps()) loss = batchLoss;
    const state = await run.state();
    await run.end();
    return { loss, state };
  }

  test('has the gradients and the running statistics of one pass over the batch', async () => {
    const { state } = await step(start.values);
    const pass = passOver(dataset, network, new NetworkParameters(network, start.values, start.buffers.slice()), seed);
    pass.forward();
    const loss = softmaxCrossEntropy().prepare(pass);
    const order = orderOf(dataset, seed);
    for (const [n, image] of order.entries()) loss.target[dataset.labels[image] * batchSize + n] = 1;
    loss.imageWeight.fill(1 / batchSize);
    loss.forward();
    loss.inputGradient();
    pass.backward();
    for (const [at, gradient] of (pass.gradients?.values ?? []).entries()) {
      expect(start.values[at] - state.values[at]).toBeCloseTo(gradient, 11);
    }
    for (const [at, value] of pass.parameters.buffers.entries()) {
      expect(state.buffers?.[at]).toBeCloseTo(value, 13);
    }
  });

  test('has the gradients that are found by trying', async () => {
    const { state } = await step(start.values);
    const random = seededRandom('entries');
    const distance = 1e-5;
    for (const { path, offset, length } of network.parameterEntries) {
      const at = offset + random.integer(length);
      const moved = async (by: number): Promise<number> => {
        const values = start.values.slice();
        values[at] += by;
        return (await step(values)).loss;
      };
      const numerical = ((await moved(distance)) - (await moved(-distance))) / (2 * distance);
      expect(start.values[at] - state.values[at], path).toBeCloseTo(numerical, 7);
    }
    await engine.end();
  });
});

function orderOf({ count }: ImageDataset, seed: number): Uint32Array {
  return shuffledIndices(count, seededRandom(seed).fork('order').fork(1));
}

/** A pass that holds a whole data set in the order of the first epoch, with the randomness of the first step. */
function passOver(dataset: ImageDataset, network: Network, parameters: NetworkParameters, seed: number): NetworkPass {
  const { count, images } = dataset;
  const order = orderOf(dataset, seed);
  const random = seededRandom(seed).fork('layers');
  const pass = network.prepare({
    kernels: referenceKernels,
    parameters,
    capacity: count,
    context: {
      imageMask: new Float64Array(count).fill(1),
      step: 0,
      random: (lane, layer) => random.fork(0).fork(order[lane]).fork(layer),
    },
  });
  for (const [n, image] of order.entries()) {
    for (let pixel = 0; pixel < 784; pixel++) {
      pass.input[pixel * count + n] = (images[image * 784 + pixel] / 255 - normalization.mean) / normalization.std;
    }
  }
  return pass;
}

test('evaluation and prediction take the running statistics, which model files keep', async () => {
  const { network } = options;
  const parameters = parametersOf(network, await stateAfter({ ...options, threads: 2 }));
  const dataset = subset(digits, { from: 150, to: 190 });
  const given = { network, dataset, normalization, threads: 2 };
  const found = await evaluate({ ...given, parameters });
  expect(found).toEqual(await evaluate({ ...given, parameters, threads: 1 }));
  const initial = await evaluate({ ...given, parameters: new NetworkParameters(network, parameters.values) });
  expect(initial.loss).not.toBeCloseTo(found.loss, 2);

  const bytes = encodeModel({ network, parameters, normalization, classes });
  const model = decodeModel(bytes, 'model');
  expect(model.parameters.buffers).toEqual(parameters.buffers);
  expect(encodeModel(model)).toEqual(bytes);
  const { classify } = classifier(model);
  const images = Array.from({ length: 40 }, (_, n) => dataset.images.slice(n * 784, (n + 1) * 784));
  for (const [n, probabilities] of classify(images).entries()) {
    expect(probabilities[found.predicted[n]]).toBeCloseTo(found.probability[n], 6);
  }
});

test('a state without the buffers of its network is refused', async () => {
  const { buffers: _, ...state } = await stateAfter({ ...options, threads: 1 }, []);
  expect(() => new TrainingRun(options, state)).toThrow(
    `train: expected a state with ${options.network.bufferCount} numbers as buffers, got 0; give the options of the run it is of`,
  );
  const parameters = new NetworkParameters(options.network, options.network.zeros().values, new Float32Array(1));
  expect(() => new TrainingRun({ ...options, parameters })).toThrow('numbers in buffers of this network, got 1');
});

describe('batches that batch normalization cannot take are refused before training', () => {
  const network = resnetSmall();
  const refusal = (given: Partial<TrainingOptions>) => {
    try {
      new TrainingRun({ ...options, ...given });
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  test('larger ones than fit into memory', () => {
    const dataset = subset(digits, { from: 0, to: 6000 });
    expect(refusal({ network, dataset, batchSize: 6000 })).toMatch(
      /^train: expected a batch of at most \d{4} images: for batch normalization all images of a batch are in memory at once, \d\.\d+ MB each for this network, and the kernels have 4\.3 GB; got 6000; use a smaller batch size$/,
    );
    expect(refusal({ network, dataset, batchSize: 6000, kernels: 'reference' })).toBe('accepted');
    expect(refusal({ network: lenet5(), dataset, batchSize: 6000 })).toBe('accepted');
    // A batch is no larger than the data set.
    expect(refusal({ network, batchSize: 6000 })).toBe('accepted');
  });

  test('the line’s figure is what a pass takes, within a tenth', () => {
    const kernels = simdKernels('strict');
    const parameters = network.zeros({ kernels });
    const beginPass = kernels.forPassesInTurns();
    const addressAfterPass = (): number => {
      network.prepare({ kernels: beginPass(), parameters, capacity: 16, fuse: true });
      return kernels.allocate('float32', 1).byteOffset;
    };
    const first = addressAfterPass();
    const taken = addressAfterPass() - first;
    expect((4 * microBatchNeeds(network).numbers) / taken).toBeCloseTo(1, 1);
  });

  test('one number of a channel alone', () => {
    const features = sequential({
      input: [28, 28, 1],
      layers: { flatten: flatten(), fc1: dense({ outFeatures: 3 }), bn: batchNorm(), fc2: dense({ outFeatures: 10 }) },
    });
    const given = { network: features, dataset: subset(digits, { from: 0, to: 65 }) };
    expect(refusal(given)).toBe(
      'train: expected batches of at least two images for the batch normalization bn, got a last batch of one: 65 images in batches of 64; choose another batch size',
    );
    expect(refusal({ ...given, batchSize: 1 })).toContain('got batches of one: 65 images in batches of 1');
    expect(refusal({ ...given, batchSize: 63 })).toBe('accepted');
    expect(refusal({ network, dataset: subset(digits, { from: 0, to: 65 }) })).toBe('accepted');
    const parameters = features.zeros();
    const pass = features.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
    expect(() => pass.forward()).toThrow(
      "bn: expected at least two numbers of each channel in a batch to normalize in training, got one; use a larger batch, or the mode 'evaluate'",
    );
  });
});
