/** Networks: names, shapes, first values, passes, descriptions and summaries. */
import { referenceKernels } from '@longhand/kernels';
import { isBuiltIn } from '@longhand/schema';
import { OptionError, seededRandom } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { relu } from './activations';
import { conv2d } from './conv2d';
import { dense } from './dense';
import { describeNetwork, networkFrom } from './description';
import {
  glorotNormal,
  heNormal,
  heUniform,
  type Initializer,
  lecunUniform,
  normal,
  uniform,
  zeros,
} from './initializers';
import { summary } from './inspection';
import type { Layer } from './layer';
import { knownDescription, layerKinds } from './layer-kinds';
import type { Loss } from './loss';
import {
  halfSquaredError,
  lossFrom,
  lossKinds,
  meanSquaredError,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from './losses';
import type { NetworkParameters } from './parameters';
import { lenet5, lenetDocumented, presets, pytorchMnist, resnetSmall, sprint, wide } from './presets';
import { flatten } from './reshape';
import { sequential } from './sequential';

describe('presets', () => {
  test('have the parameters that are known of them', () => {
    expect(lenetDocumented().parameterCount).toBe(6 * 25 + 6 + (12 * 150 + 12) + (192 * 10 + 10));
    expect(lenetDocumented().parameterCount).toBe(3898);
    expect(sprint().parameterCount).toBe(8 * 25 + 8 + (16 * 72 + 16) + (256 * 10 + 10));
    expect(lenet5().parameterCount).toBe(61_706);
    expect(wide().parameterCount).toBe(1_199_882);
    expect(pytorchMnist().parameterCount).toBe(1_199_882);
    expect(resnetSmall().parameterCount).toBe(56_690);
  });

  test('the documented network goes through the shapes of the notes', () => {
    expect(lenetDocumented().layers.map(({ outputShape }) => outputShape)).toEqual([
      [24, 24, 6],
      [24, 24, 6],
      [12, 12, 6],
      [8, 8, 12],
      [8, 8, 12],
      [4, 4, 12],
      [192],
      [10],
    ]);
  });

  test('parameters are named as PyTorch names them', () => {
    expect(lenetDocumented().parameterEntries.map(({ path, shape }) => [path, shape])).toEqual([
      ['conv1.weight', [6, 1, 5, 5]],
      ['conv1.bias', [6]],
      ['conv2.weight', [12, 6, 5, 5]],
      ['conv2.bias', [12]],
      ['fc.weight', [10, 192]],
      ['fc.bias', [10]],
    ]);
  });

  test('maps, classes and image size can be chosen', () => {
    const network = lenetDocumented({ maps: [4, 8], classes: 26, image: [32, 20] });
    expect(network.outputShape).toEqual([26]);
    expect(network.parameterEntries[2]?.shape).toEqual([8, 4, 5, 5]);
  });
});

describe('first values', () => {
  test('depend on the seed and on their own name alone', () => {
    const first = lenetDocumented().initialize(seededRandom(1));
    expect(lenetDocumented().initialize(seededRandom(1)).values).toEqual(first.values);
    expect(lenetDocumented().initialize(seededRandom(2)).values).not.toEqual(first.values);
    const otherSecondLayer = lenetDocumented({ maps: [6, 20] }).initialize(seededRandom(1));
    expect(otherSecondLayer.get('conv1.weight').data).toEqual(first.get('conv1.weight').data);
    const otherFirstLayer = lenetDocumented({ maps: [5, 12] }).initialize(seededRandom(1));
    expect(otherFirstLayer.get('fc.weight').data).toEqual(first.get('fc.weight').data);
  });

  test.each<[string, Initializer, number]>([
    ['he, uniform', heUniform, 2 / 400],
    ['he, normal', heNormal, 2 / 400],
    ['glorot, normal', glorotNormal, 2 / 500],
    ['lecun, uniform', lecunUniform, 1 / 400],
    ['uniform', uniform(-0.2, 0.2), 0.04 / 3],
    ['normal', normal(0, 0.3), 0.09],
    ['zeros', zeros, 0],
  ])('%s has the variance it promises', (_name, initializer, variance) => {
    const network = sequential({ input: [400], layers: { fc: dense({ outFeatures: 100, initializer }) } });
    const { data } = network.initialize(seededRandom(3), { dtype: 'float64' }).get('fc.weight');
    let sum = 0;
    for (const value of data) sum += value * value;
    const measured = sum / data.length;
    // Forty thousand draws: the relative error of a variance is about one per cent.
    expect(Math.abs(measured - variance)).toBeLessThanOrEqual(0.03 * variance);
  });
});

describe('passes', () => {
  const network = sequential({
    input: [6, 6, 1],
    layers: {
      conv: conv2d({ outChannels: 2, kernel: 3 }),
      relu: relu(),
      flatten: flatten(),
      fc: dense({ outFeatures: 3 }),
    },
  });
  const parameters = network.initialize(seededRandom(1), { dtype: 'float64' });

  test('an image gives the same whatever stands beside it, and spare lanes count for nothing', () => {
    const alone = network.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
    const beside = network.prepare({ kernels: referenceKernels, parameters, capacity: 4 });
    const random = seededRandom('pixels');
    for (let entry = 0; entry < 36; entry++) {
      const value = random.uniform();
      alone.input[entry] = value;
      beside.input[entry * 4] = value;
    }
    alone.forward();
    beside.forward();
    expect([0, 4, 8].map((entry) => beside.output[entry])).toEqual([...alone.output]);
    alone.dOutput?.set([1, 2, 3]);
    beside.dOutput?.set([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    alone.backward();
    beside.backward();
    expect(beside.gradients?.values).toEqual(alone.gradients?.values);
  });

  test('backward overwrites: twice is the same as once', () => {
    const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 2 });
    pass.input.fill(0.5);
    pass.forward();
    pass.dOutput?.fill(1);
    pass.backward();
    const once = pass.gradients?.values.slice();
    pass.backward();
    expect(pass.gradients?.values).toEqual(once);
  });

  test('the gradient of the input is computed only when asked for', () => {
    const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 1 });
    expect(pass.dInput).toBeUndefined();
    const asked = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, inputGradient: true });
    expect(asked.dInput?.length).toBe(36);
    for (const prepared of [pass, asked]) {
      const random = seededRandom('image');
      prepared.input.set(Array.from(prepared.input, () => random.uniform(-1, 1)));
      prepared.forward();
      prepared.dOutput?.fill(1);
      prepared.backward();
    }
    expect(pass.gradients?.get('conv.weight').data.some((gradient) => gradient !== 0)).toBe(true);
    expect(pass.gradients?.values).toEqual(asked.gradients?.values);
    const inference = network.prepare({ kernels: referenceKernels, parameters, capacity: 1, mode: 'evaluate' });
    expect([inference.gradients, inference.dOutput]).toEqual([undefined, undefined]);
  });
});

test.each<[Loss, number, number[]]>([
  // Output (1, 3) against target (0, 1): differences 1 and 2.
  [meanSquaredError(), 5 / 2, [1, 2]],
  [halfSquaredError(), 5 / 2, [1, 2]],
  [softmaxCrossEntropy(), Math.log(Math.E + Math.E ** 3) - 3, [1 / (1 + Math.E ** 2), -1 / (1 + Math.E ** 2)]],
  [
    sigmoidBinaryCrossEntropy(),
    (Math.log(1 + Math.E) + Math.log(1 + Math.E ** -3)) / 2,
    [1 / (1 + 1 / Math.E) / 2, -1 / (1 + Math.E ** 3) / 2],
  ],
])('$kind of figures worked out by hand', (loss, value, gradient) => {
  const network = sequential({ input: [2], layers: { flatten: flatten() } });
  const pass = network.prepare({
    kernels: referenceKernels,
    parameters: network.zeros({ dtype: 'float64' }),
    capacity: 1,
  });
  const lossPass = loss.prepare(pass);
  pass.input.set([1, 3]);
  lossPass.target.set([0, 1]);
  lossPass.imageWeight.fill(1);
  pass.forward();
  lossPass.forward();
  lossPass.inputGradient();
  expect(lossPass.loss[0]).toBeCloseTo(value, 14);
  for (const [index, expected] of gradient.entries()) expect(pass.dOutput?.[index]).toBeCloseTo(expected, 14);
});

test('four outputs: the mean is a quarter of the sum, the half is a half', () => {
  const network = sequential({ input: [4], layers: { flatten: flatten() } });
  const pass = network.prepare({
    kernels: referenceKernels,
    parameters: network.zeros({ dtype: 'float64' }),
    capacity: 1,
  });
  pass.input.fill(2);
  pass.forward();
  const losses = [meanSquaredError(), halfSquaredError()].map((loss) => {
    const lossPass = loss.prepare(pass);
    lossPass.forward();
    return lossPass.loss[0];
  });
  expect(losses).toEqual([4, 8]);
});

describe('messages', () => {
  test('a layer that does not fit names itself, the shapes and where the input came from', () => {
    const build = () =>
      sequential({
        input: [28, 28, 1],
        layers: { conv1: conv2d({ outChannels: 6, kernel: 5 }), fc: dense({ outFeatures: 10 }) },
      });
    expect(build).toThrow(
      'fc: expected a vector [features], got [24, 24, 6]; put flatten() before it; conv1 gives [24, 24, 6]',
    );
  });

  test('a layer of one’s own that gives no shape is named', () => {
    const own = { ...flatten(), outputShape: (where: string) => JSON.parse(JSON.stringify(where)) };
    expect(() => sequential({ input: [28, 28, 1], layers: { own } })).toThrow(
      'own: outputShape: expected a list of whole numbers as the shape, such as [28, 28, 1], got string; the input gives [28, 28, 1]',
    );
  });

  test('a capacity of no images is refused', () => {
    const network = sequential({ input: [3], layers: { first: dense({ outFeatures: 2 }) } });
    const options = { kernels: referenceKernels, parameters: network.zeros(), capacity: 0 };
    expect(() => network.prepare(options)).toThrow('prepare: expected a whole number of at least 1 as capacity, got 0');
  });

  test('names that objects would reorder are refused', () => {
    for (const name of ['1', '2nd', 'a.b', '']) {
      expect(() => sequential({ input: [1], layers: { [name]: flatten() } })).toThrow(
        `sequential: expected layer names of letters, digits, - and _ that start with a letter or _, got '${name}'`,
      );
    }
    const { layers } = sequential({ input: [1], layers: { _hidden: flatten(), 'out-2': flatten() } });
    expect(layers.map(({ name }) => name)).toEqual(['_hidden', 'out-2']);
  });

  test('a parameter that is not there lists those that are', () => {
    const parameters: NetworkParameters = lenetDocumented().zeros();
    expect(() => parameters.get('conv3.weight')).toThrow(
      /^parameters: expected one of conv1\.weight, .*; got conv3\.weight$/,
    );
  });
});

describe('descriptions', () => {
  test('layers may be called as objects call their own: names are names', () => {
    const layers = ['__proto__', 'constructor', 'toString'].map((name) => ({ name, kind: 'dense', outFeatures: 2 }));
    const network = networkFrom({ input: [4], layers });
    expect(network.parameterEntries.map(({ path }) => path)).toEqual(
      layers.flatMap(({ name }) => [`${name}.weight`, `${name}.bias`]),
    );
    expect(network.layers.map(({ symbol }) => symbol)).toEqual([undefined, undefined, undefined]);
    expect(describeNetwork(network).layers).toEqual(layers);
    expect(() => networkFrom({ input: [4], layers: [layers[0], layers[0]] })).toThrow("got '__proto__' twice");
    const { layers: named } = sequential({ input: [1], layers: { constructor: flatten() } });
    expect(named.map(({ symbol }) => symbol)).toEqual([undefined]);
  });

  test.each(Object.entries(presets))('%s survives a file', (_name, preset) => {
    const network = preset({ activation: 'silu', pooling: 'mean' });
    const again = networkFrom(JSON.parse(JSON.stringify(describeNetwork(network))));
    expect(again.parameterEntries).toEqual(network.parameterEntries);
    expect(describeNetwork(again)).toEqual(describeNetwork(network));
    // Compared as bytes: a million numbers one by one take a minute.
    const [first, second] = [network, again].map((each) => Buffer.from(each.initialize(seededRandom(1)).values.buffer));
    expect(second.equals(first)).toBe(true);
  });

  test('a network as a person writes it is one with all names', () => {
    const { layers } = networkFrom(
      {
        layers: [
          { kind: 'conv2d', outChannels: 6, kernel: 5 },
          'relu',
          { kind: 'pool2d', pooling: 'max', window: 2 },
          { kind: 'conv2d', outChannels: 12, kernel: 5 },
          { kind: 'relu' },
          { kind: 'pool2d', pooling: 'max', window: 2 },
          'flatten',
          { kind: 'dense', outFeatures: 10 },
        ],
      },
      { input: [28, 28, 1] },
    );
    const named = lenetDocumented().layers;
    expect(layers.map(({ name }) => name)).toEqual(named.map(({ name }) => name));
    expect(layers.map(({ outputShape }) => outputShape)).toEqual(named.map(({ outputShape }) => outputShape));
  });

  test('names that are given are kept, and not given twice', () => {
    const dense = { kind: 'dense', outFeatures: 2 };
    const namesOf = (...layers: unknown[]): string[] =>
      networkFrom({ input: [2], layers }).layers.map(({ name }) => name);
    expect(namesOf(dense, 'tanh', { name: 'fc', ...dense })).toEqual(['fc1', 'tanh', 'fc']);
    expect(namesOf(dense, { name: 'fc1', ...dense }, dense)).toEqual(['fc2', 'fc1', 'fc3']);
    expect(namesOf({ kind: 'activation', activation: 'silu' }, 'tanh', 'silu')).toEqual(['silu1', 'tanh', 'silu2']);
  });

  test('the input of the description takes precedence over the one in the options', () => {
    expect(networkFrom({ input: [3], layers: [] }, { input: [4] }).inputShape).toEqual([3]);
  });

  test.each([
    [null, 'network: expected an object with the lists "input" and "layers"'],
    [
      { input: [4], layers: ['flatten', { outFeatures: 3 }] },
      'network: expected a layer such as "relu" or {"kind":"dense","outFeatures":10} as number 2, got {"outFeatures":3}',
    ],
    [{ input: [4], layers: [null] }, 'as number 1, got null'],
    [
      { input: [4], layers: [], optimizer: 'sgd' },
      'network: expected "input" and "layers" alone, got "optimizer" besides',
    ],
    [{ input: [4], layers: [{ kind: 'dense' }] }, 'fc: expected a number as outFeatures of a dense layer, got none'],
    [{ input: [9, 9, 1], layers: ['conv2d'] }, 'conv: expected a number as outChannels of a conv2d layer, got none'],
    [
      { input: [9, 9, 1], layers: [{ kind: 'pool2d', pooling: 'max' }] },
      'pool: expected a number or [height, width] as window of a pool2d layer, got none',
    ],
    [{ input: [4], layers: ['linear'] }, 'linear: expected one of the kinds'],
    [{ input: [4], layers: ['dropout'] }, 'dropout: expected a number as rate of a dropout layer, got none'],
    [{ input: [4], layers: [{ kind: 'relu', slope: 0.1 }] }, 'relu: expected the options activation'],
    [{ input: [4], layers: [{ kind: 'relu', symbol: 5 }] }, 'relu: expected a text as symbol, got 5'],
    [{ layers: [] }, 'network: expected an object with the lists "input" and "layers"'],
    [
      { input: [4], layers: [{ name: 'fc', kind: 'linear' }] },
      /^fc: expected one of the kinds conv2d, .*dense, .*, sigmoid, .*; got linear, which is \{"kind":"dense","outFeatures":10\} here$/,
    ],
    [{ input: [4], layers: [{ name: 'fc', kind: 'constructor' }] }, 'got constructor'],
    [
      { input: [4], layers: [{ name: 'fc', kind: 'dense', units: 3 }] },
      'fc: expected the options outFeatures, bias, initializer, biasInitializer for a dense layer, got units',
    ],
    [
      { input: [4], layers: [{ name: 'fc', kind: 'dense', outFeatures: 'ten' }] },
      'fc: expected a number as outFeatures, got "ten"',
    ],
    [
      { input: [4, 4, 1], layers: [{ name: 'p', kind: 'pool2d', pooling: 'median', window: 2 }] },
      'p: expected "max" or "mean" as pooling, got "median"',
    ],
    [{ input: [4, 0], layers: [] }, 'network: input: expected whole numbers of at least 1 as the shape, got [4, 0]'],
    [
      {
        input: [2],
        layers: [
          { name: 'a', kind: 'flatten' },
          { name: 'a', kind: 'flatten' },
        ],
      },
      "network: expected each layer name once, got 'a' twice",
    ],
    [
      { input: [28, 28, 1], layers: [{ name: 'c', kind: 'conv2d', outChannels: 2, kernel: 'five' }] },
      'c: expected a number or [height, width] as kernel, got "five"',
    ],
    [
      { input: [28, 28, 1], layers: [{ name: 'c', kind: 'conv2d', outChannels: 2, kernel: 3, padding: 'full' }] },
      'c: expected "valid", "same", a number or {"top":1,"bottom":1,"left":1,"right":1} as padding, got "full"',
    ],
    [
      { input: [28, 28, 1], layers: [{ name: 'c', kind: 'conv2d', outChannels: 2, kernel: 3, padding: [2, 1] }] },
      'c: expected "valid", "same", a number or {"top":1,"bottom":1,"left":1,"right":1} as padding, got [2,1]',
    ],
    [
      {
        input: [28, 1],
        layers: [
          { name: 'c', kind: 'conv1d', outChannels: 2, kernel: 3, padding: { top: 0, bottom: 0, left: 1, right: 1 } },
        ],
      },
      'c: expected "valid", "same", a number or [before, after] as padding, got {"top":0,"bottom":0,"left":1,"right":1}',
    ],
    [
      { input: [4], layers: [{ name: 'fc', kind: 'dense', outFeatures: 2, initializer: 'he' }] },
      'fc: expected an initializer such as {"scheme":"he","distribution":"uniform"} as initializer, got "he"',
    ],
    [
      { input: [4], layers: [{ name: 'fc', kind: 'dense', outFeatures: 2, bias: 'no' }] },
      'fc: expected true or false as bias, got "no"',
    ],
  ])('%j is refused', (description, message) => {
    expect(() => networkFrom(description)).toThrow(message);
  });
});

test('the summary of the documented network', () => {
  const { rows, parameters, multiplyAdds } = summary(lenetDocumented());
  expect(rows.map(({ name, symbol, parameters }) => [name, symbol, parameters])).toEqual([
    ['conv1', 'k¹, b¹', 156],
    ['relu1', 'C¹', 0],
    ['pool1', 'P¹', 0],
    ['conv2', 'k², b²', 1812],
    ['relu2', 'C²', 0],
    ['pool2', 'P²', 0],
    ['flatten', 'v', 0],
    ['fc', 'w, b → o', 1930],
  ]);
  expect(parameters).toBe(3898);
  expect(multiplyAdds).toBe(24 * 24 * 6 * 25 + 8 * 8 * 12 * 150 + 1920);
});

describe('registries', () => {
  test('kinds go by their names', () => {
    for (const kinds of [layerKinds, lossKinds]) {
      expect(Object.values(kinds).map(({ name }) => name)).toEqual(Object.keys(kinds));
    }
  });

  test('a layer’s description is known as its kind, with the options in their order', () => {
    const layer = conv2d({ padding: 'same', kernel: [3, 2], outChannels: 4, bias: false });
    const known = knownDescription(layer.description);
    expect(JSON.stringify(known)).toBe(JSON.stringify(layer.description));
    expect(known?.kind === 'conv2d' && known.padding).toBe('same');
    expect(knownDescription({ kind: 'linear' })).toBeUndefined();
    expect(knownDescription({ ...layer.description, kernel: 'five' } as Layer['description'])).toBeUndefined();
  });

  test('a description made again and described keeps its options in their order', () => {
    const layers = [{ name: 'conv', kind: 'conv2d', padding: 1, kernel: 3, outChannels: 2 }];
    const network = networkFrom({ input: [5, 5, 1], layers });
    expect(JSON.stringify(describeNetwork(network).layers)).toBe(JSON.stringify(layers));
  });

  test.each(Object.keys(lossKinds))('the loss %s is made again from its description', (kind) => {
    const loss = lossFrom({ kind });
    expect([loss.description, isBuiltIn(loss)]).toEqual([{ kind }, true]);
  });

  test.each<[unknown, string]>([
    [
      { kind: 'hinge' },
      'loss: expected one of softmax-cross-entropy, sigmoid-binary-cross-entropy, binary-cross-entropy, mean-squared-error, half-squared-error, distillation as kind, got hinge',
    ],
    [{ kind: 'mean-squared-error', factor: 2 }, "mean-squared-error: expected no keys, got 'factor'"],
  ])('%j is no loss', (description, message) => {
    expect(() => lossFrom(description as Layer['description'])).toThrow(new OptionError(message));
  });
});
