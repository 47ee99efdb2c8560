/**
 * The Python program that `longhand export --format pytorch` writes, run by PyTorch where `LONGHAND_PYTHON` names a Python with it: the
 * logits of every kind of layer, the steps of every optimizer and schedule from where a run was, and two processes under torchrun.
 *
 * @module-tag slow
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subset } from '@longhand/datasets';
import { encodeNpz } from '@longhand/datasets/node';
import { exporterOf, programText, type RunTraining, stateBytes } from '@longhand/exporters';
import { networkFrom } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { loadMnist } from '@longhand/mnist/node';
import {
  adam,
  adamw,
  lion,
  muon,
  type Optimizer,
  type OptimizerDescription,
  rmsprop,
  type Schedule,
  type ScheduleDescription,
  scheduleFrom,
  sgd,
} from '@longhand/optimizers';
import { seededRandom } from '@longhand/tensor';
import { decodeModel, encodeModel, evaluate, type Model, TrainingRun } from '@longhand/training';
import { afterAll, describe, expect, test } from 'vitest';
import { everyLayer, madeModel, otherInputs, outputOf } from '../../testing/every-layer';
import { fixtureModel } from '../../testing/fixture-model';
import { python } from '../../testing/programs';

const folder = mkdtempSync(join(tmpdir(), 'longhand-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);

/** Names that no attribute of a module can have, in a block too. */
const awkward = madeModel([
  { name: 'train', kind: 'conv2d', outChannels: 3, kernel: 3, stride: 4 },
  { name: 'a-b', kind: 'residual', body: [{ name: 'pop', kind: 'conv2d', outChannels: 3, kernel: 3, padding: 1 }] },
  { name: 'a_b', kind: 'flatten' },
  { name: 'forward', kind: 'dense', outFeatures: 10 },
]);

const shapes = madeModel([
  'flatten',
  { kind: 'reshape', shape: [14, 14, 4] },
  { kind: 'conv2d', outChannels: 2, kernel: 3 },
  'flatten',
  { kind: 'dense', outFeatures: 10 },
]);
const models: Readonly<Record<string, Model>> = {
  ...everyLayer,
  ...otherInputs,
  'names of PyTorch’s own': awkward,
  'images of a vector': shapes,
  'the documented network': fixtureModel,
};

async function writeProgram(model: Model, name: string): Promise<void> {
  const exporter = await exporterOf('pytorch');
  const { files } = await exporter(model, { stem: 'model', output: at(`${name}.py`), options: {} });
  for (const { path, bytes } of files) writeFileSync(path, bytes);
}

function run(program: string, ...options: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, options, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 100_000,
    env: { ...process.env, OMP_NUM_THREADS: '1', GLOO_SOCKET_IFNAME: 'lo', PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  return stdout;
}

test('the program is the network as a person would write it', async () => {
  await writeProgram(fixtureModel, 'digits');
  const text = readFileSync(at('digits.py'), 'utf8');
  expect(text).toContain(`                [
                    ("conv1", nn.Conv2d(1, 6, 5)),
                    ("relu1", nn.ReLU()),
                    ("pool1", nn.MaxPool2d(2)),
                    ("conv2", nn.Conv2d(6, 12, 5)),
                    ("relu2", nn.ReLU()),
                    ("pool2", nn.MaxPool2d(2)),
                    ("flatten", nn.Flatten()),
                    ("fc", nn.Linear(192, 10)),
                ]
`);
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(140);
});

test('a layer of one’s own is refused in one line', async () => {
  const { network } = fixtureModel;
  const [first, ...rest] = network.layers;
  const copy = { ...first, layer: { ...first.layer } };
  const exporter = await exporterOf('pytorch');
  const own = { ...fixtureModel, network: { ...network, layers: [copy, ...rest] } };
  await expect((async () => exporter(own, { stem: 'a', output: at('a.py'), options: {} }))()).rejects.toThrow(
    /^conv1: expected a layer that PyTorch has, got a conv2d layer of your own; write [^\n]*$/,
  );
});

describe.skipIf(python === undefined)('in PyTorch (skipped where LONGHAND_PYTHON names none)', () => {
  const program = python ?? '';

  test('every layer gives the logits of Longhand', async () => {
    const random = seededRandom(8);
    const asked = Object.entries(models).map(([title, model], k) => {
      const images = Uint8Array.from(
        { length: 5 * model.network.inputShape.reduce((size, extent) => size * extent) },
        () => random.integer(256),
      );
      return { title, model, images, name: `network${k}` };
    });
    for (const { model, images, name } of asked) {
      await writeProgram(model, name);
      writeFileSync(at(`${name}.npz`), encodeNpz({ images: { shape: [5, images.length / 5], data: images } }));
    }
    writeFileSync(
      at('all.py'),
      `import importlib, json, sys, numpy, torch
results = {}
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    with torch.inference_mode():
        results[name] = module.load()(module.prepare(numpy.load(f"{name}.npz")["images"])).tolist()
print(json.dumps(results))
`,
    );
    const results: Readonly<Record<string, number[][]>> = JSON.parse(
      run(program, 'all.py', ...asked.map(({ name }) => name)),
    );
    for (const { title, model, images, name } of asked) {
      const size = images.length / 5;
      for (const [k, logits] of results[name].entries()) {
        const own = outputOf(model, images.subarray(k * size, (k + 1) * size));
        const range = Math.max(1, ...own.map(Math.abs));
        const farthest = Math.max(...logits.map((logit, c) => Math.abs(logit - own[c]) / range));
        expect(farthest, title).toBeLessThan(1e-5);
      }
    }
  });

  const images = subset(loadMnist({ split: 'train' }), { from: 0, to: 48 });
  const testing = subset(loadMnist({ split: 'test' }), { from: 0, to: 40 });
  const dataFile = (): string => {
    const part = ({ images, labels, count }: typeof testing, name: string) => ({
      [`x_${name}`]: { shape: [count, 28, 28], data: images },
      [`y_${name}`]: { shape: [count], data: Uint8Array.from(labels) },
    });
    writeFileSync(at('data.npz'), encodeNpz({ ...part(images, 'train'), ...part(testing, 'test') }));
    return 'data.npz';
  };

  const usual = {
    clipping: {},
    averageDecay: 0,
    labelSmoothing: 0,
    closeAugmentation: 0,
    remarks: [],
    loss: 'softmax-cross-entropy',
  };
  const still = { shift: 0, rotation: 0, scale: 0, shear: 0, elastic: 0, flip: 0 };
  const network = networkFrom({
    input: [28, 28, 1],
    layers: [
      // A bias before batch normalization would have a gradient of rounding errors alone.
      { kind: 'conv2d', outChannels: 4, kernel: 5, stride: 3, trueConvolution: true, bias: false },
      'batchNorm',
      'silu',
      'flatten',
      { kind: 'dense', outFeatures: 12 },
      'tanh',
      { kind: 'dense', outFeatures: 10 },
    ],
  });

  const rate = (learningRate: number) => ({ learningRate });
  test.each<[string, Optimizer, ScheduleDescription, Partial<RunTraining>]>([
    [
      'sgd with momentum, one-cycle',
      sgd({ ...rate(0.05), momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
      { kind: 'one-cycle' },
      {},
    ],
    [
      'plain sgd, in steps, clipped by norm',
      sgd({ ...rate(0.1) }),
      { kind: 'step', epochs: 2, factor: 0.5 },
      { clipping: { norm: 0.5 } },
    ],
    ['rmsprop, constant', rmsprop({ ...rate(0.002), momentum: 0.5 }), { kind: 'constant' }, { labelSmoothing: 0.1 }],
    [
      'adam, cosine, clipped by value',
      adam({ ...rate(0.003), weightDecay: 0.01 }),
      { kind: 'cosine', end: 0.1 },
      { clipping: { value: 0.01 } },
    ],
    [
      'adamw after a warm-up, averaged',
      adamw({ ...rate(0.003) }),
      { kind: 'warm-up', steps: 3, before: { kind: 'cosine' } },
      { averageDecay: 0.8 },
    ],
    ['lion, one-cycle', lion({ ...rate(0.001), weightDecay: 0.1 }), { kind: 'one-cycle', rise: 0.5 }, {}],
    ['muon, cosine', muon({ ...rate(0.02), adamwLearningRate: 0.003, adamwLayers: ['fc2'] }), { kind: 'cosine' }, {}],
    [
      'muon as wide as adamw',
      muon({ ...rate(0.01), nesterov: false, rateAdjustment: 'match-rms-adamw' }),
      { kind: 'constant' },
      {},
    ],
  ])('goes on from a run: %s', async (title, optimizer, scheduled, choices) => {
    const settings = { ...usual, ...choices };
    // All images in a step, so that their order is of no account; six epochs, of which three are made here.
    const options = {
      network,
      dataset: images,
      normalization: mnistNormalization,
      optimizer,
      schedule: scheduleFrom(scheduled) as Schedule,
      labelSmoothing: settings.labelSmoothing,
      epochs: 6,
      batchSize: images.count,
      seed: 3,
      threads: 1,
      ...(Object.keys(settings.clipping).length > 0 && { gradientClipping: settings.clipping as { norm: number } }),
      ...(settings.averageDecay > 0 && { averaging: { decay: settings.averageDecay } }),
    };
    const training = new TrainingRun(options);
    const model = (state: Awaited<ReturnType<typeof training.state>>): Model => {
      const parameters = network.zeros();
      parameters.values.set(state.average ?? state.values);
      parameters.buffers.set(state.averageBuffers ?? state.buffers ?? []);
      return { network, parameters, normalization: mnistNormalization, classes: fixtureModel.classes };
    };
    for await (const _ of training.steps(3));
    const halfway = await training.state();
    for await (const _ of training.steps());
    const expected = model(await training.state()).parameters;
    const before = model(halfway);
    await training.end();

    const name = title.replace(/\W+/g, '_');
    const files = {
      program: at(`${name}.py`),
      weights: at(`${name}-weights.safetensors`),
      state: at(`${name}-state.safetensors`),
    };
    const course: RunTraining = {
      ...settings,
      optimizer: optimizer.description as OptimizerDescription,
      schedule: scheduled,
      epochs: 6,
      batchSize: images.count,
      augmentation: still,
      state: { steps: 3, bytes: stateBytes(before, { state: halfway }) },
    };
    writeFileSync(files.program, programText(before, course, files));
    writeFileSync(files.weights, encodeModel(before));
    writeFileSync(files.state, course.state?.bytes ?? '');
    expect(run(program, `${name}.py`, 'train', '--data', dataFile())).toMatch(
      /^epoch 4: loss .*\nepoch 5: .*\nepoch 6: .*\nSaved /,
    );
    const trained = decodeModel(readFileSync(at(`${name}-trained.safetensors`)), name).parameters;
    const moved = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
      Math.sqrt(Array.from(one, (value, k) => (value - other[k]) ** 2).reduce((sum, square) => sum + square));
    // Of the way of the three steps, what PyTorch's float32 rounds otherwise.
    const way = moved(expected.values, before.parameters.values);
    expect(way).toBeGreaterThan(1e-3);
    expect(moved(trained.values, expected.values) / way).toBeLessThan(
      optimizer.description.kind === 'lion' ? 0.05 : 2e-3,
    );
    expect(moved(trained.buffers, expected.buffers)).toBeLessThan(1e-3);
  });

  test('trains on two processes under torchrun, distorted and averaged, and Longhand evaluates the result', async () => {
    const model: Model = { ...fixtureModel };
    const files = { program: at('two.py'), weights: at('two-weights.safetensors') };
    const training: RunTraining = {
      ...usual,
      optimizer: adamw({ learningRate: 0.001 }).description as OptimizerDescription,
      schedule: { kind: 'cosine' },
      epochs: 2,
      batchSize: 16,
      averageDecay: 0.5,
      closeAugmentation: 0.5,
      augmentation: { shift: 1.5, rotation: 10, scale: 0.1, shear: 0.1, elastic: 1, flip: 0.1 },
    };
    writeFileSync(files.program, programText(model, training, files));
    writeFileSync(files.weights, encodeModel(model));
    const torchrun = [
      '-m',
      'torch.distributed.run',
      '--standalone',
      '--local-addr',
      '127.0.0.1',
      '--nproc-per-node',
      '2',
    ];
    const printed = run(program, ...torchrun, 'two.py', 'train', '--data', dataFile(), '--output', 'both.safetensors');
    // One of the two prints: 48 images make three steps an epoch.
    expect(printed).toMatch(
      /^epoch 1: loss [\d.]+, test accuracy [\d.]+%\nepoch 2: [^\n]*\nSaved both\.safetensors\n$/,
    );
    const trained = decodeModel(readFileSync(at('both.safetensors')), 'both');
    expect((await evaluate({ ...trained, dataset: testing })).accuracy).toBeGreaterThan(0.9);
    expect(trained.parameters.values).not.toEqual(model.parameters.values);
  });
});
