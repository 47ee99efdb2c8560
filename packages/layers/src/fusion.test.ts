/** Fused layers give what the layers apart give, up to the order of additions. */
import { type ActivationName, type Kernels, referenceKernels, simdKernels } from '@longhand/kernels';
import { seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { activation, activationNames, relu, sigmoid } from './activations';
import { type Conv2dOptions, conv2d } from './conv2d';
import { dense } from './dense';
import { fuseLayers } from './fusion';
import type { Layer } from './layer';
import { softmaxCrossEntropy } from './losses';
import type { Network, NetworkPass } from './network';
import { pool2d } from './pool2d';
import { presets } from './presets';
import { flatten } from './reshape';
import { sequential } from './sequential';

/** Passes of a network, layers apart and fused, after one step each on the same images. */
function stepsOf(network: Network, kernels: Kernels): { apart: NetworkPass; fused: NetworkPass } {
  const parameters = network.initialize(seededRandom(1), { kernels });
  const [apart, fused] = [false, true].map((fuse) => {
    const pass = network.prepare({ kernels, parameters, capacity: 16, fuse });
    const loss = softmaxCrossEntropy().prepare(pass);
    const random = seededRandom('images');
    pass.input.forEach((_, index) => {
      pass.input[index] = random.uniform(-1, 1);
    });
    loss.target.fill(1 / network.outputShape[0]);
    loss.imageWeight.fill(1 / 16);
    pass.forward();
    loss.forward();
    loss.inputGradient();
    pass.backward();
    return pass;
  }) as [NetworkPass, NetworkPass];
  return { apart, fused };
}

/** Up to rounding: sums of some hundred products of numbers near one. */
function expectSameGradients({ apart, fused }: { apart: NetworkPass; fused: NetworkPass }): void {
  const [gradients, expected] = [fused, apart].map((pass) => [...(pass.gradients?.values ?? [])]);
  expect(gradients).toHaveLength(apart.network.parameterCount);
  gradients?.forEach((gradient, index) => {
    expect(Math.abs(gradient - (expected?.[index] ?? 0)), `gradient ${index}`).toBeLessThan(1e-6);
  });
}

describe.each([referenceKernels, simdKernels('strict')])('$name', (kernels) => {
  test.each(['max', 'mean'] as const)('a step of the documented network with %s pooling', (pooling) => {
    const steps = stepsOf(presets['lenet-documented']({ activation: 'relu', pooling }), kernels);
    expect([...steps.fused.output]).toEqual([...steps.apart.output]);
    expectSameGradients(steps);
  });

  test.each(activationNames)('%s before maxima and means of every sort', (name) => {
    const act = (): Layer => activation({ activation: name as ActivationName });
    const layers = {
      conv1: conv2d({ outChannels: 3, kernel: 3 }),
      act1: act(),
      max1: pool2d({ pooling: 'max', window: 2 }),
      conv2: conv2d({ outChannels: 4, kernel: 3, padding: 1, groups: 1, dilation: 1 }),
      act2: act(),
      mean2: pool2d({ pooling: 'mean', window: 2 }),
      act3: act(),
      mean3: pool2d({ pooling: 'mean', window: [3, 1] }),
      act4: act(),
      max4: pool2d({ pooling: 'max', window: 3, stride: 1, padding: 1 }),
      act5: act(),
      mean5: pool2d({ pooling: 'mean', window: 2, stride: 1 }),
      conv6: conv2d({ outChannels: 5, kernel: 3, padding: 1 }),
      max6: pool2d({ pooling: 'max', window: [1, 2] }),
      act6: act(),
      flatten: flatten(),
      fc7: dense({ outFeatures: 5 }),
      act7: act(),
      fc8: dense({ outFeatures: 3 }),
    };
    const steps = stepsOf(sequential({ input: [26, 26, 2], layers }), kernels);
    steps.fused.output.forEach((value, index) => {
      expect(Math.abs(value - steps.apart.output[index]), `output ${index}`).toBeLessThan(1e-5);
    });
    expectSameGradients(steps);
  });

  test('ties and numbers that are none, before and after the layers have changed places', () => {
    const layers = { act: sigmoid(), pool: pool2d({ pooling: 'max', window: 2 }) };
    const network = sequential({ input: [2, 2, 1], layers });
    const [apart, fused] = [false, true].map((fuse) => {
      const pass = network.prepare({
        kernels,
        parameters: network.zeros({ kernels }),
        capacity: 16,
        fuse,
        inputGradient: true,
      });
      pass.input.fill(-1);
      // Three images: the maximum twice, a number that is none, infinity.
      [0, 2, 2, 1].forEach((value, pixel) => {
        pass.input[pixel * 16] = value;
      });
      [0, Number.NaN, 2, 1].forEach((value, pixel) => {
        pass.input[pixel * 16 + 1] = value;
      });
      pass.input[3 * 16 + 2] = Number.POSITIVE_INFINITY;
      pass.forward();
      pass.dOutput?.fill(1);
      pass.backward();
      return pass;
    }) as [NetworkPass, NetworkPass];
    expect([...fused.output]).toEqual([...apart.output]);
    // Where there is no number, no gradient is passed on either; which zeros are left does not matter.
    const [gradient, expected] = [fused, apart].map(({ dInput }) =>
      [...(dInput ?? [])].map((value) => (Number.isNaN(value) ? 0 : value + 0)),
    );
    expect(gradient).toEqual(expected);
  });
});

test('fuses a convolution with ReLU and the maximum after it, activations with means, and has rising functions change places', () => {
  const names = (options: { activation: 'relu' | 'tanh' | 'silu'; pooling: 'max' | 'mean' }) =>
    fuseLayers(presets['lenet-documented'](options).layers).map(({ name }) => name);
  expect(names({ activation: 'relu', pooling: 'max' })).toEqual(['conv1', 'conv2', 'flatten', 'fc']);
  const withMeans = ['conv1', 'pool1', 'conv2', 'pool2', 'flatten', 'fc'];
  expect(names({ activation: 'relu', pooling: 'mean' })).toEqual(withMeans);
  expect(names({ activation: 'silu', pooling: 'mean' })).toEqual(withMeans);
  expect(names({ activation: 'silu', pooling: 'max' })).toHaveLength(8);
  const changed = ['conv1', 'tanh1', 'conv2', 'tanh2', 'flatten', 'fc'];
  expect(names({ activation: 'tanh', pooling: 'max' })).toEqual(changed);
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
  const layers = {
    conv: conv2d({ outChannels: 4, kernel: 3 }),
    pool: pool2d({ pooling: 'max', window: 2 }),
    relu: relu(),
  };
  const fused = fuseLayers(sequential({ input: [8, 8, 2], layers }).layers);
  expect(fused.map(({ name }) => name)).toEqual(['conv', 'relu']);
});
