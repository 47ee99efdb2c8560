/** Model files: there and back, and everything that can be wrong with one. */
import { mnistLayout } from '@longhand/datasets';
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { describeNetwork, lenetDocumented, networkFrom } from '@longhand/layers';
import { seededRandom, type Tensor, tensor } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeOnnxModel } from './exchange/onnx-file';
import { decodeModel, encodeModel } from './model-file';
import { layoutOfModel, type Model, ModelError, planOfModel } from './model-settings';

const network = lenetDocumented({ activation: 'silu', maps: [2, 3] });
const model: Model = {
  network,
  parameters: network.initialize(seededRandom(1)),
  normalization: { mean: 0.1307, std: 0.3081 },
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  training: { seed: 1 },
};
const bytes = encodeModel(model);
const { tensors, metadata } = readSafetensors(bytes);
const settings = JSON.parse(metadata.longhand) as Record<string, unknown>;

/** The file with other tensors or other settings. */
function changed({
  to = tensors,
  with: other = {},
}: {
  to?: Map<string, Tensor>;
  with?: Record<string, unknown>;
}): Uint8Array {
  return writeSafetensors({
    tensors: to,
    metadata: { ...metadata, longhand: JSON.stringify({ ...settings, ...other }) },
  });
}

test('a model comes back as it was', () => {
  const again = decodeModel(bytes, 'model');
  expect(again.parameters.values).toEqual(model.parameters.values);
  expect(encodeModel(again)).toEqual(bytes);
  expect({ ...again, network: 0, parameters: 0 }).toEqual({ ...model, network: 0, parameters: 0 });
});

test('kernels of true convolutions lie in the file as PyTorch takes them, and come back as they were', () => {
  const turning = JSON.stringify(describeNetwork(network)).replace(
    '"kind":"conv2d"',
    '"kind":"conv2d","trueConvolution":true',
  );
  const other = networkFrom(JSON.parse(turning));
  const file = encodeModel({ ...model, network: other, parameters: other.initialize(seededRandom(1)) });
  const stored = readSafetensors(file).tensors;
  expect([...(stored.get('conv1.weight')?.data ?? [])].slice(0, 25)).toEqual(
    [...(tensors.get('conv1.weight')?.data ?? [])].slice(0, 25).reverse(),
  );
  expect(stored.get('conv2.weight')).toEqual(tensors.get('conv2.weight'));
  expect(decodeModel(file, 'model').parameters.values).toEqual(model.parameters.values);
});

test('PyTorch finds its own names, layouts and format', () => {
  expect(metadata.format).toBe('pt');
  expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
    ['conv1.weight', [2, 1, 5, 5]],
    ['conv1.bias', [2]],
    ['conv2.weight', [3, 2, 5, 5]],
    ['conv2.bias', [3]],
    ['fc.weight', [10, 48]],
    ['fc.bias', [10]],
  ]);
});

describe('a calibration', () => {
  const direction = (label: number): number[] => model.classes.map((_, k) => (k === label ? 1 : -0.1));
  const calibration = {
    version: 1,
    temperature: 1.2,
    threshold: 0.9,
    similarity: { least: 0.7, directions: model.classes.map((_, label) => direction(label)) },
    images: 5000,
    data: 'MNIST train, validation',
  } as const;

  test('comes back, and leaves the weights as they are', () => {
    const file = encodeModel({ ...model, calibration });
    expect(decodeModel(file, 'model').calibration).toEqual(calibration);
    expect(readSafetensors(file).tensors).toEqual(tensors);
    expect(decodeModel(bytes, 'model')).not.toHaveProperty('calibration');
  });

  test.each([
    [{ version: 2 }, 'expected a calibration of version 1, got 2; use the longhand that wrote it'],
    [{ temperature: 0 }, 'expected a calibration with a temperature above 0, got 0'],
    [{ threshold: 1.5 }, 'expected a calibration with a threshold from 0 to 1, got 1.5'],
    [{ similarity: { least: 0.5, directions: [[1]] } }, 'expected a calibration with 10 directions of 10 numbers'],
    [{ similarity: { least: 0.5 } }, 'expected a calibration with a direction for each class, got none'],
  ])('that is damaged is refused: %o', (other, message) => {
    const file = changed({ with: { calibration: { ...calibration, ...other } } });
    expect(() => decodeModel(file, 'model')).toThrow(ModelError);
    expect(() => decodeModel(file, 'model')).toThrow(message);
  });
});

const without = (name: string): Map<string, Tensor> => new Map([...tensors].filter(([other]) => other !== name));
const replaced = (name: string, by: Tensor): Map<string, Tensor> => new Map([...tensors, [name, by]]);

/** The network with one number in it changed. */
function networkWith(from: string, to: string): unknown {
  const text = JSON.stringify(settings.network);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to));
}

describe('what could not be read again is not written', () => {
  const other = networkFrom({ input: [14, 14, 1], layers: ['flatten', { kind: 'dense', outFeatures: 10 }] });
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  test.each<[string, object, string]>([
    ['too few classes', { classes: ['a', 'b'] }, 'expected the names of 10 classes, got ["a","b"]'],
    ['no classes', { classes: undefined }, "expected the names of the classes as 'classes', got none"],
    ['classes that are numbers', { classes: [...Array(10).keys()] }, "expected a text as 'classes[0]', got 0"],
    [
      'no normalization',
      { normalization: undefined },
      "expected a normalization {mean, std} as 'normalization', got none",
    ],
    [
      'a normalization by zero',
      { normalization: { mean: 0, std: 0 } },
      'expected a mean and a standard deviation above 0 to divide by, got 0 and 0',
    ],
    [
      'a normalization of three channels',
      { normalization: { mean: [0, 0, 0], std: 1 } },
      'expected one mean, or one for each of 1 channel, got 3',
    ],
    [
      'parameters of another network',
      { parameters: other.zeros() },
      "expected 'conv1.weight' as [2, 1, 5, 5] among the parameters, got none; give the parameters of this network",
    ],
    [
      'a network of another shape',
      { network: other },
      "expected 'fc.weight' as [10, 196] among the parameters, got [10, 48]; give the parameters of this network",
    ],
    ['training that is no object', { training: 'long' }, 'expected an object as \'training\', got "long"'],
    [
      'training in a circle',
      { training: circular },
      'expected JSON data as training, got the error: Converting circular structure to JSON',
    ],
  ])('%s', (_, change, message) => {
    const wrong = { ...model, ...change };
    expect(() => encodeModel(wrong)).toThrow(new ModelError(`model: ${message}`));
    expect(() => encodeOnnxModel(wrong)).toThrow(new ModelError(`model: ${message}`));
  });

  test('an output that is no vector', () => {
    const image = networkFrom({ input: [4, 4, 1], layers: ['relu'] });
    expect(() => encodeModel({ ...model, network: image, parameters: image.zeros() })).toThrow(
      new ModelError('model: the network gives [4, 4, 1], not a vector'),
    );
  });

  test('a file as a buffer is not read', () => {
    const { buffer } = encodeModel(model);
    expect(() => decodeModel(buffer as never, 'digits')).toThrow(
      'digits: expected bytes in a Uint8Array, got an ArrayBuffer; give new Uint8Array(bytes)',
    );
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is not saved', (value) => {
  const parameters = network.initialize(seededRandom(1));
  parameters.get('conv2.bias').data[1] = value;
  expect(() => encodeModel({ ...model, parameters })).toThrow(
    new ModelError(
      `model: expected numbers in 'conv2.bias', got ${Number.isNaN(value) ? 'NaN' : 'infinity'}; train the network again`,
    ),
  );
});

test.each<[string, Uint8Array, string]>([
  [
    'another safetensors file',
    writeSafetensors({ tensors }),
    "m: expected a model saved by longhand, got a safetensors file without its 'longhand' metadata",
  ],
  ['a parameter is missing', changed({ to: without('fc.bias') }), "m: expected the parameter 'fc.bias' [10], got none"],
  [
    'a tensor too many',
    changed({ to: replaced('fc2.bias', tensor([10])) }),
    "m: expected the parameters of its network, got the tensor 'fc2.bias' besides",
  ],
  [
    'another shape',
    changed({ to: replaced('fc.weight', tensor([10, 192])) }),
    "m: expected 'fc.weight' as [10, 48], got [10, 192]",
  ],
  [
    'not a number',
    changed({ to: replaced('fc.bias', tensor([10], new Float32Array(10).fill(Number.NaN))) }),
    "m: expected numbers in 'fc.bias', got NaN; train the network again",
  ],
  [
    'another version',
    changed({ with: { version: 2 } }),
    'm: expected a model file of version 1, got 2; use the longhand that wrote it',
  ],
  [
    'another network',
    changed({ with: { network: { input: [10], layers: [] } } }),
    "m: expected the parameters of its network, got the tensor 'conv1.weight' besides",
  ],
  [
    'no network',
    changed({ with: { network: 7 } }),
    'm: network: expected an object with the lists "input" and "layers"',
  ],
  [
    'a normalization without a standard deviation',
    changed({ with: { normalization: { mean: 1 } } }),
    'm: expected a normalization {mean, std}, got {"mean":1}',
  ],
  [
    'a standard deviation of zero or less',
    changed({ with: { normalization: { mean: 0.1, std: -1 } } }),
    'm: expected a normalization {mean, std}, got {"mean":0.1,"std":-1}',
  ],
  [
    'a network that is larger than any memory',
    changed({ with: { network: networkWith('"outFeatures":10', '"outFeatures":1000000000') } }),
    'm: network: expected at most 50,000,000 parameters, got 49,000,000,205; make fc smaller',
  ],
  [
    'weights that are larger than the file',
    changed({ with: { network: networkWith('"kernel":5', '"kernel":7') } }),
    "m: expected 'conv1.weight' as [2, 1, 7, 7], got [2, 1, 5, 5]",
  ],
  ['too few classes', changed({ with: { classes: ['a'] } }), 'm: expected the names of 10 classes, got ["a"]'],
  [
    'metadata no JSON',
    writeSafetensors({ tensors, metadata: { longhand: '{' } }),
    "m: expected JSON in its 'longhand' metadata, got something else; the file is damaged",
  ],
  [
    'metadata no object',
    writeSafetensors({ tensors, metadata: { longhand: 'null' } }),
    "m: expected an object in its 'longhand' metadata, got null",
  ],
  ['an empty file', new Uint8Array(), 'm: '],
  ['a file cut short', bytes.subarray(0, bytes.length - 1), 'm: '],
])('%s', (_name, file, message) => {
  expect(() => decodeModel(file, 'm')).toThrow(message);
});

test('a damaged file gives one clear line or a whole model, never anything else', () => {
  fc.assert(
    fc.property(fc.nat({ max: 3000 }), fc.nat({ max: 255 }), (at, byte) => {
      const damaged = bytes.with(at, byte);
      try {
        decodeModel(damaged, 'm');
      } catch (error) {
        expect((error as Error).name).toMatch(/^(Format|Model|Description|Shape)Error$/);
        expect((error as Error).message).toMatch(/^[^\n]+$/);
      }
    }),
    { seed: 5, numRuns: 1500 },
  );
});

test('the normalization is stored under the keys mean and deviation, so that files keep their bytes', () => {
  const text = new TextDecoder('latin1').decode(encodeModel(model));
  expect(text).toContain('\\"normalization\\":{\\"mean\\":0.1307,\\"deviation\\":0.3081}');
});

describe('the data of its training', () => {
  const layout = {
    orientation: 'transposed',
    background: 'light',
    framing: { kind: 'stretched' },
    firstLabel: 1,
  } as const;

  test('comes back with their layout', () => {
    const data = { name: 'letters', test: '0123', layout };
    expect(decodeModel(encodeModel({ ...model, data }), 'a')).toMatchObject({ data });
    expect(layoutOfModel({ ...model, data })).toEqual(layout);
  });

  test('that are not known are taken for digits like MNIST’s, or for whole pictures', () => {
    expect(layoutOfModel({ network: lenetDocumented() })).toEqual(mnistLayout);
    expect(layoutOfModel({ network: lenetDocumented({ image: [16, 16, 3] }) }).framing).toEqual({ kind: 'whole' });
  });

  test('make a plan for pictures, with the size of the images', () => {
    const data = { name: 'letters', layout };
    expect(planOfModel({ ...model, data })).toEqual({ size: { height: 28, width: 28, channels: 1 }, layout });
    const { size } = planOfModel({ network: lenetDocumented({ image: [16, 20, 3] }) });
    expect(size).toEqual({ height: 16, width: 20, channels: 3 });
    const vectors = networkFrom({ input: [4], layers: [{ kind: 'dense', outFeatures: 2 }] });
    expect(() => planOfModel({ network: vectors })).toThrow(
      new ModelError(
        'model: expected one for images [height, width, channels], which pictures are made into, got one for [4]',
      ),
    );
  });

  test('is refused with a layout that is none', () => {
    const wrong = { ...layout, framing: { kind: 'mass', extent: 2 } } as never;
    expect(() => encodeModel({ ...model, data: { name: 'letters', layout: wrong } })).toThrow(
      "model: expected a layout {orientation, background, framing, firstLabel} as 'data.layout', got ",
    );
  });
});
