/** Every layer at every geometry: shapes, parameters, and gradients in float64. */
import { type ActivationName, activationFunctions, referenceKernels } from '@longhand/kernels';
import { isBuiltIn } from '@longhand/schema';
import { type Shape, seededRandom } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activation, gelu, hardSwish, leakyRelu, relu, relu6, softmax, tanh } from './activations';
import { batchNorm } from './batch-norm';
import { conv1d, conv2d } from './conv2d';
import { crop2d } from './crop2d';
import { dense } from './dense';
import { networkFrom } from './description';
import { dropout } from './dropout';
import { globalAveragePool } from './global-average-pool';
import { checkGradients, checkLayerGradients } from './gradient-check';
import { normal } from './initializers';
import type { Layer } from './layer';
import {
  binaryCrossEntropy,
  halfSquaredError,
  meanSquaredError,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from './losses';
import { pool2d } from './pool2d';
import { presets } from './presets';
import { flatten, reshape } from './reshape';
import { sequential } from './sequential';

interface LayerCase {
  readonly name: string;
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
}

const layerCases: LayerCase[] = [
  { name: 'conv2d 5×5', layer: conv2d({ outChannels: 6, kernel: 5 }), input: [8, 8, 1], output: [4, 4, 6] },
  {
    name: 'conv2d 3 → 5 channels, stride 2, SAME',
    layer: conv2d({ outChannels: 5, kernel: 3, stride: 2, padding: 'same' }),
    input: [6, 7, 3],
    output: [3, 4, 5],
  },
  {
    name: 'conv2d kernel 3×2, stride 1×2, padding unlike',
    layer: conv2d({
      outChannels: 2,
      kernel: [3, 2],
      stride: [1, 2],
      padding: { top: 1, bottom: 0, left: 2, right: 1 },
    }),
    input: [4, 5, 2],
    output: [3, 4, 2],
  },
  {
    name: 'conv2d true convolution, no bias',
    layer: conv2d({ outChannels: 3, kernel: 3, trueConvolution: true, bias: false }),
    input: [5, 4, 2],
    output: [3, 2, 3],
  },
  {
    name: 'conv1d SAME, true convolution',
    layer: conv1d({ outChannels: 2, kernel: 3, padding: 'same', trueConvolution: true }),
    input: [2, 1],
    output: [2, 2],
  },
  {
    name: 'conv1d stride 2, padding (1, 2)',
    layer: conv1d({ outChannels: 5, kernel: 3, stride: 2, padding: [1, 2] }),
    input: [7, 3],
    output: [4, 5],
  },
  {
    name: 'conv2d dilation 2×1, SAME',
    layer: conv2d({ outChannels: 3, kernel: 3, dilation: [2, 1], padding: 'same' }),
    input: [5, 4, 2],
    output: [5, 4, 3],
  },
  {
    name: 'conv2d three groups of two channels to one, stride 2',
    layer: conv2d({ outChannels: 3, kernel: [3, 2], stride: 2, groups: 3 }),
    input: [5, 6, 6],
    output: [2, 3, 3],
  },
  {
    name: 'conv2d depthwise',
    layer: conv2d({ outChannels: 4, kernel: 3, padding: 'same', groups: 4 }),
    input: [4, 5, 4],
    output: [4, 5, 4],
  },
  {
    name: 'conv1d two groups, dilation 3, causal',
    layer: conv1d({ outChannels: 4, kernel: 3, dilation: 3, padding: [6, 0], groups: 2 }),
    input: [8, 2],
    output: [8, 4],
  },
  { name: 'pool2d mean', layer: pool2d({ pooling: 'mean', window: 2 }), input: [4, 6, 3], output: [2, 3, 3] },
  {
    name: 'pool2d mean, overlapping, not square',
    layer: pool2d({ pooling: 'mean', window: [3, 2], stride: [2, 1] }),
    input: [7, 4, 2],
    output: [3, 3, 2],
  },
  { name: 'pool2d max', layer: pool2d({ pooling: 'max', window: 2 }), input: [5, 4, 3], output: [2, 2, 3] },
  {
    name: 'pool2d max, overlapping',
    layer: pool2d({ pooling: 'max', window: 3, stride: 1 }),
    input: [5, 5, 1],
    output: [3, 3, 1],
  },
  {
    name: 'pool2d max, padded, overlapping',
    layer: pool2d({ pooling: 'max', window: 3, stride: 2, padding: 1 }),
    input: [5, 4, 2],
    output: [3, 2, 2],
  },
  {
    name: 'pool2d mean, padded unlike',
    layer: pool2d({
      pooling: 'mean',
      window: [2, 3],
      stride: 1,
      padding: { top: 0, bottom: 1, left: 2, right: 1 },
    }),
    input: [3, 4, 2],
    output: [3, 5, 2],
  },
  {
    name: 'pool2d mean without the padding',
    layer: pool2d({ pooling: 'mean', window: 3, stride: 2, padding: 1, countIncludePad: false }),
    input: [4, 5, 1],
    output: [2, 3, 1],
  },
  { name: 'crop2d', layer: crop2d({ border: 1 }), input: [4, 5, 2], output: [2, 3, 2] },
  {
    name: 'crop2d of sides',
    layer: crop2d({ border: { top: 0, bottom: 2, left: 1, right: 0 } }),
    input: [3, 4, 1],
    output: [1, 3, 1],
  },
  { name: 'globalAveragePool', layer: globalAveragePool(), input: [3, 4, 2], output: [2] },
  { name: 'dense', layer: dense({ outFeatures: 3 }), input: [5], output: [3] },
  { name: 'dense without bias', layer: dense({ outFeatures: 5, bias: false }), input: [1], output: [5] },
  { name: 'flatten', layer: flatten(), input: [2, 3, 4], output: [24] },
  { name: 'reshape', layer: reshape({ shape: [4, 1] }), input: [2, 2], output: [4, 1] },
  { name: 'softmax', layer: softmax(), input: [4], output: [4] },
  { name: 'batchNorm of images', layer: batchNorm(), input: [3, 2, 4], output: [3, 2, 4] },
  { name: 'batchNorm of sequences', layer: batchNorm({ epsilon: 0.1 }), input: [5, 3], output: [5, 3] },
  { name: 'batchNorm of features', layer: batchNorm({ momentum: 1 }), input: [3], output: [3] },
  { name: 'dropout', layer: dropout({ rate: 0.4 }), input: [3, 2, 5], output: [3, 2, 5] },
  { name: 'dropout of nothing', layer: dropout({ rate: 0 }), input: [4], output: [4] },
  ...(Object.keys(activationFunctions) as ActivationName[]).map((name) => ({
    name,
    layer: activation({ activation: name }),
    input: [3, 2, 2],
    output: [3, 2, 2],
  })),
  { name: 'leakyRelu 0.2', layer: leakyRelu({ negativeSlope: 0.2 }), input: [3, 2], output: [3, 2] },
  { name: 'gelu by tanh', layer: gelu({ approximate: 'tanh' }), input: [4], output: [4] },
];

/** A check that leaves many entries out shows little. */
function expectFewKinks({ checked, kinks }: { readonly checked: number; readonly kinks: number }): void {
  expect(kinks / (checked + kinks)).toBeLessThanOrEqual(0.05);
}

describe.each(layerCases)('$name', ({ layer, input, output }) => {
  // `builtIn` in its factory: otherwise workers and files refuse it.
  test('is marked as a built-in layer', () => {
    expect(isBuiltIn(layer)).toBe(true);
  });

  test('gives the shape it should', () => {
    expect(layer.outputShape('layer', input)).toEqual(output);
  });

  test.each([
    [1, 'train'],
    [3, 'train'],
    [3, 'evaluate'],
  ] as const)('gradients with %i images in the mode %s', (batch, mode) => {
    if (layer.description.kind === 'batchNorm' && input.length === 1 && batch === 1) {
      // The variance of one number.
      expect(() => checkLayerGradients(layer, input, { batch, mode })).toThrow('expected at least two numbers');
      return;
    }
    const report = checkLayerGradients(layer, input, { batch, mode, random: seededRandom(batch) });
    expect(report.message).toMatch(/passed/);
    expectFewKinks(report);
  });
});

test('activations by their own functions, with their options', () => {
  expect([leakyRelu(), relu6(), hardSwish(), gelu(), gelu({ approximate: 'tanh' })].map((l) => l.description)).toEqual(
    ['leakyRelu', 'relu6', 'hardSwish', 'gelu', 'geluTanh'].map((name) => ({ kind: 'activation', activation: name })),
  );
  const leaky = leakyRelu({ negativeSlope: 0.2 });
  expect(leaky.description).toEqual({ kind: 'activation', activation: 'leakyRelu', negativeSlope: 0.2 });
  // From a file: by its function's name, too.
  const network = networkFrom({ input: [3], layers: ['hardSwish', { kind: 'leakyRelu', negativeSlope: 0.2 }] });
  expect(network.layers.map(({ name }) => name)).toEqual(['hardSwish', 'leakyRelu']);
  expect(network.layers[1].layer.description).toEqual(leaky.description);
  const layers = (slope: unknown, activation = 'leakyRelu') => [{ kind: activation, negativeSlope: slope }];
  expect(() => networkFrom({ input: [3], layers: layers(0.2, 'relu') })).toThrow(
    'relu: expected a negative slope for leakyRelu alone, got one for relu',
  );
  expect(() => networkFrom({ input: [3], layers: layers('0.2') })).toThrow(
    'leakyRelu: expected a number as negativeSlope',
  );
  expect(() => leakyRelu({ negativeSlope: Number.NaN })).toThrow('expected a number as negative slope, got NaN');
  expect(() => sequential({ input: [3], layers: { a: leakyRelu({ negativeSlope: 1 / 0 }) } })).toThrow(
    'a: expected a finite number as negative slope, got Infinity',
  );
});

test('poolings whose options do not fit are refused by name', () => {
  const layers = (options: object) => [{ name: 'p', kind: 'pool2d', window: 2, ...options }];
  const built = (options: object) => networkFrom({ input: [4, 4, 1], layers: layers(options) });
  expect(() => built({ pooling: 'max', padding: 2 })).toThrow(
    'p: expected a padding smaller than the window [2, 2], got 2, 2, 2, 2 at top, bottom, left and right',
  );
  expect(() => built({ pooling: 'max', countIncludePad: false })).toThrow(
    'p: expected countIncludePad for the pooling mean alone, got it for max',
  );
  expect(() => built({ pooling: 'mean', padding: 'same' })).toThrow(
    'p: expected a number or {"top":1,"bottom":1,"left":1,"right":1} as padding, got',
  );
});

test('the slope reaches the kernel', () => {
  const network = sequential({ input: [2], layers: { a: leakyRelu({ negativeSlope: 0.25 }) } });
  const pass = network.prepare({ kernels: referenceKernels, parameters: network.zeros(), capacity: 1 });
  pass.input.set([-2, 3]);
  pass.forward();
  expect([...pass.output]).toEqual([-0.5, 3]);
});

test('each output of a grouped convolution has the weights of its own group: shape, fans, multiply-adds', () => {
  const layer = conv2d({ outChannels: 8, kernel: [3, 5], groups: 2 });
  const [weight, bias] = layer.parameters('conv', [7, 9, 6]);
  expect(weight).toMatchObject({ shape: [8, 3, 3, 5], fanIn: 3 * 15, fanOut: 4 * 15 });
  expect(bias.shape).toEqual([8]);
  expect(layer.multiplyAdds('conv', [7, 9, 6])).toBe(5 * 5 * 8 * 3 * 15);
  const sequence = conv1d({ outChannels: 6, kernel: 3, groups: 6 });
  expect(sequence.parameters('conv', [7, 6])[0]).toMatchObject({ shape: [6, 1, 3], fanIn: 3, fanOut: 3 });
  expect(() => layer.outputShape('conv', [7, 9, 3])).toThrow(
    'conv: expected groups that divide the input and the output channels, got 2 groups of 3 and 8 channels',
  );
});

describe('the fan-out of a grouped convolution', () => {
  // torch.nn.init._calculate_fan_in_and_fan_out of weights [8, 2, 3, 3], [32, 1, 3, 3] and [6, 2, 3, 2].
  test.each([
    { channels: 4, outChannels: 8, kernel: 3, groups: 2, torch: [18, 72] },
    { channels: 32, outChannels: 32, kernel: 3, groups: 32, torch: [9, 288] },
    { channels: 6, outChannels: 6, kernel: [3, 2] as const, groups: 3, torch: [12, 36] },
  ])(
    'is that of one group, where PyTorch counts all $groups; the fan-in is the same',
    ({ channels, torch, ...options }) => {
      const [{ fanIn, fanOut }] = conv2d(options).parameters('conv', [9, 9, channels]);
      expect([fanIn, fanOut * options.groups]).toEqual(torch);
    },
  );

  test('keeps the variance of gradients on their way back', () => {
    const channels = 12;
    const options = { outChannels: channels, kernel: 3, groups: channels, bias: false };
    const [{ fanOut }] = conv2d(options).parameters('conv', [12, 12, channels]);
    const conv = conv2d({ ...options, initializer: normal(0, Math.sqrt(1 / fanOut)) });
    const network = sequential({ input: [12, 12, channels], layers: { conv } });
    const random = seededRandom(1);
    const parameters = network.initialize(random);
    const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 4, inputGradient: true });
    for (let at = 0; at < pass.dOutput.length; at++) pass.dOutput[at] = random.normal(0, 1);
    pass.backward();
    // Pixels that all nine taps reach.
    let [sum, count] = [0, 0];
    for (const [at, value] of (pass.dInput ?? []).entries()) {
      const [row, column] = [Math.floor(at / (12 * channels * 4)), Math.floor(at / (channels * 4)) % 12];
      if (Math.min(row, column) < 2 || Math.max(row, column) > 9) continue;
      sum += value * value;
      count++;
    }
    expect(sum / count).toBeGreaterThan(0.8);
    expect(sum / count).toBeLessThan(1.25);
  });
});

test('gradients of convolutions of any geometry', () => {
  const extent = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(
      fc.record({
        height: fc.integer({ min: 3, max: 6 }),
        width: fc.integer({ min: 3, max: 6 }),
        channels: extent,
        outChannels: extent,
      }),
      fc.tuple(extent, extent),
      fc.tuple(extent, extent),
      fc.oneof(fc.constant('same' as const), fc.constant('valid' as const), fc.integer({ min: 0, max: 2 })),
      fc.boolean(),
      fc.record({
        groups: extent,
        dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom(1, 2)),
      }),
      ({ height, width, channels, outChannels }, kernel, stride, padding, trueConvolution, { groups, dilation }) => {
        fc.pre(padding === 'same' || (kernel[0] - 1) * dilation[0] < height);
        fc.pre(padding === 'same' || (kernel[1] - 1) * dilation[1] < width);
        const [inputs, outputs] = [groups * channels, groups * outChannels];
        const layer = conv2d({ outChannels: outputs, kernel, stride, padding, trueConvolution, groups, dilation });
        const report = checkLayerGradients(layer, [height, width, inputs], { batch: 1, samplesPerArray: 12 });
        expect(report.message).toMatch(/passed/);
        expect(report.kinks, 'a convolution has no kinks').toBe(0);
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

describe('whole networks', () => {
  test.each([
    ['lenet-documented', { activation: 'sigmoid', pooling: 'mean' }],
    ['lenet-documented', { activation: 'silu', pooling: 'mean' }],
    ['lenet-documented', { activation: 'relu', pooling: 'max' }],
    ['lenet5', { activation: 'tanh', pooling: 'mean' }],
  ] as const)('%s with %o', (name, options) => {
    const network = presets[name](options);
    const report = checkGradients(network, { batch: 1, samplesPerArray: 5, loss: softmaxCrossEntropy() });
    expect(report.message).toMatch(/passed/);
    expect(report.checked).toBeGreaterThan(20);
    expectFewKinks(report);
  });

  test.each([softmaxCrossEntropy(), sigmoidBinaryCrossEntropy(), meanSquaredError(), halfSquaredError()])(
    '$kind',
    (loss) => {
      const network = sequential({ input: [3], layers: { fc: dense({ outFeatures: 4 }) } });
      expect(checkGradients(network, { loss }).message).toMatch(/passed/);
    },
  );

  test('binary-cross-entropy of probabilities', () => {
    const network = sequential({
      input: [3],
      layers: { fc: dense({ outFeatures: 2 }), sigmoid: activation({ activation: 'sigmoid' }) },
    });
    expect(checkGradients(network, { loss: binaryCrossEntropy() }).message).toMatch(/passed/);
  });
});

describe('the check itself', () => {
  test('finds a wrong gradient and names its worst entry', () => {
    const honest = dense({ outFeatures: 2 });
    const wrong: Layer = {
      ...honest,
      prepare(binding) {
        const pass = honest.prepare(binding);
        return {
          ...pass,
          parameterGradients() {
            pass.parameterGradients();
            const gradient = binding.gradient('weight');
            gradient[3] = gradient[3] * 1.001;
          },
        };
      },
    };
    const report = checkLayerGradients(wrong, [3]);
    expect(report.passed).toBe(false);
    expect(report.worst).toMatchObject({ array: 'layer.weight', index: 3 });
    expect(report.message).toMatch(/^gradient check FAILED: 14 entries; worst layer\.weight\[3\]: analytic/);
  });

  test('finds a gradient that is NaN, though the others are right', () => {
    const honest = dense({ outFeatures: 2 });
    const wrong: Layer = {
      ...honest,
      prepare(binding) {
        const pass = honest.prepare(binding);
        return { ...pass, inputGradient: () => binding.dx?.fill(Number.NaN) };
      },
    };
    const report = checkLayerGradients(wrong, [3]);
    expect(report.passed).toBe(false);
    expect(report.worst).toMatchObject({ array: 'input', relativeError: Number.NaN });
  });

  test('reports every array, in the order of the network', () => {
    const heard: string[] = [];
    const network = presets.lenet5();
    const report = checkGradients(network, {
      batch: 1,
      samplesPerArray: 7,
      progress: (array) => heard.push(array),
    });
    expect(heard).toEqual(['input', ...network.parameterEntries.map(({ path }) => path)]);
    expect(report.arrays.map(({ array }) => array)).toEqual(heard);
    expect(report.arrays.map(({ length }) => length)).toEqual([784, ...network.parameterEntries.map((p) => p.length)]);
    for (const { checked, kinks, length, largest } of report.arrays) {
      expect(checked + kinks).toBe(Math.min(7, length));
      expect(largest).toBeGreaterThan(0);
    }
    expect(report.arrays.reduce((sum, { checked }) => sum + checked, 0)).toBe(report.checked);
  });

  test('finds a gradient that sums would hide: softmax’s', () => {
    const honest = softmax();
    const wrong: Layer = {
      ...honest,
      prepare: (binding) => ({ ...honest.prepare(binding), inputGradient: () => binding.dx?.fill(0) }),
    };
    expect(checkLayerGradients(wrong, [4]).passed).toBe(false);
  });

  test('a parameter’s name may contain dots', () => {
    const plain = dense({ outFeatures: 4 });
    const dotted: Layer = {
      ...plain,
      parameters: (where, input) =>
        plain.parameters(where, input).map((spec) => ({ ...spec, name: `inner.${spec.name}` })),
      prepare: ({ parameter, gradient, ...binding }) =>
        plain.prepare({
          ...binding,
          parameter: (name) => parameter(`inner.${name}`),
          gradient: (name) => gradient(`inner.${name}`),
        }),
    };
    const network = sequential({ input: [3], layers: { block: dotted, tanh: tanh(), fc: dense({ outFeatures: 2 }) } });
    const report = checkGradients(network);
    expect(report.arrays.map(({ array }) => array)).toContain('block.inner.weight');
    expect(report.message).toMatch(/passed/);
  });

  describe('whatever the seed, a network with kinks passes, and few entries are left out', () => {
    const networks = {
      'ReLU between dense layers': sequential({
        input: [6],
        layers: { fc1: dense({ outFeatures: 12 }), relu: relu(), fc2: dense({ outFeatures: 3 }) },
      }),
      'convolution, ReLU, maximum': sequential({
        input: [7, 7, 1],
        layers: {
          conv: conv2d({ outChannels: 3, kernel: 3 }),
          relu: relu(),
          pool: pool2d({ pooling: 'max', window: 2, stride: 1 }),
          flatten: flatten(),
          fc: dense({ outFeatures: 3 }),
        },
      }),
    };
    test.each(Object.entries(networks))('%s', (_name, network) => {
      let checked = 0;
      let kinks = 0;
      fc.assert(
        fc.property(fc.nat(), fc.constantFrom(undefined, softmaxCrossEntropy()), (seed, loss) => {
          const options = { random: seededRandom(seed), samplesPerArray: 40, ...(loss ? { loss } : {}) };
          const report = checkGradients(network, options);
          expect(report.message).toMatch(/passed/);
          checked += report.checked;
          kinks += report.kinks;
        }),
        { seed: 11, numRuns: 150 },
      );
      expectFewKinks({ checked, kinks });
    });
  });

  test('leaves kinks out and says so', () => {
    const report = checkLayerGradients(activation({ activation: 'relu' }), [4], {
      batch: 1,
      input: [0.5, 6e-7, -0.5, 6e-5],
    });
    expect(report).toMatchObject({ passed: true, kinks: 1, checked: 3 });
    expect(report.message).toContain('1 left out at kinks');
  });
});
