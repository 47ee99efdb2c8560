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
import { Engine } from './workers/engine';

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

/** As JavaScript may have it. */
const withUnknown = (options: object): typeof training => ({ ...training, ...options });

/** Every function that trains, with the message of its refusal. */
const trainers: [string, (options: object) => Promise<unknown>][] = [
  ['fit', async (options) => await fit({ ...training, ...options })],
  ['train', async (options) => await train({ ...training, ...options }).result],
  ['TrainingRun', async (options) => new TrainingRun({ ...training, ...options })],
];

describe.each(trainers)('%s', (name, run) => {
  const where = name === 'fit' ? 'fit' : 'train';

  test.each<[object, string]>([
    [{ optimizer: undefined }, 'an optimizer such as adam({ learningRate: 0.001 }) as optimizer, got none'],
    [{ optimizer: sgd }, 'an optimizer such as adam({ learningRate: 0.001 }) as optimizer, got a function'],
    [{ optimizer: 'sgd' }, 'an optimizer such as adam({ learningRate: 0.001 }) as optimizer, got "sgd"'],
    [{ normalization: undefined }, 'a mean and std such as pixelStatistics(dataset) as normalization, got none'],
    [{ dataset: undefined }, 'a data set of imageDataset() as dataset, got none'],
    [{ dataset: { images: [], labels: [] } }, 'a data set of imageDataset() as dataset, got {"images":[],"labels":[]}'],
    [{ network: undefined }, 'a network as network, got none'],
    [{ loss: softmaxCrossEntropy }, 'a loss such as softmaxCrossEntropy() as loss, got a function'],
    [{ schedule: 'cosine' }, 'a schedule such as cosine() as schedule, got "cosine"'],
    [{ augmentation: { shift: 1 } }, 'an augmentation as augmentation, got {"shift":1}'],
    [
      { parameters: new Float32Array(9) },
      'parameters such as network.initialize(seededRandom(1)) as parameters, got a Float32Array',
    ],
    [{ epochs: undefined }, 'a whole number of at least 1 as epochs, got none'],
    [{ epochs: 1.5 }, 'a whole number of at least 1 as epochs, got 1.5'],
    [{ batchSize: 0 }, 'a whole number of at least 1 as batch size, got 0'],
    [{ seed: undefined }, 'a number as seed, got none'],
    [{ kernels: 'fast' }, '"reference" or "strict" or "fused" as kernels, got "fast"'],
    [{ threads: -1 }, 'a whole number of at least 0 as threads, got -1'],
    [{ engine: {} }, 'an Engine as engine, got {}'],
  ])('refuses %o', async (change, message) => {
    await expect(run(change)).rejects.toThrow(new OptionError(`${where}: expected ${message}`));
  });

  test.each([
    ['epoch', 'epochs'],
    ['momentum', undefined],
    ['BatchSize', 'batchSize'],
    ['optimize', 'optimizer'],
    ['labelSmooth', 'labelSmoothing'],
  ])('refuses the unknown option %s', async (unknown, known) => {
    const got = known === undefined ? `'${unknown}'$` : `'${unknown}'; did you mean '${known}'\\?$`;
    await expect(run({ [unknown]: 3 })).rejects.toThrow(
      new RegExp(`^${where}: expected one of the options .*epochs.*, got ${got}`),
    );
  });

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

test('only fit knows the options that only fit has', async () => {
  await expect(train(withUnknown({ patience: 3 })).result).rejects.toThrow("got 'patience'");
  await expect(fit(withUnknown({ OnEpoch: () => {} }))).rejects.toThrow("got 'OnEpoch'; did you mean 'onEpoch'?");
  for (const [change, message] of [
    [{ signal: 'stop' }, 'an AbortSignal as signal, got "stop"'],
    [{ onStep: 1 }, 'a function as on step, got 1'],
    [{ metrics: { top: 2 } }, 'a function as metrics.top, got 2'],
  ] as const) {
    await expect(fit({ ...training, ...(change as object) })).rejects.toThrow(`fit: expected ${message}`);
  }
});

test.each<[unknown, string]>([
  [{ kernels: 'fast' }, '"reference" or "strict" or "fused" as kernels, got "fast"'],
  [{ threads: 1.5 }, 'a whole number of at least 0 as threads, got 1.5'],
  [4, 'an object, got 4'],
])('an engine refuses %o', (options, message) => {
  expect(() => new Engine(options as object)).toThrow(new OptionError(`engine: expected ${message}`));
});

test('an engine refuses an unknown option', () => {
  expect(() => new Engine({ thread: 2 } as object)).toThrow(
    /^engine: expected one of the options .*, got 'thread'; did you mean 'threads'\?$/,
  );
});

describe('evaluate', () => {
  test.each<[object, string]>([
    [{ parameters: undefined }, 'parameters such as network.initialize(seededRandom(1)) as parameters, got none'],
    [{ normalization: undefined }, 'a mean and std such as pixelStatistics(dataset) as normalization, got none'],
    [{ dataset: undefined }, 'a data set of imageDataset() as dataset, got none'],
    [{ network: undefined }, 'a network as network, got none'],
    [{ kernels: 'fast' }, '"reference" or "strict" or "fused" as kernels, got "fast"'],
    [{ metrics: [() => 1] }, 'functions by name as metrics, got [null]'],
  ])('refuses %o', async (change, message) => {
    await expect(evaluate({ ...evaluation, ...change })).rejects.toThrow(
      new OptionError(`evaluate: expected ${message}`),
    );
  });

  test('refuses unknown options, but takes a whole model and the options of a run', async () => {
    await expect(evaluate({ ...evaluation, ...withUnknown({ metric: {} }) })).rejects.toThrow(
      /^evaluate: expected one of the options .*, got 'metric'; did you mean 'metrics'\?$/,
    );
    const model = { ...evaluation, classes: ['a', 'b', 'c'], training: {} };
    expect((await evaluate({ ...training, ...model })).count).toBe(6);
  });

  test('refuses a network that does not fit the loss', async () => {
    await expect(evaluate({ ...evaluation, loss: binaryCrossEntropy() })).rejects.toThrow(
      "binary-cross-entropy: expected probabilities from 0 to 1, got the numbers of 'fc'",
    );
  });
});
