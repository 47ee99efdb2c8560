import { tensor } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { naiveNetwork } from '../../fixtures/naive-network';
import { images, onnxFigures, onnxFile } from '../../fixtures/onnx-files';
import { floats, int, ints, type Line, layersOf, modelOf, text } from '../../fixtures/onnx-graphs';
import { decodeOnnx } from './decoder';
import type { OnnxLayer } from './layer';
import { layersOfOnnx } from './layers-from-onnx';
import type { OnnxAttribute, OnnxValue } from './model';

const networks = onnxFigures.filter(([name]) => name !== 'onnx-lstm.onnx');

describe.each(networks)('%s', (name, figures) => {
  const network = layersOfOnnx(decodeOnnx(onnxFile(name), name), name);

  test("gives PyTorch's figures", () => {
    expect(network.inputShape).toEqual(figures.inputShape);
    const size = figures.inputShape.reduce((product, extent) => product * extent, 1);
    const x = images(2, figures.inputShape);
    for (const [image, expected] of figures.output.entries()) {
      const given = naiveNetwork(network.layers, network.inputShape, [...x.subarray(image * size, (image + 1) * size)]);
      expect(given).toHaveLength(expected.length);
      // Constants lie in the file as float32, where PyTorch computes the figures with float64: 255, 0.1307.
      given.forEach((value, k) => {
        expect(Math.abs(value - expected[k])).toBeLessThan(1e-6);
      });
    }
  });

  test.skipIf(Object.keys(figures.samples).length === 0)("gives layers PyTorch's names", () => {
    const names = network.layers.flatMap((layer) => ('name' in layer ? [layer.name] : []));
    const modules = Object.keys(figures.samples).filter((parameter) => parameter.endsWith('.weight'));
    // A bare product has no module; its layer is a fully connected one.
    expect(names).toEqual(modules.length > 0 ? modules.map((parameter) => parameter.replace(/\.weight$/, '')) : ['fc']);
  });
});

describe('residual blocks', () => {
  /** Names and kinds, those of branches in brackets. */
  const outline = (layers: readonly OnnxLayer[]): string =>
    layers
      .map((layer) =>
        layer.kind === 'residual'
          ? `[${outline(layer.body)} | ${outline(layer.shortcut)}]`
          : 'name' in layer
            ? layer.name
            : layer.kind,
      )
      .join(' ');
  const outlineOf = (name: string) => outline(layersOfOnnx(decodeOnnx(onnxFile(name), name), name).layers);

  test.each(['torchscript-17', 'dynamo'])('with the normalizations within the convolutions (%s)', (exporter) => {
    expect(outlineOf(`onnx-resnet-${exporter}.onnx`)).toBe(
      'conv1 relu [layer1.0.conv1 relu layer1.0.conv2 | ] relu [layer1.1.conv1 relu layer1.1.conv2 | ] relu ' +
        '[layer2.0.conv1 relu layer2.0.conv2 | layer2.0.downsample.0] relu globalAveragePool flatten fc',
    );
  });

  test('with normalizations', () => {
    const body = (block: string) => `${block}.conv1 ${block}.bn1 relu ${block}.conv2 ${block}.bn2`;
    expect(outlineOf('onnx-resnet-torchscript.onnx')).toBe(
      `conv1 bn1 relu [${body('layer1.0')} | ] relu [${body('layer1.1')} | ] relu ` +
        `[${body('layer2.0')} | layer2.0.downsample.0 layer2.0.downsample.1] relu globalAveragePool flatten fc`,
    );
  });

  test.each([
    ['torchscript-17', 'bn3 '],
    ['dynamo', ''],
  ])('whose body is the second operand, and a block behind a layer of a branch (%s)', (exporter, normalized) => {
    expect(outlineOf(`onnx-pre-activation-${exporter}.onnx`)).toBe(
      `stem relu [shortcut | conv1 [silu inner | ]] bn2 relu globalAveragePool flatten fc1 ${normalized}tanh fc2`,
    );
  });
});

test('both exporters write the same layers', () => {
  const kinds = (name: string) => layersOfOnnx(decodeOnnx(onnxFile(name))).layers.map(({ kind }) => kind);
  const lenet = ['conv', 'relu', 'maxPool', 'conv', 'relu', 'maxPool', 'flatten', 'gemm'];
  for (const exporter of ['torchscript-17', 'dynamo-17', 'dynamo', 'dynamo-newest']) {
    expect(kinds(`onnx-lenet-${exporter}.onnx`)).toEqual(lenet);
  }
  expect(kinds('onnx-functional-torchscript.onnx')).toEqual(kinds('onnx-functional-dynamo.onnx'));
  const blocks = ['conv', 'leakyRelu', 'gelu', 'conv', 'geluTanh', 'conv', 'relu6', 'hardSwish'];
  for (const exporter of ['torchscript-17', 'torchscript', 'dynamo-18', 'dynamo']) {
    expect(kinds(`onnx-blocks-${exporter}.onnx`)).toEqual([...blocks, 'globalAveragePool', 'flatten', 'gemm']);
  }
  for (const exporter of ['torchscript-17', 'dynamo']) {
    const means = ['conv', 'conv', 'gelu', 'conv', 'globalAveragePool', 'flatten', 'gemm'];
    expect(kinds(`onnx-means-${exporter}.onnx`)).toEqual(means);
  }
  expect(kinds('onnx-matrices-torchscript.onnx')).toEqual(['normalization', 'flatten', 'gemm', 'softmax']);
  expect(kinds('onnx-matrices-dynamo.onnx')).toEqual(['normalization', 'flatten', 'gemm', 'softmax']);
});

describe('recognizes', () => {
  const flat: Line = ['Flatten', 'x', 'f'];

  test.each([
    ['pads that follow from the input, more at the end', 'SAME_UPPER', [0, 0, 1, 1]],
    ['pads that follow from the input, more at the beginning', 'SAME_LOWER', [1, 1, 0, 0]],
    ['no pads', 'VALID', [0, 0, 0, 0]],
  ])('%s (%s)', (_, autoPad, pads) => {
    const [conv] = layersOf([['Conv', 'x conv.weight', 'y', { auto_pad: text(autoPad) }]]);
    expect(conv).toMatchObject({ kind: 'conv', name: 'conv', strides: [1, 1], pads });
    const [pool] = layersOf([['MaxPool', 'x', 'y', { auto_pad: text(autoPad), kernel_shape: ints(2, 2) }]]);
    expect(pool).toEqual({ kind: 'maxPool', window: [2, 2], strides: [1, 1], pads });
  });

  test('a stride with fewer windows needs fewer zeros', () => {
    const attributes = { auto_pad: text('SAME_UPPER'), kernel_shape: ints(2, 3), strides: ints(3, 2) };
    expect(layersOf([['AveragePool', 'x', 'y', attributes]])[0]).toMatchObject({ pads: [0, 1, 0, 1] });
  });

  test('windows smaller than their strides begin at the first pixel, as in Keras', () => {
    const attributes = { auto_pad: text('SAME_UPPER'), kernel_shape: ints(1, 1), strides: ints(3, 3) };
    expect(layersOf([['MaxPool', 'x', 'y', attributes]])[0]).toMatchObject({ pads: [0, 0, 0, 0], strides: [3, 3] });
  });

  test('windows that are rounded up, where the last one would lie in the padding alone', () => {
    const attributes = { kernel_shape: ints(2, 2), strides: ints(2, 2), pads: ints(1, 1, 1, 1), ceil_mode: int(1) };
    const layers = layersOf([
      ['MaxPool', 'x', 'm', attributes],
      ['Flatten', 'm', 'y'],
    ]);
    expect(layers[0]).toEqual({ kind: 'maxPool', window: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1] });
  });

  test.each([
    ['Flatten', [['Flatten', 'x', 'y', { axis: int(-3) }]]],
    ['Reshape to [-1, 18]', [['Reshape', 'x b,18', 'y']]],
    ['Reshape to [0, -1]', [['Reshape', 'x 0,-1', 'y']]],
    [
      "Reshape to the batch's extent and the rest",
      [
        ['Shape', 'x', 's'],
        ['Gather', 's 0', 'n', { axis: int(0) }],
        ['Unsqueeze', 'n 0', 'list'],
        ['Concat', 'list -1', 'to', { axis: int(0) }],
        ['Reshape', 'x to', 'y'],
      ],
    ],
  ] as [string, Line[]][])('%s as flatten', (_, lines) => {
    expect(layersOf(lines)).toEqual([{ kind: 'flatten' }]);
  });

  test('Reshape to [1, 18] as flatten where the batch is 1', () => {
    expect(layersOf([['Reshape', 'x 1,18', 'y']], { batch: 1 })).toEqual([{ kind: 'flatten' }]);
  });

  test('a fully connected layer, however it is written', () => {
    const weight = tensor(
      [3, 18],
      Float32Array.from({ length: 54 }, (_, k) => (k % 18) * 3 + Math.floor(k / 18)),
    );
    const bias = tensor([3], [1, 2, 3]);
    const layer = { kind: 'gemm', name: 'fc', weight, bias };
    expect(layersOf([flat, ['Gemm', 'f in_out b', 'y']])[1]).toEqual(layer);
    expect(layersOf([flat, ['MatMul', 'f in_out', 'm'], ['Add', 'm b', 'y']])[1]).toEqual(layer);
    expect(layersOf([flat, ['MatMul', 'f in_out', 'm'], ['Add', 'b m', 'y']])[1]).toEqual(layer);
    expect(layersOf([flat, ['Gemm', 'f fc.weight', 'y', { transB: int(1) }]])[1]).toEqual({
      kind: 'gemm',
      name: 'fc',
      weight: tensor(
        [3, 18],
        Float32Array.from({ length: 54 }, (_, k) => k),
      ),
    });
  });

  test.each([
    [
      'x · sigmoid(x)',
      [
        ['Sigmoid', 'x', 's'],
        ['Mul', 'x s', 'y'],
      ],
    ],
    [
      'sigmoid(x) · x',
      [
        ['Sigmoid', 'x', 's'],
        ['Mul', 's x', 'y'],
      ],
    ],
    ['Swish', [['Swish', 'x', 'y', { alpha: { type: 'float', value: 1 } }]]],
  ] as [string, Line[]][])('%s as silu', (_, lines) => {
    expect(layersOf(lines, { opset: 24 })).toEqual([{ kind: 'silu' }]);
  });

  test.each([
    ['x − c', [['Sub', 'x half', 'y']], [0.5], [1]],
    ['c − x', [['Sub', 'half x', 'y']], [0.5], [-1]],
    ['x + c', [['Add', 'x half', 'y']], [-0.5], [1]],
    ['c + x', [['Add', 'half x', 'y']], [-0.5], [1]],
    ['x / c', [['Div', 'x half', 'y']], [0], [0.5]],
    ['x · c', [['Mul', 'x half', 'y']], [0], [2]],
    ['c · x', [['Mul', 'half x', 'y']], [0], [2]],
    [
      '(x · c) + c',
      [
        ['Mul', 'x half', 'm'],
        ['Add', 'm half', 'y'],
      ],
      [-1],
      [2],
    ],
    [
      '(x − channels) / channels',
      [
        ['Sub', 'x channels', 'm'],
        ['Div', 'm channels', 'y'],
      ],
      [1, 2],
      [1, 2],
    ],
    [
      '(x − c) / channels',
      [
        ['Sub', 'x half', 'm'],
        ['Div', 'm channels', 'y'],
      ],
      [0.5, 0.5],
      [1, 2],
    ],
  ] as [string, Line[], number[], number[]][])('%s as a normalization', (_, lines, mean, std) => {
    expect(layersOf(lines)).toEqual([{ kind: 'normalization', mean, std }]);
  });

  test('constants as nodes, dropout, identities and shared names', () => {
    const value: OnnxAttribute = { type: 'tensor', value: floats([], 4) };
    const layers = layersOf([
      ['Constant', '', 'c', { value }],
      ['Constant', '', 'd', { value_float: { type: 'float', value: 2 } }],
      ['Identity', 'c', 'e'],
      ['Mul', 'x e', 'm'],
      ['Div', 'm d', 'n'],
      ['Dropout', 'n half', 'o'],
      ['Identity', 'o', 'y'],
    ]);
    expect(layers).toEqual([
      { kind: 'normalization', mean: [0], std: [0.5] },
      { kind: 'dropout', rate: 0.5 },
      { kind: 'identity' },
    ]);
  });

  test('the rate of a dropout, wherever it stands', () => {
    const rateOf = (inputs: string, attributes = {}) => layersOf([['Dropout', inputs, 'y', attributes]])[0];
    expect(rateOf('x')).toEqual({ kind: 'dropout', rate: 0.5 });
    expect(rateOf('x zero')).toEqual({ kind: 'dropout', rate: 0 });
    expect(rateOf('x', { ratio: { type: 'float', value: 0.25 } })).toEqual({ kind: 'dropout', rate: 0.25 });
  });

  test('batch normalization by the names of its statistics', () => {
    const numbers = tensor([2], [1, 2]);
    const statistics = { mean: tensor([2], [3, 4]), variance: numbers };
    const options = { epsilon: { type: 'float', value: 0.5 }, momentum: { type: 'float', value: 0.75 } } as const;
    const lines: Line[] = [['BatchNormalization', 'x pair pair own pair', 'y', { ...options, training_mode: int(0) }]];
    const layer = { kind: 'batchNorm', name: 'bn', weight: numbers, bias: numbers, ...statistics };
    expect(layersOf(lines)).toEqual([{ ...layer, epsilon: 0.5, momentum: 0.75 }]);
    const bare: Line[] = [['BatchNormalization', 'x pair pair own pair', 'y']];
    expect(layersOf(bare, { opset: 9 })).toEqual([{ ...layer, epsilon: 1e-5, momentum: 0.9 }]);
  });

  const relu = { kind: 'relu' } as const;
  const tanh = { kind: 'tanh' } as const;

  test.each<[string, Line[], OnnxLayer[]]>([
    [
      'a sum with the input',
      [
        ['Relu', 'x', 'r'],
        ['Add', 'r x', 'y'],
      ],
      [{ kind: 'residual', body: [relu], shortcut: [] }],
    ],
    [
      'the input first',
      [
        ['Relu', 'x', 'r'],
        ['Add', 'x r', 'y'],
      ],
      [{ kind: 'residual', body: [relu], shortcut: [] }],
    ],
    [
      'two branches, then an activation',
      [
        ['Relu', 'x', 'f'],
        ['Tanh', 'f', 'a'],
        ['Relu', 'a', 'r'],
        ['Sigmoid', 'f', 's'],
        ['Sum', 'r s', 'sum'],
        ['Tanh', 'sum', 'y'],
      ],
      [relu, { kind: 'residual', body: [tanh, relu], shortcut: [{ kind: 'sigmoid' }] }, tanh],
    ],
    [
      'a block within the body of another',
      [
        ['Relu', 'x', 'a'],
        ['Tanh', 'a', 't'],
        ['Add', 't a', 'inner'],
        ['Add', 'inner x', 'y'],
      ],
      [{ kind: 'residual', body: [relu, { kind: 'residual', body: [tanh], shortcut: [] }], shortcut: [] }],
    ],
    [
      'blocks one after another',
      [
        ['Relu', 'x', 'a'],
        ['Add', 'a x', 'first'],
        ['Tanh', 'first', 't'],
        ['Add', 'first t', 'y'],
      ],
      [
        { kind: 'residual', body: [relu], shortcut: [] },
        { kind: 'residual', body: [tanh], shortcut: [] },
      ],
    ],
    ['a value and itself', [['Add', 'x x', 'y']], [{ kind: 'residual', body: [{ kind: 'identity' }], shortcut: [] }]],
    [
      'a normalized input in both branches',
      [
        ['Mul', 'x half', 'n'],
        ['Relu', 'n', 'r'],
        ['Add', 'r n', 'y'],
      ],
      [
        { kind: 'normalization', mean: [0], std: [2] },
        { kind: 'residual', body: [relu], shortcut: [] },
      ],
    ],
    [
      'silu in a branch, whose gate is no branch',
      [
        ['Sigmoid', 'x', 's'],
        ['Mul', 'x s', 'g'],
        ['Add', 'g x', 'y'],
      ],
      [{ kind: 'residual', body: [{ kind: 'silu' }], shortcut: [] }],
    ],
  ])('%s', (_, lines, layers) => {
    expect(layersOf(lines)).toEqual(layers);
  });

  test('nodes that the output does not need are not looked at', () => {
    const lines: Line[] = [
      ['LSTM', 'x', 'forgotten'],
      ['Relu', 'x', 'y'],
      ['Tanh', 'y', 'behind'],
    ];
    expect(layersOf(lines)).toEqual([relu]);
  });

  test('weights that are listed as inputs too', () => {
    const model = modelOf([flat, ['Gemm', 'f in_out b', 'y']]);
    const listed: OnnxValue = { name: 'in_out', elementType: 'float32', shape: [18, 3] };
    const graph = { ...model.graph, inputs: [...model.graph.inputs, listed] };
    expect(layersOfOnnx({ ...model, graph }).layers).toHaveLength(2);
  });
});
