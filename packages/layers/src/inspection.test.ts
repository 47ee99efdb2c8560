import { referenceKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { relu } from './activations';
import { conv1d } from './conv2d';
import { dense } from './dense';
import { normal } from './initializers';
import { parameterStatistics, weightImages } from './inspection';
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

test('a small deviation around a large mean keeps its digits', () => {
  const fc = dense({ outFeatures: 100, bias: false, initializer: normal(1e6, 1e-3) });
  const network = sequential({ input: [100], layers: { fc } });
  const [{ deviation }] = parameterStatistics(network.initialize(seededRandom(1), { dtype: 'float64' }));
  expect(deviation / 1e-3).toBeCloseTo(1, 1);
});
