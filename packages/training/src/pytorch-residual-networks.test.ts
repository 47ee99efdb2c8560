/** Batch normalization, the training of small residual networks, and presets, against PyTorch's figures. */
import { imageDataset } from '@longhand/datasets';
import { referenceKernels } from '@longhand/kernels';
import {
  batchNorm,
  conv2d,
  dense,
  globalAveragePool,
  type Layer,
  type Mode,
  type Network,
  NetworkParameters,
  type PresetName,
  presets,
  relu,
  residual,
  resnetSmall,
  sequential,
} from '@longhand/layers';
import { sgd } from '@longhand/optimizers';
import { type DType, permute, type Shape } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { PytorchFigures, relativeDistance } from '../fixtures/pytorch-figures';
import { parametersOf, type TrainingOptions, type TrainingState } from './training-options';
import { TrainingRun } from './training-run';

const figures = new PytorchFigures('residual-networks');

describe.each(figures.cases.filter((name) => name.startsWith('batch-norm')))('%s', (name) => {
  test('output, gradients and running statistics', () => {
    const { mode, ...options } = figures.settings<{ mode: Mode; momentum: number; epsilon: number }>(name);
    const [count, channels, ...extents] = figures.tensor(`${name}/x`).shape;
    const network = sequential({ input: [...extents, channels], layers: { bn: batchNorm(options) } });
    const parameters = network.zeros({ dtype: 'float64' });
    for (const parameter of ['weight', 'bias'] as const) {
      parameters.get(`bn.${parameter}`).data.set(figures.numbers(`${name}/${parameter}`));
    }
    for (const buffer of ['running_mean', 'running_var'] as const) {
      parameters.get(`bn.${buffer}`).data.set(figures.numbers(`${name}/before/${buffer}`));
    }
    const pass = network.prepare({
      kernels: referenceKernels,
      parameters,
      capacity: count,
      mode,
      gradients: true,
      inputGradient: true,
    });
    pass.input.set(figures.batch(`${name}/x`));
    pass.forward();
    pass.dOutput?.set(figures.batch(`${name}/dy`));
    pass.backward();
    const found = {
      y: pass.output,
      dx: pass.dInput ?? [],
      dWeight: pass.gradients?.get('bn.weight').data ?? [],
      dBias: pass.gradients?.get('bn.bias').data ?? [],
      running_mean: parameters.get('bn.running_mean').data,
      running_var: parameters.get('bn.running_var').data,
    };
    for (const [array, values] of Object.entries(found)) {
      expect(relativeDistance(values, figures.batch(`${name}/${array}`)), array).toBeLessThan(1e-13);
    }
  });
});

const conv = (outChannels: number, kernel: number, stride = 1): Layer =>
  conv2d({ outChannels, kernel, stride, padding: Math.floor(kernel / 2), bias: false });

const body = (outChannels: number, stride = 1) => ({
  conv1: conv(outChannels, 3, stride),
  bn1: batchNorm(),
  relu: relu(),
  conv2: conv(outChannels, 3),
  bn2: batchNorm(),
});

/** With the identity as shortcut of the first block. */
const resnet = sequential({
  input: [12, 12, 1],
  layers: {
    conv: conv(4, 3),
    bn: batchNorm(),
    relu1: relu(),
    block1: residual({ body: body(4) }),
    relu2: relu(),
    block2: residual({ body: body(6, 2), shortcut: { conv: conv(6, 1, 2), bn: batchNorm() } }),
    relu3: relu(),
    pool: globalAveragePool(),
    fc: dense({ outFeatures: 10 }),
  },
});

interface Settings {
  readonly normalization: { readonly mean: number; readonly std: number };
  readonly steps: number;
  readonly lr: number;
  readonly momentum: number;
  readonly weight_decay: number;
  readonly float32Deviation: number;
}

const pixels = figures.numbers('spots/pixels');
const labels = figures.numbers('spots/labels');
const dataset = imageDataset({
  name: 'spots',
  images: Uint8Array.from(pixels),
  labels: Uint8Array.from(labels),
  height: 12,
  width: 12,
});

describe.each<[string, Network]>([
  ['resnet', resnet],
  ['resnet-small', resnetSmall({ image: [12, 12], maps: [4, 4, 6] })],
])('%s, a residual network with batch normalization', (name, network) => {
  const settings = figures.settings<Settings>(name);

  function initial(dtype: DType): NetworkParameters {
    const parameters = network.zeros({ dtype });
    for (const { path } of network.parameterEntries) {
      parameters.get(path).data.set(figures.numbers(`${name}/initial/${path}`));
    }
    return parameters;
  }

  test('logits in training mode', () => {
    const logits = logitsOf(network, initial('float64'), 'train', settings);
    expect(relativeDistance(logits, figures.numbers(`${name}/logits`))).toBeLessThan(1e-13);
  });

  test('the gradients of a step that is cut into micro-batches', async () => {
    const parameters = initial('float64');
    const optimizer = sgd({ learningRate: 1 });
    const { state } = await trained({ network, parameters, optimizer, kernels: 'reference' }, settings, 1);
    for (const { path, offset, length } of network.parameterEntries) {
      const gradient = Array.from({ length }, (_, k) => parameters.values[offset + k] - state.values[offset + k]);
      expect(relativeDistance(gradient, figures.numbers(`${name}/gradient/${path}`)), path).toBeLessThan(1e-11);
    }
  });

  test('100 steps in float64', async () => {
    const given = { network, parameters: initial('float64'), kernels: 'reference' as const };
    const { state, losses } = await trained(given, settings, settings.steps);
    expect(relativeDistance(losses, figures.numbers(`${name}/losses`)), 'losses').toBeLessThan(1e-10);
    const parameters = parametersOf(network, state);
    for (const { path } of [...network.parameterEntries, ...network.bufferEntries]) {
      const expected = figures.numbers(`${name}/trained/${path}`);
      expect(relativeDistance(parameters.get(path).data, expected), path).toBeLessThan(1e-10);
    }
    const logits = logitsOf(network, parameters, 'evaluate', settings);
    expect(relativeDistance(logits, figures.numbers(`${name}/trained/logits`)), 'logits').toBeLessThan(1e-10);
  });

  // Rounding errors of float32 may bring a number to the other side of a ReLU, from where two runs part: which step that is depends on
  // every bit of the kernels.
  test('in float32 with the strict kernels twelve steps, and about the same after 100', async () => {
    const given = { network, parameters: initial('float32'), kernels: 'strict' as const };
    const { losses } = await trained(given, settings, settings.steps);
    const expected = figures.numbers(`${name}/losses`);
    expect(relativeDistance(losses.slice(0, 12), expected.slice(0, 12))).toBeLessThan(1e-6);
    expect(relativeDistance(losses, expected)).toBeLessThan(0.02);
  });
});

/** The logits of all images, `[image, class]`. */
function logitsOf(
  network: Network,
  parameters: NetworkParameters,
  mode: Mode,
  { normalization }: Settings,
): Float64Array {
  const copy = new NetworkParameters(
    network,
    Float64Array.from(parameters.values),
    Float64Array.from(parameters.buffers),
  );
  const pass = network.prepare({ kernels: referenceKernels, parameters: copy, capacity: labels.length, mode });
  const { mean, std } = normalization;
  for (let n = 0; n < labels.length; n++) {
    for (let at = 0; at < 144; at++) pass.input[at * labels.length + n] = (pixels[n * 144 + at] / 255 - mean) / std;
  }
  pass.forward();
  return Float64Array.from(permute({ dtype: 'float64', shape: [10, labels.length], data: pass.output }, [1, 0]).data);
}

/** A run on all images at once: three micro-batches, the last of eight images, on two threads. */
async function trained(
  options: Pick<TrainingOptions, 'network'> & Partial<TrainingOptions>,
  { lr, momentum, weight_decay, normalization, steps }: Settings,
  until: number,
): Promise<{ state: TrainingState; losses: number[] }> {
  const optimizer = sgd({ learningRate: lr, momentum, weightDecay: weight_decay });
  const shared = { dataset, normalization, optimizer, epochs: steps, batchSize: labels.length, seed: 1, threads: 2 };
  const run = new TrainingRun({ ...shared, ...options });
  const losses: number[] = [];
  for await (const { batchLoss } of run.steps(until)) losses.push(batchLoss);
  const state = await run.state();
  await run.end();
  return { state, losses };
}

describe('presets', () => {
  type Shapes = { readonly shapes: Readonly<Record<string, Shape>>; readonly output: Shape };
  const known = figures.settings<Partial<Record<PresetName, Shapes>>>('presets');

  test.each(Object.keys(known) as PresetName[])('%s has the parameters of the same network in PyTorch', (name) => {
    const network = presets[name]();
    const entries = [...network.parameterEntries, ...network.bufferEntries];
    expect(Object.fromEntries(entries.map(({ path, shape }) => [path, shape]))).toEqual(known[name]?.shapes);
    expect([1, ...network.outputShape]).toEqual(known[name]?.output);
  });
});
