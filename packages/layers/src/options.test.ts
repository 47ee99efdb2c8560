/** Options that JavaScript gets wrong: misspelled, missing, of another kind. Each is one line. */
import { referenceKernels } from '@longhand/kernels';
import { OptionError, seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { activation, gelu, leakyRelu, relu } from './activations';
import { batchNorm } from './batch-norm';
import { conv1d, conv2d } from './conv2d';
import { dense } from './dense';
import { dropout } from './dropout';
import { checkGradients } from './gradient-check';
import { layerKinds } from './layer-kinds';
import { pool2d } from './pool2d';
import { lenet5, lenetDocumented, presets } from './presets';
import { reshape } from './reshape';
import { residual } from './residual';
import { sequential } from './sequential';

// As JavaScript may have them.
const wrong = (options: unknown) => options as never;

test.each<[string, (options: never) => unknown, unknown, string]>([
  [
    'conv2d',
    conv2d,
    { outChannel: 6, kernel: 5 },
    "one of the options outChannels, groups, trueConvolution, bias, initializer, biasInitializer, kernel, stride, dilation, padding, got 'outChannel'; did you mean 'outChannels'?",
  ],
  ['conv2d', conv2d, { outChannels: 6 }, 'a number or [height, width] as kernel, got none'],
  ['conv2d', conv2d, undefined, 'an object, got none'],
  ['conv1d', conv1d, { outChannels: 6, kernel: [5, 5] }, 'a number as kernel, got [5,5]'],
  [
    'dense',
    dense,
    { features: 10 },
    "one of the options outFeatures, bias, initializer, biasInitializer, got 'features'; did you mean 'outFeatures'?",
  ],
  ['dense', dense, { outFeatures: 3, bias: 0 }, 'true or false as bias, got 0'],
  [
    'dense',
    dense,
    { outFeatures: 3, initializer: 'he' },
    'an initializer such as {"scheme":"he","distribution":"uniform"} as initializer, got "he"',
  ],
  ['pool2d', pool2d, { pooling: 'average', window: 2 }, '"max" or "mean" as pooling, got "average"'],
  ['pool2d', pool2d, { pooling: 'max' }, 'a number or [height, width] as window, got none'],
  ['batchNorm', batchNorm, { eps: 1 }, "one of the options momentum, epsilon, got 'eps'; did you mean 'epsilon'?"],
  ['dropout', dropout, { p: 0.5 }, "one of the options rate, got 'p'"],
  ['dropout', dropout, {}, 'a number as rate, got none'],
  ['reshape', reshape, { shape: 'flat' }, 'a list of numbers as shape, got "flat"'],
  [
    'activation',
    leakyRelu,
    { slope: 0.1 },
    "one of the options activation, negativeSlope, got 'slope'; did you mean 'negativeSlope'?",
  ],
  ['gelu', gelu, { approximate: true }, '"none" or "tanh" as approximate, got true'],
  ['residual', residual, { body: { relu } }, 'a layer such as relu() as body.relu, got a function'],
  ['residual', residual, { body: {}, skip: {} }, "one of the options body, shortcut, got 'skip'"],
  ['sequential', sequential, { input: [4], layers: { relu } }, 'a layer such as relu() as layers.relu, got a function'],
  ['sequential', sequential, { input: [4], layers: [relu()] }, 'layers by name as layers, got [{"'],
  ['sequential', sequential, { layers: {} }, 'a shape such as [28, 28, 1] as input, got none'],
  [
    'lenet5',
    lenet5,
    { class: 26 },
    "one of the options activation, pooling, classes, image, got 'class'; did you mean 'classes'?",
  ],
  ['lenetDocumented', lenetDocumented, { maps: 6 }, 'a list of numbers as maps, got 6'],
  ['lenetDocumented', lenetDocumented, { pooling: 'avg' }, '"max" or "mean" as pooling, got "avg"'],
])('%s refuses wrong options', (where, make, options, message) => {
  const attempt = (): unknown => make(wrong(options));
  expect(attempt).toThrow(OptionError);
  expect(attempt).toThrow(`${where}: expected ${message}`);
});

test('every kind of layer with options refuses an unknown one', () => {
  for (const [name, kind] of Object.entries(layerKinds)) {
    if (name === 'residual') continue;
    expect(() => kind.check({ unknown: 1 }, { where: name, error: (message) => new Error(message) }), name).toThrow(
      "got 'unknown'",
    );
  }
  for (const preset of Object.values(presets)) expect(() => preset(wrong({ unknown: 1 }))).toThrow("got 'unknown'");
});

test('an unknown function is refused, and an option that is undefined is absent', () => {
  expect(() => activation(wrong({ activation: 'swish' }))).toThrow('as activation, got "swish"');
  expect(dense(wrong({ outFeatures: 3, bias: undefined })).description).toEqual({
    kind: 'dense',
    outFeatures: 3,
  });
});

test('a pass refuses what is no set of kernels, no parameters, no options', () => {
  const network = sequential({ input: [4], layers: { fc: dense({ outFeatures: 3 }) } });
  const parameters = network.initialize(seededRandom(1));
  const options = { kernels: referenceKernels, parameters, capacity: 1 };
  for (const [change, message] of [
    [
      { kernels: 'fast' },
      'a set of kernels such as referenceKernels or simdKernels(\'strict\') as kernels, got "fast"',
    ],
    [{ kernels: undefined }, "a set of kernels such as referenceKernels or simdKernels('strict') as kernels, got none"],
    [{ parameters: undefined }, 'parameters such as network.initialize(seededRandom(1)) as parameters, got none'],
    [{ capacity: 0 }, 'a whole number of at least 1 as capacity, got 0'],
    [{ mode: 'eval' }, '"train" or "evaluate" as mode, got "eval"'],
    [{ gradient: true }, "got 'gradient'; did you mean 'gradients'?"],
  ] as const) {
    expect(() => network.prepare({ ...options, ...(change as object) })).toThrow(OptionError);
    expect(() => network.prepare({ ...options, ...(change as object) })).toThrow(message);
  }
});

test('a gradient check refuses unknown options', () => {
  const network = sequential({ input: [4], layers: { fc: dense({ outFeatures: 3 }) } });
  expect(() => checkGradients(network, wrong({ sample: 3 }))).toThrow(
    /^checkGradients: expected one of the options .*got 'sample'/,
  );
  expect(() => checkGradients(network, wrong({ batch: 0 }))).toThrow('a whole number of at least 1 as batch, got 0');
});
