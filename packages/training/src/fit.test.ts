/** What `fit` does in an epoch and between epochs. */
import { subset } from '@longhand/datasets';
import { conv2d, dense, flatten, pool2d, relu, sequential } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { adamw, oneCycle, sgd, weightAverage } from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { afterEach, describe, expect, test } from 'vitest';
import { livingWorkers, startedWorkers, unwatchWorkers, watchWorkers } from '../testing/started-workers';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint';
import { evaluate } from './evaluate';
import { fit } from './fit';
import type { FitCheckpoint, FitEpoch, FitOptions } from './fit-options';
import type { Metric } from './metric';
import { train } from './train';
import { Engine } from './workers/engine';

const digits = loadMnist({ split: 'train' });
const network = sequential({
  input: [28, 28, 1],
  layers: {
    conv: conv2d({ outChannels: 4, kernel: 5, stride: 2 }),
    relu: relu(),
    pool: pool2d({ pooling: 'max', window: 2 }),
    flatten: flatten(),
    fc: dense({ outFeatures: 10 }),
  },
});
const options: FitOptions = {
  network,
  dataset: subset(digits, { from: 0, to: 200 }),
  normalization: mnistNormalization,
  optimizer: adamw({ learningRate: 0.01 }),
  schedule: oneCycle(),
  epochs: 4,
  batchSize: 32,
  seed: 1,
  threads: 2,
};
const validation = subset(digits, { from: 1000, to: 1100 });

afterEach(unwatchWorkers);

async function lastCheckpoint(given: FitOptions): Promise<FitCheckpoint> {
  let last: FitCheckpoint | undefined;
  const onCheckpoint = (checkpoint: FitCheckpoint): void => {
    last = checkpoint;
  };
  await fit({ ...given, onCheckpoint }).catch(() => {});
  return last as FitCheckpoint;
}

describe('a run', () => {
  test('has the bytes of train, and the figures of its steps', async () => {
    const run = train(options);
    const steps = [];
    for await (const step of run) steps.push(step);
    const reported: typeof steps = [];
    const { parameters, history, best, stopped } = await fit({ ...options, onStep: (step) => reported.push(step) });
    expect(reported).toEqual(steps);
    expect(parameters.values).toEqual((await run.result).values);
    const ends = steps.filter(({ step, stepsPerEpoch }) => step === stepsPerEpoch);
    expect(
      history.map(({ epoch, steps, loss, accuracy, learningRate }) => ({ epoch, steps, loss, accuracy, learningRate })),
    ).toEqual(
      ends.map(({ epoch, step, loss, accuracy, learningRate }) => ({
        epoch,
        steps: epoch * step,
        loss,
        accuracy,
        learningRate,
      })),
    );
    expect(history.every(({ seconds, imagesPerSecond }) => seconds > 0 && imagesPerSecond > 0)).toBe(true);
    expect([best, stopped]).toEqual([undefined, undefined]);
  });

  test('is validated after each epoch, with metrics, and keeps the best parameters', async () => {
    const meanProbability: Metric = ({ count, labels, outputs, probabilities }) => {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += probabilities[n * outputs + labels[n]];
      return sum / count;
    };
    const epochs: FitEpoch[] = [];
    const { history, best } = await fit({
      ...options,
      // So high a rate that it gets worse in between.
      optimizer: sgd({ learningRate: 0.6 }),
      validation,
      metrics: { meanProbability },
      onEpoch: (epoch) => {
        epochs.push(epoch);
      },
    });
    const model = { network, normalization: mnistNormalization, dataset: validation };
    for (const [at, { parameters, evaluation, ...figures }] of epochs.entries()) {
      expect(figures).toEqual(history[at]);
      const again = await evaluate({ ...model, parameters, metrics: { meanProbability } });
      expect(again).toEqual(evaluation);
      expect(figures.validation).toMatchObject({ accuracy: again.accuracy, loss: again.loss, metrics: again.metrics });
      expect(again.metrics.meanProbability).toBeGreaterThan(0.05);
    }
    const highest = Math.max(...history.map((epoch) => epoch.validation?.accuracy ?? 0));
    expect(best?.accuracy).toBe(highest);
    expect(history.filter((epoch) => epoch.validation?.best).at(-1)?.epoch).toBe(best?.epoch);
    expect((await evaluate({ ...model, parameters: best?.parameters ?? network.zeros() })).accuracy).toBe(highest);
  });

  test('sets a part of its images aside for validation, the same for every seed', async () => {
    const counts: (number | undefined)[] = [];
    const validated = async (seed: number, split: object): Promise<unknown> => {
      const labels: number[][] = [];
      await fit({
        ...options,
        epochs: 1,
        seed,
        validation: { fraction: 0.1, ...split },
        metrics: { labels: (input) => labels.push(Array.from(input.labels)) },
        onStep: ({ images }) => counts.push(images),
      });
      return labels[0];
    };
    const first = await validated(1, {});
    expect(first).toHaveLength(20);
    expect(counts.at(-1)).toBe(180);
    expect(await validated(2, {})).toEqual(first);
    expect(await validated(1, { seed: 5 })).not.toEqual(first);
  });

  test.each([
    [{ targetAccuracy: 0.3 }, 'target'],
    [{ patience: 1 }, 'patience'],
  ] as const)('ends early by %o', async (rule, why) => {
    const { history, stopped } = await fit({
      ...options,
      optimizer: sgd({ learningRate: why === 'target' ? 0.05 : 1e-9 }),
      epochs: 30,
      validation,
      ...rule,
    });
    expect(stopped).toBe(why);
    expect(history.length).toBeLessThan(30);
  });

  test('results in the moving average of the weights', async () => {
    const averaged = { ...options, averaging: weightAverage({ decay: 0.9 }) };
    const run = train(averaged);
    expect((await fit(averaged)).parameters.values).toEqual((await run.result).values);
  });

  test('on an engine of its caller leaves it as it was', async () => {
    watchWorkers();
    const engine = new Engine({ threads: 2 });
    const first = await fit({ ...options, engine, validation });
    const second = await fit({ ...options, engine, validation });
    expect(second.parameters.values).toEqual(first.parameters.values);
    expect(startedWorkers()).toHaveLength(2);
    expect(livingWorkers()).toHaveLength(2);
    await engine.end();
  });
});

describe('a checkpoint', () => {
  test.each([
    ['plain', {}],
    ['with validation and an average', { validation, averaging: weightAverage({ decay: 0.9 }) }],
  ])('resumes an aborted run with the same bytes and figures: %s', async (_, more) => {
    const given = { ...options, ...more };
    const whole = await fit(given);
    // In an epoch, at its end, and at the end of the run.
    for (const steps of [3, 9, 14, 28]) {
      const controller = new AbortController();
      const checkpoint = await lastCheckpoint({
        ...given,
        threads: 0,
        signal: controller.signal,
        onStep: ({ epoch, step }) => {
          if ((epoch - 1) * 7 + step === steps) controller.abort();
        },
      });
      expect(checkpoint.state.steps).toBe(steps);
      const bytes = encodeCheckpoint(checkpoint);
      const { parameters, history, best } = await fit({ ...given, resume: decodeCheckpoint(bytes, 'run') });
      expect(parameters.values).toEqual(whole.parameters.values);
      const figures = (epochs: typeof history) => epochs.map(({ seconds: _s, imagesPerSecond: _i, ...rest }) => rest);
      expect(figures(history)).toEqual(figures(whole.history));
      expect(best?.parameters.values).toEqual(whole.best?.parameters.values);
    }
  });

  test('is made after each epoch and every few steps', async () => {
    const steps: number[] = [];
    const starts: number[] = [];
    await fit({
      ...options,
      epochs: 2,
      checkpointEvery: 3,
      onStart: ({ checkpoint, totalSteps }) => {
        starts.push(checkpoint.state.steps, totalSteps);
      },
      onCheckpoint: ({ state }) => {
        steps.push(state.steps);
      },
    });
    expect(steps).toEqual([3, 6, 7, 9, 12, 14]);
    expect(starts).toEqual([0, 14]);
  });

  test('of another run is refused', async () => {
    const { state, record } = await lastCheckpoint({ ...options, epochs: 1, validation });
    const resumed = (resume: object) => fit({ ...options, validation, resume: { state, record, ...resume } });
    await expect(resumed({})).rejects.toThrow(
      "fit: resume: expected the parameters of the best epoch, 1, as 'best', got none",
    );
    await expect(resumed({ record: { epochs: 3 } })).rejects.toThrow("fit: resume: expected a list as 'epochs', got 3");
    await expect(resumed({ record: { epochs: [], epochSeconds: 0 }, state: { ...state, steps: -1 } })).rejects.toThrow(
      'train: expected a state with 0 to 28 steps made, got -1',
    );
  });
});

test.each([Number.NaN, undefined])('a metric that gives %o ends the run: no record could keep it', async (value) => {
  const run = fit({ ...options, epochs: 1, validation, metrics: { odd: () => value as number } });
  await expect(run).rejects.toThrow(`evaluate: expected a finite number from the metric odd, got ${value ?? 'none'}`);
});

describe('refuses', () => {
  test.each<[string, Partial<FitOptions>, string]>([
    ['patience without validation', { patience: 1 }, 'fit: expected validation images for patience, got none'],
    ['metrics without validation', { metrics: {} }, 'fit: expected validation images for metrics, got none'],
    ['a fraction of all', { validation: { fraction: 1 } }, 'as fraction for validation, got 1'],
    ['no epochs', { epochs: 0 }, 'fit: expected a whole number of at least 1 as epochs, got 0'],
    ['an object that workers cannot make', { optimizer: { ...options.optimizer } }, 'got an object of your own'],
  ])('%s, before anything is started', async (_, wrong, message) => {
    watchWorkers();
    await expect(fit({ ...options, ...wrong })).rejects.toThrow(message);
    expect(startedWorkers()).toHaveLength(0);
  });

  test('what was aborted before it began', async () => {
    watchWorkers();
    const reason = new Error('too late');
    await expect(fit({ ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(startedWorkers()).toHaveLength(0);
  });
});

test('seeded parameters to start from, and a loop that begins late', async () => {
  const parameters = network.initialize(seededRandom(7));
  const run = fit({ ...options, parameters, epochs: 3 });
  await new Promise((resolve) => setTimeout(resolve, 1));
  const seen: number[] = [];
  for await (const { epoch } of run) seen.push(epoch);
  expect(seen.at(-1)).toBe(3);
  expect((await run).parameters.values).toEqual((await fit({ ...options, parameters, epochs: 3 })).parameters.values);
});

test('two equal runs have the same weights, and checkpoints that differ in times alone', async () => {
  const run = async (threads: number) => {
    let last: FitCheckpoint | undefined;
    const { parameters } = await fit({
      ...options,
      epochs: 1,
      threads,
      validation: { fraction: 0.1 },
      onCheckpoint(checkpoint) {
        last = checkpoint;
      },
    });
    const timeless = { seconds: 0, imagesPerSecond: 0 };
    const record = last && { ...last.record, epochs: last.record.epochs.map((epoch) => ({ ...epoch, ...timeless })) };
    return { parameters, checkpoint: last && record && encodeCheckpoint({ ...last, record }) };
  };
  const [one, two] = [await run(1), await run(2)];
  expect(one.parameters.values).toEqual(two.parameters.values);
  expect(one.checkpoint?.length).toBeGreaterThan(1000);
  expect(one.checkpoint).toEqual(two.checkpoint);
});
