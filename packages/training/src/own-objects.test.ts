/** Objects of a user's own: they are called wherever training and evaluation run, and never replaced. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Augmentation, augmentation, subset } from '@longhand/datasets';
import {
  checkGradients,
  conv2d,
  dense,
  flatten,
  type Layer,
  type Loss,
  type Network,
  pool2d,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import { constant, type Optimizer, type Schedule, sgd } from '@longhand/optimizers';
import { described, fromModule, importModules } from '@longhand/schema';
import { OptionError, seededRandom } from '@longhand/tensor';
import { afterAll, describe, expect, test } from 'vitest';
import { sharedEngines } from '../testing/shared-engines';
import { classifier } from './classifier';
import { evaluate } from './evaluate';
import { encodeOnnxModel } from './exchange/onnx-file';
import { fit } from './fit';
import type { Metric } from './metric';
import { decodeModel, encodeModel, modulesOfModel } from './model-file';
import { type Model, ModelError } from './model-settings';
import { train } from './train';
import { parametersOf, type TrainingOptions, type TrainingState } from './training-options';
import { TrainingRun } from './training-run';
import { WorkerError } from './workers/worker-error';

const folder = mkdtempSync(join(tmpdir(), 'longhand-own-'));
afterAll(() => rmSync(folder, { recursive: true }));

const module = new URL('../fixtures/own-objects.mjs', import.meta.url);
const dataset = subset(loadMnist({ split: 'train' }), { from: 0, to: 150 });

const networkWith = (own: Layer): Network =>
  sequential({
    input: [28, 28, 1],
    layers: {
      conv: conv2d({ outChannels: 3, kernel: 5, stride: 2 }),
      own,
      pool: pool2d({ pooling: 'max', window: 2 }),
      flatten: flatten(),
      fc: dense({ outFeatures: 10 }),
    },
  });

const plain = { dataset, normalization: mnistNormalization, epochs: 2, batchSize: 64, seed: 1 };

/** A run in which everything that can be is of the user's module. */
async function ownRun(log?: string): Promise<TrainingOptions & { loss: Loss }> {
  const options = log === undefined ? {} : { log };
  return {
    ...plain,
    network: networkWith(await fromModule<Layer>({ module, export: 'scale', options })),
    loss: await fromModule<Loss>({ module, export: 'hinge', options: { margin: 0.5, ...options } }),
    optimizer: await fromModule<Optimizer>({
      module,
      export: 'clippedDescent',
      options: { learningRate: 0.5, longest: 0.3, ...options },
    }),
    schedule: await fromModule<Schedule>({ module, export: 'line', options }),
    augmentation: await fromModule<Augmentation>({ module, export: 'upsideDown', options }),
  };
}

async function finished(options: TrainingOptions, halts: readonly number[] = []): Promise<TrainingState> {
  let state: TrainingState | undefined;
  for (const halt of [...halts, Number.POSITIVE_INFINITY]) {
    const run = new TrainingRun(options, state);
    for await (const _ of run.steps(halt));
    state = await run.state();
    await run.end();
  }
  return state as TrainingState;
}

const sha256 = ({ values, slots }: TrainingState): string =>
  createHash('sha256')
    .update(values)
    .update(slots.lastStep ?? '')
    .digest('hex');

/** The lines of a log, counted. */
function calls(log: string): Record<string, number> {
  const counts: Record<string, number> = {};
  if (!existsSync(log)) return counts;
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

describe('objects of a module', () => {
  test.each([0, 1, 3])('are called with %i threads, each as often as there is work', async (threads) => {
    const log = join(folder, `threads-${threads}`);
    const run = await ownRun(log);
    const state = await finished({ ...run, threads });
    // Batches of 64, 64 and 22 images are 4, 4 and 2 micro-batches; there are two epochs.
    expect(calls(log)).toEqual({
      'layer forward': 20,
      'layer backward': 20,
      'loss forward': 20,
      'loss backward': 20,
      'optimizer update': 6,
      'schedule factor': 12,
      augmentation: 300,
    });
    rmSync(log);
    const parameters = parametersOf(run.network, state);
    await evaluate({ ...run, parameters, threads });
    expect(calls(log)).toEqual({ 'layer forward': 10, 'loss forward': 10 });
  });

  test.each([0, 1, 3])('are called by fit with %i threads, the metric in the caller’s thread', async (threads) => {
    const log = join(folder, `fit-${threads}`);
    const topTwo = await fromModule<Metric>({ module, export: 'topTwo', options: { log } });
    const validation = subset(loadMnist({ split: 'train' }), { from: 200, to: 250 });
    const run = { ...(await ownRun(log)), threads };
    const { history, parameters } = await fit({ ...run, validation, metrics: { topTwo } });
    // 50 validation images are 4 micro-batches.
    expect(calls(log)).toEqual({
      'layer forward': 20 + 8,
      'layer backward': 20,
      'loss forward': 20 + 8,
      'loss backward': 20,
      'optimizer update': 6,
      // Once more for each epoch's figures.
      'schedule factor': 12 + 2,
      augmentation: 300,
      metric: 2,
    });
    for (const { validation } of history) {
      expect(validation?.metrics?.topTwo).toBeGreaterThan(validation?.accuracy ?? 1);
    }
    expect(parameters.values).toEqual((await finished(run)).values);
  });

  const onSharedEngine = sharedEngines();
  test.each(['strict', 'reference'] as const)('give the same bytes for any number of threads: %s', async (kernels) => {
    const run = { ...(await ownRun()), kernels };
    const bytesOf = async (given: TrainingOptions, halts: readonly number[] = []): Promise<string> =>
      sha256(await finished(onSharedEngine(given), halts));
    const here = await bytesOf({ ...run, threads: 0 });
    for (const threads of [1, 2, 3]) expect(await bytesOf({ ...run, threads })).toBe(here);
    expect(await bytesOf({ ...run, shareMemory: false })).toBe(here);
    expect(await bytesOf(run, [1, 4])).toBe(here);
  });

  test('an object of the user’s in the caller’s thread gives the same bytes as the module’s in workers', async () => {
    const run = await ownRun();
    const own = await import(module.href);
    const { learningRate } = run.optimizer;
    const given = {
      ...plain,
      network: networkWith(own.scale({}) as Layer),
      loss: own.hinge({ margin: 0.5 }) as Loss,
      optimizer: own.clippedDescent({ learningRate, longest: 0.3 }) as Optimizer,
      schedule: own.line({}) as Schedule,
      augmentation: own.upsideDown({}) as Augmentation,
    };
    expect(sha256(await finished({ ...given, threads: 0 }))).toBe(sha256(await finished({ ...run, threads: 2 })));
  });

  test('pass the gradient check, which calls the very objects', async () => {
    const log = join(folder, 'gradient-check');
    const { network, loss } = await ownRun(log);
    expect(checkGradients(network, { loss, samplesPerArray: 20 }).message).toContain('passed');
    expect(calls(log)).toMatchObject({ 'layer backward': 1, 'loss backward': 1 });
  });

  test('classify single images, called in the caller’s thread', async () => {
    const log = join(folder, 'classifier');
    const { network } = await ownRun(log);
    const model = { network, parameters: network.initialize(seededRandom(1)), normalization: mnistNormalization };
    expect(classifier(model).classify([dataset.images.slice(0, 784)])).toHaveLength(1);
    expect(calls(log)).toEqual({ 'layer forward': 1 });
  });

  test('whose failure in a worker ends the run with their message', async () => {
    const code = "export default () => ({ description: {}, prepare() { throw new Error('not today'); } })";
    const loss = await fromModule<Loss>({ module: `data:text/javascript,${code}` });
    const run = train({ ...(await ownRun()), loss, threads: 1 });
    const failure = await run.next().catch((error) => error);
    expect(failure).toBeInstanceOf(WorkerError);
    expect(failure.message).toBe('worker 1: not today');
  });
});

describe('a model file', () => {
  const classes = Array.from({ length: 10 }, (_, label) => String(label));
  const modelOf = (network: Network): Model => {
    return { network, parameters: network.initialize(seededRandom(1)), normalization: mnistNormalization, classes };
  };

  test('names the module of a layer, and runs its code only when told to', async () => {
    const model = modelOf((await ownRun()).network);
    const bytes = encodeModel(model);
    expect(() => decodeModel(bytes, 'own.safetensors')).toThrow(
      new ModelError(
        `own.safetensors: own: module ${module.href}: expected to be told that its code may run, got no such permission; if you trust it, give it among the modules`,
      ),
    );
    const urls = modulesOfModel(bytes, 'own.safetensors');
    expect(urls).toEqual([module.href]);
    const loaded = decodeModel(bytes, 'own.safetensors', { modules: await importModules(urls) });
    expect(loaded.parameters.values).toEqual(model.parameters.values);
    // Whoever moved the module gives it under its old name.
    const moved = decodeModel(bytes, 'own.safetensors', { modules: { [module.href]: await import(module.href) } });
    expect(encodeModel(moved)).toEqual(bytes);
    const image = dataset.images.slice(0, 784);
    expect(classifier(loaded).classify([image])).toEqual(classifier(model).classify([image]));
  });

  test('calls modules by names of its own, and has the loss, for evaluation', async () => {
    const { network, loss } = await ownRun();
    const model = { ...modelOf(network), loss };
    const bytes = encodeModel(model, { moduleName: () => '../own-objects.mjs' });
    expect(modulesOfModel(bytes, 'own.safetensors')).toEqual(['../own-objects.mjs']);
    // The name is no URL: whoever loads the file says where the module is.
    expect(() => decodeModel(bytes, 'own.safetensors', { modules: {} })).toThrow(ModelError);
    const modules = await importModules([module.href]);
    const loaded = decodeModel(bytes, 'own.safetensors', { modules, moduleUrl: () => module.href });
    expect(described(loaded.loss as Loss)).toEqual({ module: module.href, export: 'hinge', options: { margin: 0.5 } });
    const [given, again] = await Promise.all([model, loaded].map((each) => evaluate({ ...each, dataset, threads: 1 })));
    expect(again).toEqual(given);
    expect(again.loss).not.toBe((await evaluate({ ...modelOf(network), dataset, threads: 1 })).loss);
    expect(encodeModel({ ...loaded, loss: softmaxCrossEntropy() })).not.toEqual(encodeModel(model));
    expect(() => encodeModel({ ...model, loss: { ...loss } })).toThrow(
      'model: expected a built-in loss or one of a module, got an object of your own (hinge)',
    );
  });

  test.each([
    ['encodeModel', encodeModel],
    ['encodeOnnxModel', encodeOnnxModel],
  ])('%s does not write a copy of a built-in layer as the built-in one', (_, encode) => {
    expect(() => encode(modelOf(networkWith({ ...relu() })))).toThrow(ModelError);
  });
});

describe('an object of the user’s own', () => {
  const network = networkWith(relu());
  const options: TrainingOptions = { ...plain, network, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
  const parameters = network.zeros();
  const copies: [string, Partial<TrainingOptions>][] = [
    ['network', { network: { ...network } }],
    ['layer as own', { network: networkWith({ ...relu() }) }],
    ['loss', { loss: { ...softmaxCrossEntropy() } }],
    ['optimizer', { optimizer: { ...sgd({ learningRate: 0.1 }) } }],
    ['augmentation', { augmentation: { ...augmentation({ shift: 1 }) } }],
  ];

  test.each(copies)('a copy of a built-in %s is refused at the call, in one line with both ways', (what, copy) => {
    const message = (where: string): OptionError =>
      new OptionError(
        `${where}: expected a built-in ${what} or one of a module, which workers can make again, got an object of your own; give it as a module, await fromModule({ module, export, options }), or ${where} with threads: 0`,
      );
    expect(() => new TrainingRun({ ...options, ...copy })).toThrow(message('train'));
  });

  test.each(copies.slice(0, 3))('evaluation refuses a copy of a built-in %s in the same way', async (what, copy) => {
    await expect(evaluate({ ...options, parameters, ...copy, threads: 2 })).rejects.toThrow(
      `evaluate: expected a built-in ${what} or one of a module, which workers can make again, got an object of your own`,
    );
  });

  test.each(copies)('a copy of a built-in %s computes the same in the caller’s thread', async (what, copy) => {
    const built = { ...options, ...('augmentation' in copy ? { augmentation: augmentation({ shift: 1 }) } : {}) };
    const [own, expected] = [await finished({ ...options, ...copy, threads: 0 }), await finished(built)];
    // A copied ReLU is not fused with the pooling after it: that adds in another order.
    if (what !== 'layer as own') expect(own.values).toEqual(expected.values);
    own.values.forEach((value, index) => {
      expect(value).toBeCloseTo(expected.values[index], 6);
    });
  });

  test('a schedule needs no worker: it is called with any number of threads', async () => {
    let factors = 0;
    const schedule: Schedule = {
      description: { kind: 'mine' },
      factor() {
        factors++;
        return 0.5;
      },
    };
    const half = await finished({ ...options, schedule, threads: 2 });
    expect(factors).toBeGreaterThanOrEqual(3);
    const optimizer = sgd({ learningRate: 0.05 });
    expect(half.values).toEqual((await finished({ ...options, optimizer, schedule: constant() })).values);
  });

  test('an interval in the caller’s thread gets its turns', async () => {
    let turns = 0;
    const interval = setInterval(() => turns++, 1);
    await finished({ ...options, epochs: 20, threads: 0 });
    clearInterval(interval);
    expect(turns).toBeGreaterThan(5);
  });
});
