/** Images with several channels, and more than 256 classes, on the whole way: training, evaluation, files, single images. */
import {
  augmentation,
  imageAt,
  imageDataset,
  imageDatasetOfCifar,
  pixelStatistics,
  splitValidation,
} from '@longhand/datasets';
import { decodeOnnx, encodeOnnx } from '@longhand/formats';
import { referenceKernels } from '@longhand/kernels';
import {
  activation,
  batchNorm,
  conv2d,
  dense,
  flatten,
  globalAveragePool,
  lenetDocumented,
  type Network,
  pool2d,
  sequential,
} from '@longhand/layers';
import { adam } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { classifier } from './classifier';
import { evaluate } from './evaluate';
import { decodeOnnxModel, encodeOnnxModel } from './exchange/onnx-file';
import { decodeModel, encodeModel } from './model-file';
import type { TrainingOptions } from './training-options';
import { parametersOf } from './training-options';
import { TrainingRun } from './training-run';

/** CIFAR-10's format: noise, and a square whose place and color are the class. Without colors, classes cannot be told apart. */
function records(count: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const bytes = new Uint8Array(count * 3073);
  for (let image = 0; image < count; image++) {
    const label = image % 10;
    const record = bytes.subarray(image * 3073, (image + 1) * 3073);
    for (let k = 0; k < 3073; k++) record[k] = random.integer(80);
    record[0] = label;
    const [top, left] = [4 + 14 * (label % 2), 4 + 14 * ((label >> 1) % 2)];
    for (let k = 0; k < 100; k++) {
      record[1 + 1024 * (label % 3) + (top + Math.floor(k / 10)) * 32 + left + (k % 10)] += 150;
    }
  }
  return bytes;
}

const bytes = records(240, 1);
const whole = imageDatasetOfCifar({
  name: 'squares',
  files: [{ name: 'data_batch_1.bin', length: bytes.length, read: () => bytes }],
});
const { training: dataset, validation } = splitValidation(whole, 40, seededRandom(1));
const normalization = pixelStatistics(dataset);

const networks: readonly (readonly [string, Network])[] = [
  ['the documented network', lenetDocumented({ image: [32, 32, 3] })],
  [
    'a network with batch normalization',
    sequential({
      input: [32, 32, 3],
      layers: {
        conv1: conv2d({ outChannels: 8, kernel: 3, stride: 2, padding: 1, bias: false }),
        bn1: batchNorm(),
        relu1: activation({ activation: 'relu' }),
        pool: pool2d({ pooling: 'max', window: 2 }),
        conv2: conv2d({ outChannels: 16, kernel: 3, padding: 1, bias: false }),
        bn2: batchNorm(),
        relu2: activation({ activation: 'relu' }),
        pool2: pool2d({ pooling: 'max', window: 4 }),
        flatten: flatten(),
        fc: dense({ outFeatures: 10 }),
      },
    }),
  ],
];

function optionsOf(network: Network, given: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    network,
    dataset,
    normalization,
    optimizer: adam({ learningRate: 0.01 }),
    augmentation: augmentation({ shift: 2, rotation: 5, flip: 0 }),
    epochs: 5,
    batchSize: 40,
    seed: 3,
    ...given,
  };
}

const onSharedEngine = sharedEngines();

/** The bytes of the parameters, after a run in one piece or in two. */
async function bytesAfter(given: TrainingOptions, halt?: number): Promise<string> {
  const options = onSharedEngine(given);
  let run = new TrainingRun(options);
  if (halt !== undefined) {
    for await (const _ of run.steps(halt));
    const state = await run.state();
    await run.end();
    run = new TrainingRun(options, state);
  }
  for await (const _ of run.steps());
  const { values, buffers = new Float32Array() } = await run.state();
  await run.end();
  return [values, buffers].map((array) => Buffer.from(Float32Array.from(array).buffer).toString('base64')).join();
}

describe.each(networks)('%s on images in color', (_, network) => {
  test('learns, and a file keeps the normalization of each channel', async () => {
    const options = optionsOf(network, { epochs: 12, threads: 2 });
    const run = new TrainingRun(options);
    for await (const _ of run.steps());
    const parameters = parametersOf(network, await run.state());
    await run.end();
    const evaluated = await evaluate({ network, parameters, dataset: validation, normalization, threads: 2 });
    expect(evaluated.accuracy).toBeGreaterThan(0.9);

    const classes = Array.from({ length: 10 }, (_, label) => `square ${label}`);
    const model = decodeModel(encodeModel({ network, parameters, normalization, classes }), 'm');
    expect(model.normalization).toEqual(normalization);
    const again = await evaluate({ ...model, dataset: validation, threads: 1 });
    expect(again.predicted).toEqual(evaluated.predicted);
    const probabilities = classifier(model).classify(Array.from({ length: 40 }, (_, at) => imageAt(validation, at)));
    expect(probabilities.map((each) => each.indexOf(Math.max(...each)))).toEqual([...evaluated.predicted]);
  });

  test('gives the same bytes for 1, 2, 3 and 8 threads, in one piece and in two', async () => {
    const expected = await bytesAfter(optionsOf(network, { epochs: 2, threads: 1 }));
    for (const threads of [0, 2, 3, 8]) {
      expect(await bytesAfter(optionsOf(network, { epochs: 2, threads }), threads), `${threads} threads`).toBe(
        expected,
      );
    }
  });
});

test('the vector kernels take the channels as the reference does', () => {
  const [[, network]] = networks;
  const model = { network, parameters: network.initialize(seededRandom(5)), normalization };
  const image = imageAt(dataset, 3);
  const [vectors, plain] = [classifier(model), classifier(model, referenceKernels)];
  expect([...vectors.classify([image])[0]]).toEqual(
    [...plain.classify([image])[0]].map((value) => expect.closeTo(value, 5)),
  );
});

test('the gradient at the input is the central difference, channel by channel', () => {
  const network = lenetDocumented({ image: [32, 32, 3], activation: 'tanh', pooling: 'mean' });
  const model = { network, parameters: network.initialize(seededRandom(5)), normalization };
  const prepared = classifier(model, referenceKernels);
  const image = imageAt(dataset, 3).map((value) => Math.min(Math.max(value, 1), 254));
  const gradient = prepared.inputGradient(image, 4);
  expect(gradient.length).toBe(3072);
  const score = (k: number, by: number): number => {
    const outputs = prepared.layerOutputs(image.map((value, at) => (at === k ? value + by : value)));
    return outputs[outputs.length - 1].values[4];
  };
  // Three channels of a pixel, and others.
  for (const k of [1200, 1201, 1202, 2000, 700]) {
    expect(gradient[k]).toBeCloseTo((score(k, 1) - score(k, -1)) / (2 / 255), 2);
  }
});

test('an ONNX file with the normalization inside has that of each channel', () => {
  const [[, network]] = networks;
  const classes = Array.from({ length: 10 }, (_, label) => String(label));
  const model = { network, parameters: network.initialize(seededRandom(5)), normalization, classes };
  const back = decodeOnnxModel(encodeOnnxModel(model, { normalization: true }), 'm.onnx');
  expect(back.normalization).toEqual(normalization);
  // A file without Longhand's metadata, as of another program: the graph alone has the numbers, in float32.
  const graph = decodeOnnx(encodeOnnxModel(model, { normalization: true }), 'm.onnx');
  const foreign = decodeOnnxModel(encodeOnnx({ ...graph, metadata: {} }), 'm.onnx');
  const { mean, std } = normalization as { mean: number[]; std: number[] };
  expect(foreign.normalization).toEqual({
    mean: mean.map((value) => expect.closeTo(value, 6)),
    std: std.map((value) => expect.closeTo(value, 6)),
  });
});

test('more classes than a byte can name: 300 shades', async () => {
  const count = 600;
  const shades = imageDataset({
    name: 'shades',
    // The class is written in base 17, a digit to a half of the image.
    images: Uint8Array.from({ length: count * 16 }, (_, k) => {
      const label = Math.floor(k / 16) % 300;
      return 15 * (k % 16 < 8 ? Math.floor(label / 18) : label % 18);
    }),
    labels: Uint16Array.from({ length: count }, (_, image) => image % 300),
    height: 4,
    width: 4,
  });
  expect(shades.classes).toBe(300);
  const network = sequential({
    input: [4, 4, 1],
    layers: {
      flatten: flatten(),
      fc1: dense({ outFeatures: 64 }),
      tanh: activation({ activation: 'tanh' }),
      fc2: dense({ outFeatures: 300 }),
    },
  });
  const options: TrainingOptions = {
    ...optionsOf(network),
    dataset: shades,
    normalization: pixelStatistics(shades),
    augmentation: augmentation(),
    epochs: 150,
    batchSize: 60,
    threads: 2,
  };
  const run = new TrainingRun(options);
  for await (const _ of run.steps());
  const parameters = parametersOf(network, await run.state());
  await run.end();
  const { normalization } = options;
  const { accuracy, predicted, confusion } = await evaluate({ network, parameters, dataset: shades, normalization });
  expect(accuracy).toBeGreaterThan(0.9);
  expect(predicted).toBeInstanceOf(Uint16Array);
  // Classes above 255 are met in the predictions and in the matrix.
  expect(predicted.filter((label) => label > 255).length).toBeGreaterThan(70);
  expect(confusion[299][299]).toBe(2);
  // The same where nothing is shared, and in the caller's thread.
  for (const given of [{ threads: 0 }, { shareMemory: false }]) {
    const again = await evaluate({ network, parameters, dataset: shades, normalization, ...given });
    expect(again.predicted).toEqual(predicted);
  }
});

test('images that do not fit the network, and normalizations that do not fit the images, are refused', async () => {
  const [[, network]] = networks;
  const gray = imageDataset({
    name: 'gray',
    images: new Uint8Array(1024),
    labels: Uint8Array.of(9),
    height: 32,
    width: 32,
  });
  const parameters = network.zeros();
  const one = { mean: 0.5, std: 0.5 };
  await expect(evaluate({ network, parameters, dataset: gray, normalization: one })).rejects.toThrow(
    'gray: expected images [32, 32, 3] for this network, got [32, 32, 1]; train a network for such images',
  );
  await expect(evaluate({ network, parameters, dataset, normalization: { mean: [0, 0], std: 1 } })).rejects.toThrow(
    'evaluate: expected one mean, or one for each of 3 channels, got 2',
  );
  expect(() => new TrainingRun(optionsOf(network, { normalization: { mean: 0, std: [1, 1] } }))).toThrow(
    'train: expected one std, or one for each of 3 channels, got 2',
  );
  const model = { network, parameters, normalization: { mean: [0, 0], std: [1, 1] }, classes: Array(10).fill('x') };
  expect(() => decodeModel(encodeModel(model), 'm')).toThrow('expected one mean, or one for each of 3 channels, got 2');
});

test('global average pooling over an image in color', () => {
  const network = sequential({ input: [2, 2, 3], layers: { mean: globalAveragePool() } });
  const model = { network, parameters: network.zeros(), normalization: { mean: [0, 0, 0], std: [1, 0.5, 0.25] } };
  const [output] = classifier(model).layerOutputs(Uint8Array.of(0, 51, 51, 102, 51, 51, 0, 51, 51, 102, 51, 51));
  expect([...output.values]).toEqual([0.2, 0.4, 0.8].map((value) => expect.closeTo(value, 6)));
});
