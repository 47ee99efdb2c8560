/** Learning from a teacher: the same bytes however a run is made, and the very images that the network sees. */
import { augmentation, type ImageDataset, imageDataset } from '@longhand/datasets';
import {
  batchNorm,
  conv2d,
  dense,
  distillation,
  dropout,
  flatten,
  type Layer,
  type Network,
  NetworkParameters,
  relu,
  sequential,
  sigmoid,
  softmax,
} from '@longhand/layers';
import { adamw } from '@longhand/optimizers';
import { OptionError, ShapeError, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { parametersChecksum } from './checksum';
import { evaluate } from './evaluate';
import { fit } from './fit';
import type { FitCheckpoint, FitOptions } from './fit-options';
import type { Teacher, TeacherModel } from './teacher';

const random = seededRandom('teacher');

/** Bright squares at a corner for each class, with noise. */
function squares(count: number): ImageDataset {
  const images = Uint8Array.from({ length: count * 64 }, () => random.uniform(0, 90));
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 3);
  labels.forEach((label, n) => {
    for (const at of [0, 1, 8, 9]) images[n * 64 + at + [0, 6, 48][label]] = 230;
  });
  return imageDataset({ name: 'squares', height: 8, width: 8, classes: 3, images, labels });
}

const dataset = squares(90);
const network = (layers: Readonly<Record<string, Layer>>): Network => sequential({ input: [8, 8, 1], layers });
const student = network({
  conv: conv2d({ outChannels: 3, kernel: 3 }),
  relu: relu(),
  flatten: flatten(),
  fc: dense({ outFeatures: 3 }),
});

/** A model with random weights: what it says is far from the labels. */
function model(layers: Readonly<Record<string, Layer>>, seed: number): TeacherModel {
  const made = network(layers);
  const normalization = { mean: 0.2 + seed / 10, std: 0.4 };
  return { network: made, parameters: made.initialize(seededRandom(seed)), normalization };
}

const dropping = { flatten: flatten(), drop: dropout({ rate: 0.5 }), fc: dense({ outFeatures: 3 }) };
const normalized = {
  conv: conv2d({ outChannels: 4, kernel: 3, stride: 2 }),
  bn: batchNorm(),
  flatten: flatten(),
  fc: dense({ outFeatures: 3 }),
};
const models = [model(dropping, 1), model(normalized, 2)];
const teacher: Teacher = { models, temperature: 2, weight: 0.8 };

const options: FitOptions = {
  network: student,
  dataset,
  normalization: { mean: 0.3, std: 0.5 },
  optimizer: adamw({ learningRate: 0.01 }),
  augmentation: augmentation({ shift: 1, rotation: 10 }),
  closeAugmentation: 0.5,
  epochs: 4,
  batchSize: 40,
  seed: 3,
  threads: 1,
  teacher,
};

async function checksumOf(changed: Partial<FitOptions> = {}): Promise<string> {
  const { parameters } = await fit({ ...options, ...changed });
  return parametersChecksum(parameters);
}

const expected = await checksumOf();

describe('the same bytes', () => {
  test.each([0, 2, 3])('with %d threads', async (threads) => {
    expect(await checksumOf({ threads })).toBe(expected);
  });

  test('of a run that is resumed, where what teachers said was kept', async () => {
    const checkpoints: FitCheckpoint[] = [];
    const onCheckpoint = (checkpoint: FitCheckpoint): void => void checkpoints.push(checkpoint);
    expect(await checksumOf({ onCheckpoint, checkpointEvery: 2 })).toBe(expected);
    // In the middle of the last epoch.
    const resume = checkpoints.find(({ state }) => state.steps === 10) as FitCheckpoint;
    expect(await checksumOf({ resume, threads: 2 })).toBe(expected);
  });

  test('of a network whose micro-batches run together', async () => {
    const together = { network: network({ ...normalized, bn2: batchNorm() }), epochs: 1 };
    expect(await checksumOf({ ...together, threads: 2 })).toBe(await checksumOf({ ...together, threads: 1 }));
  });

  test('of a teacher that ends with a softmax, nearly', async () => {
    const [{ network: last, parameters, normalization }] = models;
    const ending = network({ ...dropping, softmax: softmax() });
    const inProbabilities = {
      network: ending,
      parameters: new NetworkParameters(ending, parameters.values, parameters.buffers),
      normalization,
    };
    const logits = await fit({ ...options, teacher: { models: [{ network: last, parameters, normalization }] } });
    const probabilities = await fit({ ...options, teacher: { models: [inProbabilities] } });
    logits.parameters.values.forEach((value, at) => {
      expect(probabilities.parameters.values[at]).toBeCloseTo(value, 3);
    });
  });
});

test.each<[string, Partial<FitOptions>]>([
  ['the weight', { teacher: { ...teacher, weight: 0.7 } }],
  ['the temperature', { teacher: { ...teacher, temperature: 3 } }],
  ['each model', { teacher: { ...teacher, models: [models[0]] } }],
  [
    'the normalization of a model',
    { teacher: { ...teacher, models: [{ ...models[0], normalization: { mean: 0, std: 1 } }, models[1]] } },
  ],
])('%s matters', async (_, changed) => {
  expect(await checksumOf(changed)).not.toBe(expected);
});

test('a network that learns from a teacher alone, of wrong labels, comes to say what the teacher says of the distorted images', async () => {
  const { teacher: _, ...withoutTeacher } = options;
  const taught = await fit({ ...withoutTeacher, epochs: 8 });
  const { normalization } = options;
  const wrong = imageDataset({ ...dataset, labels: dataset.labels.map((label) => (label + 1) % 3) });
  const pupil = await fit({
    ...options,
    dataset: wrong,
    epochs: 12,
    teacher: { models: [{ network: student, parameters: taught.parameters, normalization }], weight: 1 },
  });
  const of = (parameters: NetworkParameters) =>
    evaluate({ network: student, parameters, dataset, normalization, threads: 1 });
  expect((await of(taught.parameters)).accuracy).toBeGreaterThan(0.95);
  expect((await of(pupil.parameters)).accuracy).toBeGreaterThan(0.95);
});

test('a teacher of the network’s own weights, seeing what it sees, leaves nothing to learn', async () => {
  const parameters = student.initialize(seededRandom(5));
  const { normalization } = options;
  const same = { models: [{ network: student, parameters, normalization }], temperature: 1, weight: 1 };
  const run = {
    ...options,
    parameters,
    teacher: same,
    epochs: 1,
    optimizer: adamw({ learningRate: 1e-30, weightDecay: 0 }),
  };
  const { history } = await fit(run);
  // The divergence of two equal distributions: other images, or another normalization, would show here.
  expect(history[0].loss).toBeLessThan(1e-6);
  const other = await fit({
    ...run,
    teacher: { ...same, models: [{ ...same.models[0], normalization: { mean: 0, std: 1 } }] },
  });
  expect(other.history[0].loss).toBeGreaterThan(1e-3);
});

test('a validation has the cross-entropy of the labels alone', async () => {
  const { best, parameters } = await fit({ ...options, validation: dataset, epochs: 1 });
  const { loss } = await evaluate({ ...options, parameters });
  expect(best?.loss).toBe(loss);
});

describe('is refused in one line', () => {
  const sevens = network({ flatten: flatten(), fc: dense({ outFeatures: 7 }) });
  const sized = sequential({ input: [9, 8, 1], layers: { flatten: flatten(), fc: dense({ outFeatures: 3 }) } });
  const ended = model({ ...dropping, end: sigmoid() }, 1);
  const { network: one, parameters, normalization } = models[0];
  const of = (made: Network): Teacher => ({ models: [{ network: made, parameters: made.zeros(), normalization }] });
  const broken = new NetworkParameters(
    one,
    parameters.values.map((value, at) => (at === 5 ? Number.NaN : value)),
    parameters.buffers,
  );

  test.each<[string, Partial<FitOptions>, Error]>([
    [
      'other classes',
      { teacher: of(sevens) },
      new ShapeError(
        'train: teacher: expected a model with outputs [3], like the network that learns from it, got [7]; take a teacher that was trained on the same data',
      ),
    ],
    [
      'other images',
      { teacher: { models: [...models, ...of(sized).models] } },
      new ShapeError(
        'train: teacher 3: expected a model with images [8, 8, 1], like the network that learns from it, got [9, 8, 1]; take a teacher that was trained on the same data',
      ),
    ],
    [
      'a sigmoid',
      { teacher: { models: [ended] } },
      new OptionError(
        "train: teacher: expected a model with logits or a softmax at its end, got the sigmoid 'end', whose outputs are no distribution over the classes; take another teacher",
      ),
    ],
    [
      'NaN',
      { teacher: { models: [{ ...models[0], parameters: broken }] } },
      new OptionError("train: teacher: expected finite numbers, got NaN in 'fc.weight'; take another teacher"),
    ],
    [
      'no model',
      { teacher: { models: [] } },
      new OptionError('train: expected at least one model as teacher, got none'),
    ],
    [
      'a temperature of zero',
      { teacher: { models, temperature: 0 } },
      new OptionError('distillation: expected a number above 0 as temperature, got 0'),
    ],
    [
      'a loss besides',
      { loss: distillation() },
      new OptionError(
        'train: expected a loss of labels alone, got distillation; leave it out, and to learn from a model give fit the option teacher',
      ),
    ],
    [
      'layers of one’s own',
      { teacher: { models: [model({ ...dropping, fc: { ...dense({ outFeatures: 3 }) } }, 1)] }, threads: 2 },
      new OptionError(
        'train: expected a built-in layer as fc of a teacher or one of a module, which workers can make again, got an object of your own; give it as a module, await fromModule({ module, export, options }), or train with threads: 0',
      ),
    ],
  ])('%s', async (_, changed, error) => {
    await expect(fit({ ...options, ...changed })).rejects.toThrow(error);
  });

  test('its loss, in an evaluation', async () => {
    await expect(evaluate({ ...options, parameters: student.zeros(), loss: distillation() })).rejects.toThrow(
      'evaluate: expected a loss of labels alone, got distillation',
    );
  });
});
