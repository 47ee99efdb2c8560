/** The training run: what a step computes, that runs repeat to the last bit, and that networks learn. */
import { createHash } from 'node:crypto';
import { type ImageDataset, imageDataset, subset } from '@longhand/datasets';
import { referenceKernels } from '@longhand/kernels';
import {
  conv2d,
  dense,
  flatten,
  lenetDocumented,
  meanSquaredError,
  type Network,
  type NetworkParameters,
  pool2d,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, constant, muon, oneCycle, sgd } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { evaluate } from './evaluate';
import { microBatchSize } from './micro-batch-input';
import { prepareMicroBatchPass } from './micro-batch-pass';
import { train } from './train';
import type { TrainingOptions, TrainingProgress } from './training-options';

const normalization = mnistNormalization;
const digits = loadMnist({ split: 'train' });

/** Trains to the end; returns the parameters and the figures of every step. */
async function finish(options: TrainingOptions): Promise<{ parameters: NetworkParameters; steps: TrainingProgress[] }> {
  const run = train(options);
  const steps: TrainingProgress[] = [];
  let turn = await run.next();
  while (!turn.done) {
    steps.push(turn.value);
    turn = await run.next();
  }
  return { parameters: turn.value, steps };
}

const sha256 = ({ values }: NetworkParameters): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

const small: Network = sequential({
  input: [28, 28, 1],
  layers: {
    conv: conv2d({ outChannels: 4, kernel: 5, stride: 2 }),
    relu: relu(),
    pool: pool2d({ pooling: 'max', window: 2 }),
    flatten: flatten(),
    fc: dense({ outFeatures: 10 }),
  },
});

/** With biases of zero a lane of zeros would give zeros, and hide that it was counted. */
function parametersWithBiases(): NetworkParameters {
  const parameters = small.initialize(seededRandom(1), { dtype: 'float64' });
  parameters.get('conv.bias').data.fill(0.1);
  parameters.get('fc.bias').data.fill(-0.2);
  return parameters;
}

describe('a step', () => {
  test.each([softmaxCrossEntropy(), meanSquaredError()])(
    'is a mean over the batch, although it is cut into micro-batches: $kind',
    async (loss) => {
      const batchSize = 2 * microBatchSize + 5;
      const dataset = subset(digits, { from: 0, to: batchSize });
      const start = parametersWithBiases();
      const before = start.values.slice();
      const rate = 0.5;
      const { parameters: trained } = await finish({
        network: small,
        dataset,
        normalization,
        optimizer: sgd({ learningRate: rate }),
        epochs: 1,
        batchSize,
        seed: 1,
        parameters: start,
        loss,
        kernels: 'reference',
      });

      const parameters = parametersWithBiases();
      const pass = small.prepare({ kernels: referenceKernels, parameters, capacity: batchSize });
      const lossPass = loss.prepare(pass);
      for (let n = 0; n < batchSize; n++) {
        for (let pixel = 0; pixel < 784; pixel++) {
          const value = (digits.images[n * 784 + pixel] / 255 - normalization.mean) / normalization.std;
          pass.input[pixel * batchSize + n] = value;
        }
        lossPass.target[digits.labels[n] * batchSize + n] = 1;
        lossPass.imageWeight[n] = 1 / batchSize;
      }
      pass.forward();
      lossPass.forward();
      lossPass.inputGradient();
      pass.backward();
      const whole = pass.gradients?.values ?? [];
      expect(whole.length).toBe(small.parameterCount);
      whole.forEach((gradient, index) => {
        // Gradients are summed in float32 in the run.
        expect((before[index] - trained.values[index]) / rate).toBeCloseTo(gradient, 6);
      });
    },
  );

  test('unused lanes of a micro-batch that is not full have no effect', () => {
    const parameters = small.initialize(seededRandom(1));
    const options = {
      network: small,
      parameters,
      normalization,
      loss: softmaxCrossEntropy(),
      kernels: referenceKernels,
    };
    const pass = prepareMicroBatchPass({ ...options, dataset: digits, mode: 'train' });
    const indices = Uint32Array.from({ length: microBatchSize }, (_, index) => index);
    const batch = { indices, from: 0, step: 0 };
    const fresh = { ...pass.run({ ...batch, to: 3, batchSize: 3 }), gradients: pass.gradients?.slice() };
    pass.run({ ...batch, to: microBatchSize, batchSize: microBatchSize });
    expect({ ...pass.run({ ...batch, to: 3, batchSize: 3 }), gradients: pass.gradients }).toEqual(fresh);
  });

  test.each([
    { norm: 0.25, value: undefined },
    { norm: undefined, value: 0.01 },
  ])('clips gradients before the update: %o', async ({ norm, value }) => {
    const dataset = subset(digits, { from: 0, to: 40 });
    const options: TrainingOptions = {
      network: small,
      dataset,
      normalization,
      optimizer: sgd({ learningRate: 1 }),
      epochs: 1,
      batchSize: 40,
      seed: 1,
      kernels: 'reference',
      threads: 2,
    };
    const stepWith = async (clipping: Partial<TrainingOptions>): Promise<number[]> => {
      const parameters = parametersWithBiases();
      const before = [...parameters.values];
      const { parameters: after } = await finish({ ...options, parameters, ...clipping });
      return before.map((value, index) => value - after.values[index]);
    };
    const whole = await stepWith({});
    const length = Math.sqrt(whole.reduce((sum, g) => sum + g * g, 0));
    expect(length).toBeGreaterThan(0.5);
    const clipped = await stepWith({ gradientClipping: norm === undefined ? { value } : { norm } });
    whole.forEach((g, index) => {
      const expected = norm === undefined ? Math.max(-value, Math.min(value, g)) : (g * norm) / (length + 1e-6);
      expect(clipped[index]).toBeCloseTo(expected, 12);
    });
    // A limit that is not reached changes no bit.
    expect(await stepWith({ gradientClipping: norm === undefined ? { value: 1e6 } : { norm: 1e6 } })).toEqual(whole);
  });

  test('the short last batch is kept, and every image is seen once an epoch', async () => {
    const dataset = subset(digits, { from: 0, to: 10 });
    const options = { network: small, dataset, normalization, optimizer: sgd({ learningRate: 0.01 }), seed: 1 };
    const { steps } = await finish({ ...options, epochs: 2, batchSize: 4 });
    expect(steps.map(({ epoch, step, images }) => [epoch, step, images])).toEqual([
      [1, 1, 4],
      [1, 2, 8],
      [1, 3, 10],
      [2, 1, 4],
      [2, 2, 8],
      [2, 3, 10],
    ]);
  });

  test('follows the schedule', async () => {
    const dataset = subset(digits, { from: 0, to: 8 });
    const options = { network: small, dataset, normalization, optimizer: sgd({ learningRate: 0.1 }), seed: 1 };
    const schedule = oneCycle({ rise: 0.5 });
    const { steps } = await finish({ ...options, schedule, epochs: 2, batchSize: 2 });
    const expected = steps.map((_, step) => 0.1 * schedule.factor({ step, totalSteps: 8, stepsPerEpoch: 4 }));
    expect(steps.map(({ learningRate }) => learningRate)).toEqual(expected);
  });
});

describe('the same seed, the same bytes', () => {
  const options: TrainingOptions = {
    network: lenetDocumented(),
    dataset: subset(digits, { from: 0, to: 200 }),
    normalization,
    optimizer: adamw({ learningRate: 0.01 }),
    schedule: oneCycle(),
    epochs: 1,
    batchSize: 32,
    seed: 1,
  };

  test('a golden run of the reference: losses and weights as committed, on any machine', async () => {
    const { parameters, steps } = await finish({ ...options, kernels: 'reference' });
    expect(steps.map(({ batchLoss }) => batchLoss)).toMatchInlineSnapshot(`
      [
        2.999173741787672,
        3.239558644592762,
        2.745615342631936,
        2.4456606060266495,
        2.168446686118841,
        2.122408241033554,
        2.283880263566971,
      ]
    `);
    expect(sha256(parameters)).toMatchInlineSnapshot(
      `"cb33639269c6807a2eeab1b37944792762034030cf74142275b31e5d7c93e375"`,
    );
  });

  test('a golden run of the strict kernels', async () => {
    const { parameters, steps } = await finish(options);
    expect(steps.map(({ batchLoss }) => batchLoss)).toMatchInlineSnapshot(`
      [
        2.999173915013671,
        3.2395586278289557,
        2.745615139603615,
        2.4456606805324554,
        2.16844679415226,
        2.122408341616392,
        2.2838805317878723,
      ]
    `);
    expect(sha256(parameters)).toMatchInlineSnapshot(
      `"59945434c01000a035c965448cd5939e7f3070d3ed1227a1b997d97469518eca"`,
    );
  });

  const onSharedEngine = sharedEngines();
  test.each([0, 1, 2, 3, 8])('with %i threads as with any other number', async (threads) => {
    // 72 images are four micro-batches and one that is not full; the seventeenth of 264 is added in a second round.
    for (const [batchSize, clipping] of [
      [72, {}],
      [264, {}],
      [264, { gradientClipping: { norm: 0.5 } }],
      [72, { gradientClipping: { value: 0.01 } }],
      [72, { optimizer: muon({ learningRate: 0.02, adamwLayers: ['fc'] }), gradientClipping: { norm: 0.5 } }],
    ] as const) {
      const run = { ...options, ...clipping, dataset: subset(digits, { from: 0, to: 340 }), batchSize };
      const [several, one] = [
        await finish(onSharedEngine({ ...run, threads })),
        await finish(onSharedEngine({ ...run, threads: 1 })),
      ];
      expect(sha256(several.parameters)).toBe(sha256(one.parameters));
      expect(several.steps).toEqual(one.steps);
    }
  });

  test.each(['strict', 'reference'] as const)('without shared memory: %s', async (kernels) => {
    const one = { ...options, dataset: subset(digits, { from: 0, to: 64 }), kernels };
    const [apart, shared] = [await finish({ ...one, shareMemory: false }), await finish({ ...one, threads: 2 })];
    expect(sha256(apart.parameters)).toBe(sha256(shared.parameters));
  });

  test('another seed gives other parameters', async () => {
    const one = { ...options, dataset: subset(digits, { from: 0, to: 32 }) };
    const [first, again, other] = await Promise.all([finish(one), finish(one), finish({ ...one, seed: 2 })]);
    expect(sha256(again.parameters)).toBe(sha256(first.parameters));
    expect(sha256(other.parameters)).not.toBe(sha256(first.parameters));
  });
});

describe('learning', () => {
  test('ten digits are memorized', async () => {
    const ten: ImageDataset = subset(digits, { from: 0, to: 10 });
    const options = {
      network: lenetDocumented(),
      dataset: ten,
      normalization,
      optimizer: adamw({ learningRate: 0.01 }),
    };
    const { parameters } = await finish({ ...options, schedule: constant(), epochs: 40, batchSize: 10, seed: 1 });
    const { accuracy, loss } = await evaluate({ ...options, parameters });
    expect(accuracy).toBe(1);
    expect(loss).toBeLessThan(0.05);
  });

  test('a thousand digits are enough to classify unseen ones', async () => {
    const dataset = subset(digits, { from: 0, to: 1000 });
    const options = { network: lenetDocumented(), normalization };
    const optimizer = adamw({ learningRate: 0.01 });
    const run = { ...options, dataset, optimizer, schedule: oneCycle(), epochs: 2, batchSize: 16, seed: 1 };
    const { parameters } = await finish(run);
    const unseen = subset(loadMnist({ split: 'test' }), { from: 0, to: 500 });
    expect((await evaluate({ ...options, parameters, dataset: unseen })).accuracy).toBeGreaterThan(0.8);
  });
});

describe('refuses', () => {
  const options = { network: small, dataset: subset(digits, { from: 0, to: 64 }), normalization, seed: 1 };

  test('a loss that becomes NaN or infinite, with a DivergenceError', async () => {
    const run = finish({ ...options, optimizer: sgd({ learningRate: 1e30 }), epochs: 5, batchSize: 32 });
    await expect(run).rejects.toThrow(
      /^train: the loss became (NaN|Infinity) at step \d of epoch \d: the output of 'fc' was not finite\. Try a learning rate below 1e\+30, such as 1e\+29$/,
    );
  });

  test('counts out of range', async () => {
    const optimizer = sgd({ learningRate: 0.1 });
    await expect(finish({ ...options, optimizer, epochs: 0, batchSize: 1 })).rejects.toThrow(
      'train: expected a whole number of at least 1 as epochs, got 0',
    );
    await expect(finish({ ...options, optimizer, epochs: 1, batchSize: 2.5 })).rejects.toThrow(
      'as batch size, got 2.5',
    );
  });

  test('layers for AdamW that the network lacks', async () => {
    const optimizer = muon({ learningRate: 0.1, adamwLayers: ['fc', 'conv1'] });
    await expect(finish({ ...options, optimizer, epochs: 1, batchSize: 1 })).rejects.toThrow(
      'muon: expected layers with parameters (conv, fc) as adamw layers, got conv1',
    );
  });

  test('a clipping without a limit, or with two', async () => {
    const optimizer = sgd({ learningRate: 0.1 });
    const run = (gradientClipping: object) =>
      finish({
        ...options,
        optimizer,
        epochs: 1,
        batchSize: 1,
        gradientClipping: gradientClipping as { norm: number },
      });
    await expect(run({})).rejects.toThrow('gradient clipping: expected a norm or a value, got neither');
    await expect(run({ norm: 1, value: 1 })).rejects.toThrow('got both; leave one of them out');
    await expect(run({ norm: 0 })).rejects.toThrow('gradient clipping: expected a number above 0 as norm, got 0');
  });

  test('images and labels that do not fit the network', async () => {
    const optimizer = sgd({ learningRate: 0.1 });
    const run = (dataset: ImageDataset) => finish({ ...options, dataset, optimizer, epochs: 1, batchSize: 1 });
    const tiny = imageDataset({
      name: 'tiny',
      images: new Uint8Array(4),
      labels: Uint8Array.of(1),
      height: 2,
      width: 2,
    });
    await expect(run(tiny)).rejects.toThrow('tiny: expected images [28, 28, 1] for this network, got [2, 2, 1]');
    const letters = imageDataset({
      name: 'letters',
      images: new Uint8Array(784),
      labels: Uint8Array.of(25),
      height: 28,
      width: 28,
    });
    await expect(run(letters)).rejects.toThrow(
      'letters: expected labels from 0 to 9, one for each output of the network, got labels up to 25; train a network with 26 outputs',
    );
  });
});
