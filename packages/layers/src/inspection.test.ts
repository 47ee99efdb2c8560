import { referenceKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { relu } from './activations';
import { conv1d } from './conv2d';
import { dense } from './dense';
import { networkFrom } from './description';
import { normal } from './initializers';
import { bufferStatistics, parameterStatistics, summary, weightImages } from './inspection';
import { everyPass } from './layer-chain';
import { lenet5 } from './presets';
import { flatten } from './reshape';
import { sequential } from './sequential';

test('convolutions and dense layers that read maps have kernels, others have none', () => {
  const network = lenet5();
  const parameters = network.initialize(seededRandom(1));
  const sizes = network.layers.map(({ name }) => {
    const images = weightImages(network, parameters, name);
    return images && [name, images.outputs, images.inputs, images.height, images.width, images.values.length];
  });
  expect(sizes.filter((size) => size !== undefined)).toEqual([
    ['conv1', 6, 1, 5, 5, 150],
    ['conv2', 16, 6, 5, 5, 2400],
    ['fc1', 120, 16, 5, 5, 48_000],
  ]);
  expect(weightImages(network, parameters, 'conv3')).toBeUndefined();
  expect(weightImages(network, parameters, 'conv1')?.values).toEqual(parameters.get('conv1.weight').data);
});

test('a kernel of a sequence is one row high', () => {
  const network = sequential({ input: [9, 2], layers: { conv: conv1d({ outChannels: 4, kernel: 3 }), relu: relu() } });
  const images = weightImages(network, network.zeros(), 'conv');
  expect(images).toMatchObject({ path: 'conv.weight', outputs: 4, inputs: 2, height: 1, width: 3 });
});

test('the image of a dense layer’s output is where its input lies', () => {
  const network = sequential({ input: [2, 3, 2], layers: { flatten: flatten(), fc: dense({ outFeatures: 2 }) } });
  const parameters = network.zeros({ dtype: 'float64' });
  const images = weightImages(network, parameters, 'fc');
  if (images === undefined) throw new Error('expected images');
  // The weight of the second output for row 1, column 2 of the first channel, and nothing else.
  images.values[((1 * 2 + 0) * 2 + 1) * 3 + 2] = 5;
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
  pass.input[(1 * 3 + 2) * 2 + 0] = 1;
  pass.forward();
  expect([...pass.output]).toEqual([0, 5]);
});

test('figures that can be worked out by hand', () => {
  const network = sequential({ input: [2], layers: { fc: dense({ outFeatures: 2 }) } });
  const parameters = network.zeros({ dtype: 'float64' });
  parameters.get('fc.weight').data.set([1, -3, 0, 6]);
  expect(parameterStatistics(parameters)).toEqual([
    {
      path: 'fc.weight',
      shape: [2, 2],
      count: 4,
      mean: 1,
      deviation: Math.sqrt((0 + 16 + 1 + 25) / 4),
      smallest: -3,
      largest: 6,
      zeros: 0.25,
    },
    { path: 'fc.bias', shape: [2], count: 2, mean: 0, deviation: 0, smallest: 0, largest: 0, zeros: 1 },
  ]);
});

describe('blocks and buffers', () => {
  const conv = { kind: 'conv2d', outChannels: 2, kernel: 1, bias: false };
  const network = networkFrom({
    input: [3, 3, 2],
    layers: [
      'batchNorm',
      {
        kind: 'residual',
        body: [conv, { kind: 'residual', body: ['relu'], shortcut: ['batchNorm'] }],
      },
      { kind: 'dropout', rate: 0.5 },
    ],
  });

  test('a summary has each number once, in the row of the layer within', () => {
    const { rows, ...totals } = summary(network);
    expect(
      rows.map(({ name, parameters, buffers, multiplyAdds }) => [name, parameters, buffers, multiplyAdds]),
    ).toEqual([
      ['bn', 4, 4, 18],
      ['block.body.conv', 4, 0, 36],
      ['block.body.block.body.relu', 0, 0, 0],
      ['block.body.block.shortcut.bn', 4, 4, 18],
      ['block.body.block', 0, 0, 0],
      ['block', 0, 0, 0],
      ['dropout', 0, 0, 0],
    ]);
    expect(totals).toEqual({ inputShape: [3, 3, 2], parameters: 12, buffers: 8, multiplyAdds: 72 });
  });

  test('statistics of buffers are not among those of parameters', () => {
    const parameters = network.zeros();
    parameters.get('bn.running_mean').data.set([1, 3]);
    expect(bufferStatistics(parameters).map(({ path, mean, largest }) => [path, mean, largest])).toEqual([
      ['bn.running_mean', 2, 3],
      ['bn.running_var', 1, 1],
      ['block.body.block.shortcut.bn.running_mean', 0, 0],
      ['block.body.block.shortcut.bn.running_var', 1, 1],
    ]);
    expect(parameterStatistics(parameters).map(({ path }) => path)).not.toContain('bn.running_mean');
  });

  test('every layer has its pass, however deep', () => {
    const parameters = network.initialize(seededRandom(1));
    const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, mode: 'evaluate' });
    const passes = everyPass(pass.layers);
    expect([...passes.keys()]).toEqual(summary(network).rows.map(({ name }) => name));
    pass.input.set([1, -2, 3, 4, -5, 6]);
    pass.forward();
    const outputOf = (name: string): number[] => [...(passes.get(name)?.y ?? [])];
    const [body, shortcut] = ['body.relu', 'shortcut.bn'].map((name) => outputOf(`block.body.block.${name}`));
    expect(outputOf('block.body.block')).toEqual(body.map((value, at) => Math.fround(value + shortcut[at])));
    expect(outputOf('block')).toEqual(
      outputOf('block.body.block').map((value, at) => Math.fround(value + outputOf('bn')[at])),
    );
  });
});

test('a small deviation around a large mean keeps its digits', () => {
  const fc = dense({ outFeatures: 100, bias: false, initializer: normal(1e6, 1e-3) });
  const network = sequential({ input: [100], layers: { fc } });
  const [{ deviation }] = parameterStatistics(network.initialize(seededRandom(1), { dtype: 'float64' }));
  expect(deviation / 1e-3).toBeCloseTo(1, 1);
});
