/** Fused layers give what the layers apart give, up to the order of additions. */
import { referenceKernels, simdKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { relu } from './activations';
import { type Conv2dOptions, conv2d } from './conv2d';
import { fuseLayers } from './fusion';
import { softmaxCrossEntropy } from './losses';
import type { NetworkPass } from './network';
import { pool2d } from './pool2d';
import { presets } from './presets';
import { sequential } from './sequential';

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  test.each(['max', 'mean'] as const)('a step of the documented network with %s pooling', (pooling) => {
    const network = presets['lenet-documented']({ activation: 'relu', pooling });
    const parameters = network.initialize(seededRandom(1), { kernels });
    const [apart, fused] = [false, true].map((fuse) => {
      const pass = network.prepare({ kernels, parameters, capacity: 16, fuse });
      const loss = softmaxCrossEntropy().prepare(pass);
      const random = seededRandom('images');
      pass.input.forEach((_, index) => {
        pass.input[index] = random.uniform(-1, 1);
      });
      loss.target.fill(0.1);
      loss.imageWeight.fill(1 / 16);
      pass.forward();
      loss.forward();
      loss.inputGradient();
      pass.backward();
      return pass;
    }) as [NetworkPass, NetworkPass];
    expect([...fused.output]).toEqual([...apart.output]);
    const [gradients, expected] = [fused, apart].map((pass) => [...(pass.gradients?.values ?? [])]);
    expect(gradients).toHaveLength(network.parameterCount);
    gradients?.forEach((gradient, index) => {
      // Sums of some hundred products of numbers near one.
      expect(Math.abs(gradient - (expected?.[index] ?? 0)), `gradient ${index}`).toBeLessThan(1e-6);
    });
  });
});

test('fuses a convolution with ReLU and the maximum after it, and nothing else', () => {
  const names = (options: { activation: 'relu' | 'tanh'; pooling: 'max' | 'mean' }) =>
    fuseLayers(presets['lenet-documented'](options).layers).map(({ name }) => name);
  expect(names({ activation: 'relu', pooling: 'max' })).toEqual(['conv1', 'conv2', 'flatten', 'fc']);
  expect(names({ activation: 'relu', pooling: 'mean' })).toHaveLength(8);
  expect(names({ activation: 'tanh', pooling: 'max' })).toHaveLength(8);
});

test('a convolution with groups or dilation or before padding is not fused, only ReLU and the maximum after it', () => {
  const names = (options: Partial<Conv2dOptions>, padding = 0) => {
    const conv = conv2d({ outChannels: 4, kernel: 3, ...options });
    const layers = { conv, relu: relu(), pool: pool2d({ pooling: 'max', window: 2, padding }) };
    return fuseLayers(sequential({ input: [8, 8, 2], layers }).layers).map(({ name }) => name);
  };
  expect(names({})).toEqual(['conv']);
  expect(names({ groups: 1, dilation: [1, 1] })).toEqual(['conv']);
  expect(names({ groups: 2 })).toEqual(['conv', 'pool']);
  expect(names({ dilation: [1, 2] })).toEqual(['conv', 'pool']);
  expect(names({}, 1)).toEqual(['conv', 'pool']);
});
