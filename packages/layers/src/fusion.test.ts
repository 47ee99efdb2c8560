/** Fused layers give what the layers apart give, to the last bit. */
import { referenceKernels, simdKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { fuseLayers } from './fusion';
import { softmaxCrossEntropy } from './losses';
import type { NetworkPass } from './network-pass';
import { presets } from './presets/presets';

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
    expect([...(fused.gradients?.values ?? [])]).toEqual([...(apart.gradients?.values ?? [])]);
  });
});

test('fuses ReLU with the maximum after it, and nothing else', () => {
  const names = (options: { activation: 'relu' | 'tanh'; pooling: 'max' | 'mean' }) =>
    fuseLayers(presets['lenet-documented'](options).layers).map(({ name }) => name);
  expect(names({ activation: 'relu', pooling: 'max' })).toEqual(['conv1', 'pool1', 'conv2', 'pool2', 'flatten', 'fc']);
  expect(names({ activation: 'relu', pooling: 'mean' })).toHaveLength(8);
  expect(names({ activation: 'tanh', pooling: 'max' })).toHaveLength(8);
});
