/** Models to ONNX and back: equal if the file was written here, the same function if another program changed it. */
import {
  decodeOnnx,
  encodeOnnx,
  layersOfOnnx,
  type OnnxAttribute,
  type OnnxLayer,
  type OnnxModel,
  onnxOfLayers,
} from '@longhand/formats';
import { referenceKernels } from '@longhand/kernels';
import {
  describeNetwork,
  lenet5,
  lenetDocumented,
  type Network,
  type NetworkParameters,
  networkFrom,
  wide,
} from '@longhand/layers';
import { seededRandom, sizeOf, tensor } from '@longhand/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Model, ModelError } from '../model-settings';
import { decodeOnnxModel, encodeOnnxModel, type ForeignModel } from './onnx-file';

function modelOf(network: Network): Model {
  return {
    network,
    parameters: parametersOf(network),
    normalization: { mean: 0.1307, std: 0.3081 },
    classes: Array.from({ length: network.outputShape[0] }, (_, k) => `class ${k}`),
    training: { seed: 3 },
  };
}

/** Initial parameters, with biases and running statistics other than the initial ones. */
function parametersOf(network: Network): NetworkParameters {
  const parameters = network.initialize(seededRandom(3));
  const random = seededRandom(5);
  for (const { path } of [...parameters.entries, ...parameters.bufferEntries]) {
    const { data } = parameters.get(path);
    if (/bn|bias/.test(path)) for (let at = 0; at < data.length; at++) data[at] = 0.5 + random.uniform();
  }
  return parameters;
}

/** What a network makes of two random images. */
function outputOf({ network, parameters }: { network: Network; parameters: NetworkParameters }): Float32Array {
  const pass = network.prepare({ kernels: referenceKernels, parameters, capacity: 2, mode: 'evaluate' });
  const random = seededRandom(4);
  for (let at = 0; at < pass.input.length; at++) pass.input[at] = random.uniform();
  pass.forward();
  return pass.output as Float32Array;
}

/** A file of ours without what we said of it. */
function anonymous(bytes: Uint8Array, change: (model: OnnxModel) => OnnxModel = (model) => model): Uint8Array {
  return encodeOnnx(change({ ...decodeOnnx(bytes), metadata: {} }));
}

function expectSame(given: ForeignModel, model: Model): void {
  expect(describeNetwork(given.network)).toEqual(describeNetwork(model.network));
  expect(given.parameters.values).toEqual(model.parameters.values);
  expect(given.parameters.buffers).toEqual(model.parameters.buffers);
  const { normalization, classes, training } = given;
  expect({ normalization, classes, training }).toEqual({
    normalization: model.normalization,
    classes: model.classes,
    training: model.training,
  });
}

const networks: [string, Network][] = [
  ['the documented network', lenetDocumented()],
  ['LeNet-5 with means and sigmoids', lenet5({ activation: 'sigmoid', pooling: 'mean' })],
  ['the wide network, small', wide({ image: [12, 12], classes: 3 })],
  [
    'true convolutions, borders of every kind, steps, no biases',
    networkFrom({
      input: [13, 11, 3],
      layers: [
        { name: 'a', kind: 'conv2d', outChannels: 4, kernel: [3, 2], trueConvolution: true, padding: 'same' },
        'silu',
        { name: 'b', kind: 'conv2d', outChannels: 3, kernel: 4, stride: [2, 1], padding: 'same', bias: false },
        'tanh',
        {
          name: 'c',
          kind: 'conv2d',
          outChannels: 5,
          kernel: 2,
          trueConvolution: true,
          padding: { top: 2, bottom: 1, left: 0, right: 1 },
        },
        'identity',
        { kind: 'pool2d', pooling: 'mean', window: [2, 3], stride: [1, 2] },
        { kind: 'reshape', shape: [200] },
        { name: 'd', kind: 'dense', outFeatures: 4, bias: false },
      ],
    }),
  ],
  [
    'groups and dilations',
    networkFrom({
      input: [12, 11, 4],
      layers: [
        { name: 'a', kind: 'conv2d', outChannels: 6, kernel: [3, 2], groups: 2, dilation: [2, 3], padding: 'same' },
        'relu',
        { name: 'b', kind: 'conv2d', outChannels: 6, kernel: 3, groups: 6, dilation: 2, trueConvolution: true },
        { name: 'c', kind: 'conv2d', outChannels: 3, kernel: 1 },
        'flatten',
        { name: 'd', kind: 'dense', outFeatures: 3 },
      ],
    }),
  ],
  [
    'padded poolings',
    networkFrom({
      input: [9, 8, 2],
      layers: [
        { kind: 'pool2d', pooling: 'max', window: 3, stride: 2, padding: 1 },
        { kind: 'pool2d', pooling: 'mean', window: 2, stride: 1, padding: { top: 1, bottom: 0, left: 0, right: 1 } },
        { kind: 'pool2d', pooling: 'mean', window: [2, 3], stride: 2, padding: 1, countIncludePad: false },
        'flatten',
        { kind: 'dense', outFeatures: 3 },
      ],
    }),
  ],
  [
    'every activation',
    networkFrom({
      input: [4, 4, 1],
      layers: [
        { kind: 'conv2d', outChannels: 4, kernel: 3 },
        'leakyRelu',
        { kind: 'leakyRelu', negativeSlope: 0.2 },
        'gelu',
        'geluTanh',
        'flatten',
        { kind: 'dense', outFeatures: 3 },
        'relu6',
        'hardSwish',
      ],
    }),
  ],
  [
    'the middle of an image',
    networkFrom({
      input: [9, 8, 1],
      layers: [
        { kind: 'crop2d', border: { top: 1, bottom: 2, left: 0, right: 3 } },
        { kind: 'conv2d', outChannels: 2, kernel: 3 },
        { kind: 'crop2d', border: 1 },
        'flatten',
        { kind: 'dense', outFeatures: 2 },
      ],
    }),
  ],
  [
    'a global average',
    networkFrom({
      input: [9, 8, 2],
      layers: [
        { kind: 'conv2d', outChannels: 4, kernel: 3 },
        'globalAveragePool',
        { kind: 'dense', outFeatures: 3 },
        'relu',
        { kind: 'dense', outFeatures: 2 },
      ],
    }),
  ],
  [
    'residual blocks with batch normalization and dropout',
    networkFrom({
      input: [8, 7, 2],
      layers: [
        { kind: 'conv2d', outChannels: 4, kernel: 3, padding: 1, bias: false },
        { kind: 'batchNorm', momentum: 0.3, epsilon: 0.001 },
        'relu',
        {
          name: 'block1',
          kind: 'residual',
          body: [
            { kind: 'conv2d', outChannels: 4, kernel: 3, padding: 1, trueConvolution: true },
            'batchNorm',
            'gelu',
            { kind: 'dropout', rate: 0.25 },
            { kind: 'residual', body: ['tanh', { kind: 'conv2d', outChannels: 4, kernel: 1 }] },
          ],
        },
        'relu',
        {
          kind: 'residual',
          body: [{ kind: 'conv2d', outChannels: 6, kernel: 3, stride: 2, padding: 1 }, 'batchNorm'],
          shortcut: [{ name: 'projection', kind: 'conv2d', outChannels: 6, kernel: 1, stride: 2 }, 'batchNorm'],
        },
        'relu',
        'globalAveragePool',
        { kind: 'dropout', rate: 0.5 },
        { kind: 'dense', outFeatures: 3 },
        'batchNorm',
      ],
    }),
  ],
  [
    'branches of nothing but dropout',
    networkFrom({
      input: [6],
      layers: [
        {
          kind: 'residual',
          body: [{ kind: 'dropout', rate: 0.25 }],
          shortcut: [{ kind: 'dropout', rate: 0.5 }],
        },
        { kind: 'dense', outFeatures: 3 },
      ],
    }),
  ],
  [
    'a signal in groups, dilated',
    networkFrom({
      input: [14, 2],
      layers: [
        { kind: 'conv1d', outChannels: 4, kernel: 3, groups: 2, dilation: 3, padding: [6, 0] },
        'flatten',
        { kind: 'dense', outFeatures: 3 },
      ],
    }),
  ],
  [
    'a signal',
    networkFrom({
      input: [20, 2],
      layers: [
        { kind: 'conv1d', outChannels: 3, kernel: 4, trueConvolution: true, padding: [1, 2], stride: 3 },
        'relu',
        { kind: 'conv1d', outChannels: 2, kernel: 3, padding: 'same' },
        'flatten',
        { kind: 'dense', outFeatures: 3 },
      ],
    }),
  ],
];

describe.each(networks)('%s', (_, network) => {
  const model = modelOf(network);

  test.each([{}, { softmax: true, normalization: true }, { opset: 13 }])(
    'comes back as it was, written with %j',
    (options) => {
      expectSame(decodeOnnxModel(encodeOnnxModel(model, options), 'file'), model);
    },
  );

  test('comes back as the same function without metadata', () => {
    const foreign = decodeOnnxModel(anonymous(encodeOnnxModel(model, { softmax: true })), 'file');
    expect(outputOf(foreign)).toEqual(outputOf(model));
    expect(foreign.classes).toBeUndefined();
  });

  test('with a new face writes the same file', () => {
    const foreign = decodeOnnxModel(anonymous(encodeOnnxModel(model)), 'file');
    const again = encodeOnnxModel({ ...model, ...foreign });
    expect(layersOfOnnx(decodeOnnx(again))).toEqual(layersOfOnnx(decodeOnnx(encodeOnnxModel(model))));
  });
});

test('any geometry comes back', () => {
  const small = fc.integer({ min: 1, max: 3 });
  const border = fc.integer({ min: 0, max: 2 });
  const padding = fc.oneof(
    fc.constantFrom('valid', 'same', 0, 1, 2),
    fc.record({ top: border, bottom: border, left: border, right: border }),
  );
  const conv = fc.record({
    kind: fc.constant('conv2d'),
    outChannels: small,
    kernel: fc.tuple(small, small),
    stride: fc.tuple(small, small),
    dilation: fc.tuple(small, small),
    padding,
    trueConvolution: fc.boolean(),
    bias: fc.boolean(),
  });
  const poolOptions = {
    kind: fc.constant('pool2d'),
    pooling: fc.constantFrom('max', 'mean'),
    window: fc.tuple(small, small),
    stride: fc.tuple(small, small),
    padding: fc.oneof(border, fc.record({ top: border, bottom: border, left: border, right: border })),
  };
  const insideMean = fc.record({ ...poolOptions, pooling: fc.constant('mean'), countIncludePad: fc.boolean() });
  const layer = fc.oneof(
    conv,
    fc.record(poolOptions),
    insideMean,
    fc.constantFrom('relu', 'silu', 'tanh', 'sigmoid', 'identity', 'relu6', 'gelu'),
  );
  fc.assert(
    fc.property(fc.array(layer, { maxLength: 4 }), small, (layers, channels) => {
      let network: Network;
      try {
        network = networkFrom({
          input: [9, 8, channels],
          layers: [...layers, 'flatten', { kind: 'dense', outFeatures: 2 }],
        });
      } catch {
        return;
      }
      const model = modelOf(network);
      const bytes = encodeOnnxModel(model);
      expectSame(decodeOnnxModel(bytes, 'file'), model);
      expect(outputOf(decodeOnnxModel(anonymous(bytes), 'file'))).toEqual(outputOf(model));
    }),
    { seed: 1, numRuns: 300 },
  );
});

const model = modelOf(lenetDocumented({ maps: [2, 3] }));
const bytes = encodeOnnxModel(model);

/** The file with its layers in another form, what we said of it kept. */
function withNodes(change: (nodes: OnnxModel['graph']['nodes']) => OnnxModel['graph']['nodes']): Uint8Array {
  const onnx = decodeOnnx(bytes);
  return encodeOnnx({ ...onnx, graph: { ...onnx.graph, nodes: change(onnx.graph.nodes) } });
}

test('metadata of a network that another program changed are ignored', () => {
  const changed = withNodes((nodes) =>
    nodes.map((node) => (node.operator === 'Relu' ? { ...node, operator: 'Tanh' } : node)),
  );
  const { network, classes } = decodeOnnxModel(changed, 'file');
  expect(network.layers.map(({ name }) => name)).toContain('tanh1');
  expect(classes).toBeUndefined();
});

test('metadata of a network whose options another program changed are ignored', () => {
  const layers = [
    { kind: 'conv2d', outChannels: 2, kernel: 3, dilation: 2 },
    { kind: 'leakyRelu', negativeSlope: 0.2 },
    'globalAveragePool',
    { kind: 'dense', outFeatures: 2 },
  ];
  const onnx = decodeOnnx(encodeOnnxModel(modelOf(networkFrom({ input: [7, 7, 1], layers }))));
  const changed = (operator: string, name: string, attribute: OnnxAttribute) => {
    const nodes = onnx.graph.nodes.map((node) =>
      node.operator === operator ? { ...node, attributes: new Map([...node.attributes, [name, attribute]]) } : node,
    );
    return decodeOnnxModel(encodeOnnx({ ...onnx, graph: { ...onnx.graph, nodes } }), 'file').network.layers;
  };
  const [conv] = changed('Conv', 'dilations', { type: 'ints', value: [1, 2] });
  expect(conv.layer.description).toMatchObject({ dilation: [1, 2] });
  const [, leaky] = changed('LeakyRelu', 'alpha', { type: 'float', value: 0.5 });
  expect(leaky.layer.description).toMatchObject({ negativeSlope: 0.5 });
});

test('a normalization that another program changed is used', () => {
  const onnx = decodeOnnx(encodeOnnxModel(model, { normalization: true }));
  const initializers = new Map(
    [...onnx.graph.initializers].map(
      ([name, values]) => [name, name.endsWith('.mean') ? { ...values, data: Float32Array.of(0.5) } : values] as const,
    ),
  );
  const changed = encodeOnnx({ ...onnx, graph: { ...onnx.graph, initializers } });
  expect(decodeOnnxModel(changed, 'file').normalization).toEqual({ mean: 0.5, std: 0.3081 });
});

test('a softmax of its own is not taken twice', () => {
  const network = networkFrom({ input: [4], layers: [{ kind: 'dense', outFeatures: 3 }, 'softmax'] });
  const kinds = layersOfOnnx(decodeOnnx(encodeOnnxModel(modelOf(network), { softmax: true }))).layers;
  expect(kinds.map(({ kind }: OnnxLayer) => kind)).toEqual(['gemm', 'softmax']);
});

test.each<[string, () => unknown, string]>([
  [
    'a layer without an layer',
    () =>
      encodeOnnxModel(modelOf(networkFrom({ input: [4], layers: [{ kind: 'reshape', shape: [2, 2, 1] }, 'flatten'] }))),
    'reshape: expected a layer that ONNX files of longhand know, got a reshape to [2, 2, 1]; use safetensors',
  ],
  [
    'a weight that is no number',
    () => {
      const parameters = model.network.initialize(seededRandom(1));
      parameters.values[0] = Number.NaN;
      return encodeOnnxModel({ ...model, parameters });
    },
    "model: expected numbers in 'conv1.weight', got NaN; train the network again",
  ],
  [
    'an output that is no vector',
    () => {
      const network = networkFrom({ input: [4, 4, 1], layers: ['relu'] });
      return encodeOnnxModel({ ...model, network, parameters: network.zeros() });
    },
    'model: the network gives [4, 4, 1], not a vector',
  ],
])('refuses %s', (_, act, message) => {
  expect(act).toThrow(new ModelError(message));
});

test('a global average whose axes another program still uses is a mean over the whole image', () => {
  const conv = (name: string, shape: readonly [number, number, number, number]): OnnxLayer => {
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, k) => Math.sin(k + 1));
    return { kind: 'conv', name, weight: tensor(shape, data), strides: [1, 1], pads: [0, 0, 0, 0] };
  };
  const layers: OnnxLayer[] = [
    conv('a', [3, 1, 2, 2]),
    { kind: 'globalAveragePool' },
    { kind: 'relu' },
    conv('head', [2, 3, 1, 1]),
    { kind: 'flatten' },
  ];
  const file = encodeOnnx(onnxOfLayers(layers, { inputShape: [1, 5, 4] }));
  const { network, parameters } = decodeOnnxModel(file, 'file');
  expect(network.layers.map(({ layer }) => layer.description.kind)).toEqual([
    'conv2d',
    'pool2d',
    'activation',
    'conv2d',
    'flatten',
  ]);
  const flattened = [...layers.slice(0, 2), { kind: 'flatten' } as const, { kind: 'relu' } as const];
  const direct = decodeOnnxModel(encodeOnnx(onnxOfLayers(flattened, { inputShape: [1, 5, 4] })), 'file');
  expect(direct.network.layers.map(({ name }) => name)).toEqual(['a', 'pool', 'relu']);
  const [means, logits] = [outputOf(direct), outputOf({ network, parameters })];
  const head = parameters.get('head.weight').data;
  for (const image of [0, 1]) {
    const expected = [0, 1, 2].reduce((sum, c) => sum + means[2 * c + image] * head[3 + c], 0);
    expect(logits[2 + image]).toBeCloseTo(expected, 6);
  }
});

test('an unknown option is refused', () => {
  expect(() => encodeOnnxModel(model, { softMax: true } as object)).toThrow(
    "encodeOnnxModel: expected one of the options softmax, normalization, opset, quantize, got 'softMax'; did you mean 'softmax'?",
  );
});

describe('what a graph takes', () => {
  const layer = { kind: 'gemm', name: 'fc', weight: tensor([2, 784]) } as const;
  const decoded = (layers: readonly OnnxLayer[], inputShape: number[], elementType = 'float32' as const) => {
    const onnx = onnxOfLayers(layers, { inputShape });
    const inputs = onnx.graph.inputs.map((input) => ({ ...input, elementType }));
    return decodeOnnxModel(encodeOnnx({ ...onnx, graph: { ...onnx.graph, inputs } }), 'file');
  };

  test('784 numbers are an image of 28 × 28', () => {
    expect(decoded([layer], [784]).network.inputShape).toEqual([28, 28, 1]);
    const scaled = decoded([{ kind: 'normalization', mean: [0], std: [255] }, layer], [784]);
    expect(scaled.network.inputShape).toEqual([28, 28, 1]);
    expect(scaled.normalization).toEqual({ mean: 0, std: 1 });
  });

  test('whole numbers are pixels from 0 to 255', () => {
    const bytes = decoded([layer], [784], 'uint8' as 'float32');
    expect(bytes.normalization).toEqual({ mean: 0, std: 0.003921569 });
  });

  test('inverted pixels are taken as they are, with the first weights negated', () => {
    const weight = tensor([1, 2], [3, -4]);
    const { network, parameters, normalization } = decoded(
      [{ kind: 'normalization', mean: [1], std: [-1] }, { kind: 'flatten' }, { kind: 'gemm', name: 'fc', weight }],
      [1, 1, 2],
    );
    expect(network.inputShape).toEqual([1, 2, 1]);
    expect(normalization).toEqual({ mean: 1, std: 1 });
    expect([...parameters.get('fc.weight').data]).toEqual([-3, 4]);
    expect(() => decoded([{ kind: 'normalization', mean: [1], std: [-1] }, { kind: 'relu' }], [4])).toThrow(
      new ModelError(
        'file: expected a convolution or a dense layer behind inverted pixels, got relu; export it without',
      ),
    );
  });
});
