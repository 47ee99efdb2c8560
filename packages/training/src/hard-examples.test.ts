/** Hard examples: which images a step trains on, and the same bytes however a run is made. */
import { augmentation, type ImageDataset, imageDataset, subset } from '@longhand/datasets';
import { batchNorm, conv2d, dense, flatten, relu, sequential } from '@longhand/layers';
import { adamw, sgd } from '@longhand/optimizers';
import { OptionError, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint';
import { parametersChecksum } from './checksum';
import { fit } from './fit';
import type { FitOptions } from './fit-options';
import { hardestIndices, notSeen, roundsOf } from './hard-examples';
import type { TrainingState } from './training-options';
import { TrainingRun } from './training-run';

const count = 90;
const random = seededRandom('hard examples');

/** Bright squares at a corner for each class, with noise. */
const dataset: ImageDataset = imageDataset({
  name: 'squares',
  height: 8,
  width: 8,
  classes: 3,
  images: Uint8Array.from({ length: count * 64 }, () => random.uniform(0, 160)),
  labels: Uint8Array.from({ length: count }, (_, n) => n % 3),
});
dataset.labels.forEach((label, n) => {
  for (const at of [0, 1, 8, 9]) dataset.images[n * 64 + at + [0, 6, 48][label]] = 230;
});

const network = sequential({
  input: [8, 8, 1],
  layers: {
    conv: conv2d({ outChannels: 3, kernel: 3 }),
    relu: relu(),
    flatten: flatten(),
    fc: dense({ outFeatures: 3 }),
  },
});

// Of 3 steps an epoch, the first 4 on all images, then rounds of 2 and 1.
const options: FitOptions = {
  network,
  dataset,
  normalization: { mean: 0.3, std: 0.5 },
  optimizer: adamw({ learningRate: 0.01 }),
  augmentation: augmentation({ shift: 1 }),
  hardExamples: { fraction: 0.5, after: 1 / 3 },
  epochs: 4,
  batchSize: 32,
  seed: 3,
  threads: 1,
};

describe('the rounds of a run', () => {
  const steps = Array.from({ length: 12 }, (_, step) => step);

  test('on all images are its epochs', () => {
    expect(
      steps.map(roundsOf(undefined, { stepsPerEpoch: 6, totalSteps: 12 })).map(({ first, end }) => [first, end]),
    ).toEqual(steps.map(() => [0, 6]));
  });

  test('begin anew with each epoch, and where hard examples begin', () => {
    const rounds = steps.map(roundsOf({ fraction: 0.4, after: 0.25 }, { stepsPerEpoch: 6, totalSteps: 12 }));
    expect(rounds.map(({ epoch, first, end, isHard }) => `${epoch}:${first}–${end}${isHard ? ' hard' : ''}`)).toEqual([
      ...Array(3).fill('1:0–3'),
      ...Array(3).fill('1:3–6 hard'),
      ...Array(3).fill('2:0–3 hard'),
      ...Array(3).fill('2:3–6 hard'),
    ]);
  });

  test('begin halfway unless told', () => {
    const rounds = steps.map(roundsOf({ fraction: 1 / 6 }, { stepsPerEpoch: 6, totalSteps: 12 }));
    expect(rounds.map(({ isHard }) => isHard)).toEqual(steps.map((step) => step >= 6));
    expect(rounds.slice(6).map(({ first, end }) => end - first)).toEqual(Array(6).fill(1));
  });
});

describe('the hardest images', () => {
  const losses = Float32Array.of(0.5, 3, notSeen, 0.1, 2, 0.5, 0.5, notSeen);

  test('have the largest losses, and those not seen come last', () => {
    const chosen = (number: number): number[] => [...hardestIndices(losses, number, seededRandom(1))].sort();
    expect(chosen(2)).toEqual([1, 4]);
    expect(chosen(5)).toEqual([0, 1, 4, 5, 6]);
    expect(chosen(6)).toEqual([0, 1, 3, 4, 5, 6]);
    expect(chosen(8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('are in random order, and of equal ones chance decides', () => {
    const draws = Array.from({ length: 30 }, (_, seed) => [...hardestIndices(losses, 3, seededRandom(seed))]);
    expect(new Set(draws.map(([first]) => first))).toEqual(new Set([0, 1, 4, 5, 6]));
    expect(new Set(draws.map((chosen) => chosen.toSorted().join(' ')))).toEqual(new Set(['0 1 4', '1 4 5', '1 4 6']));
    for (const chosen of draws) expect(chosen).toContain(1);
  });
});

test('steps train on the images with the largest losses', async () => {
  // The weights hardly move, so that losses stay: the first epoch has them all.
  const still = { ...options, augmentation: augmentation({}), optimizer: sgd({ learningRate: 1e-12 }), batchSize: 30 };
  const run = new TrainingRun({ ...still, epochs: 2, hardExamples: { fraction: 1 / 3 } });
  const batchLosses: number[] = [];
  for await (const { batchLoss } of run.steps()) batchLosses.push(batchLoss);
  const { imageLosses = [] } = await run.state();
  await run.end();
  const hardest = [...imageLosses].sort((a, b) => b - a).slice(0, 30);
  const mean = hardest.reduce((sum, loss) => sum + loss, 0) / 30;
  expect(imageLosses.length).toBe(count);
  for (const loss of batchLosses.slice(3)) expect(loss).toBeCloseTo(mean, 5);
  expect(mean).toBeGreaterThan(1.2 * Math.max(...batchLosses.slice(0, 3)));
});

test('augmentation differs from round to round of an epoch', async () => {
  const parameters = network.initialize(seededRandom(1));
  // Class 0 is never expected, so that its image is the hardest one, however it is shifted.
  parameters.get('fc.bias').data[0] = -50;
  const two = {
    dataset: subset(dataset, { from: 0, to: 2 }),
    batchSize: 1,
    epochs: 2,
    hardExamples: { fraction: 0.5 },
  };
  const run = new TrainingRun({ ...options, ...two, parameters, optimizer: sgd({ learningRate: 1e-12 }) });
  const losses: number[] = [];
  for await (const { batchLoss } of run.steps()) losses.push(batchLoss);
  await run.end();
  expect(losses.filter((loss) => loss > 30).length).toBe(3);
  expect(losses[3]).not.toBe(losses[2]);
});

describe('the same bytes', async () => {
  const onSharedEngine = sharedEngines();
  const checksumOf = async (changed: Partial<FitOptions> = {}): Promise<string> =>
    parametersChecksum((await fit({ ...options, ...changed })).parameters);
  const expected = await checksumOf();

  test.each([0, 2, 3])('with %d threads', async (threads) => {
    expect(await checksumOf({ threads })).toBe(expected);
  });

  test('without shared memory', async () => {
    expect(await checksumOf({ shareMemory: false })).toBe(expected);
  });

  test.each([true, false])(
    'of a run that is resumed from a file at any step, shared memory %s',
    async (shareMemory) => {
      let state: TrainingState | undefined;
      const losses: (string | undefined)[] = [];
      const given = onSharedEngine({ ...options, shareMemory, threads: 2 });
      for (let step = 1; step <= 12; step++) {
        const run: TrainingRun = new TrainingRun(given, state);
        for await (const _ of run.steps(step));
        const bytes = encodeCheckpoint({ state: await run.state(), record: {} });
        await run.end();
        state = decodeCheckpoint(bytes, 'file').state;
        losses.push(state.roundLosses && 'within a round');
      }
      // The second epoch is hard from its second step on; the others have rounds of two steps and of one.
      expect(losses.flatMap((within, at) => (within ? [at + 1] : []))).toEqual([5, 7, 10]);
      expect(parametersChecksum({ values: state?.values, buffers: new Float32Array() } as never)).toBe(expected);
    },
  );

  test('of a network whose micro-batches run together', async () => {
    const together = sequential({
      input: [8, 8, 1],
      layers: {
        conv: conv2d({ outChannels: 4, kernel: 3 }),
        bn: batchNorm(),
        flatten: flatten(),
        fc: dense({ outFeatures: 3 }),
      },
    });
    expect(await checksumOf({ network: together, threads: 2 })).toBe(await checksumOf({ network: together }));
  });

  test('only where they are asked for', async () => {
    expect(await checksumOf({ hardExamples: { fraction: 0.5, after: 1 } })).not.toBe(expected);
    const { hardExamples: _, ...plain } = options;
    expect(parametersChecksum((await fit(plain)).parameters)).toBe(
      await checksumOf({ hardExamples: { fraction: 0.5, after: 1 } }),
    );
  });
});

describe('what cannot be is refused', () => {
  test.each([
    [{ fraction: 0 }, 'expected a number above 0 and at most 1 as fraction of hard examples, got 0'],
    [{ fraction: 1.5 }, 'expected a number above 0 and at most 1 as fraction of hard examples, got 1.5'],
    [{ fraction: 0.5, after: -1 }, 'expected a number from 0 to 1 as part of the run before hard examples, got -1'],
  ])('%j', (hardExamples, message) => {
    expect(() => new TrainingRun({ ...options, hardExamples })).toThrow(new OptionError(`train: ${message}`));
  });

  test('a state of a run on all images', async () => {
    const { hardExamples: _, ...plain } = options;
    const run = new TrainingRun(plain);
    const state = await run.state();
    await run.end();
    expect(() => new TrainingRun(options, state)).toThrow(
      'train: expected a state with 90 numbers as losses of images, got 0; give the options of the run it is of',
    );
  });
});
