import { tensor } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { naiveNetwork } from '../../fixtures/naive-network';
import { images, onnxFigures, onnxFile } from '../../fixtures/onnx-files';
import { floats, int, ints, type Line, modelOf, operationsOf, text } from '../../fixtures/onnx-graphs';
import { decodeOnnx } from './decoder';
import type { OnnxAttribute, OnnxValue } from './model';
import { operationsOfOnnx } from './operations-from-onnx';

const networks = onnxFigures.filter(([name]) => name !== 'onnx-lstm.onnx');

describe.each(networks)('%s', (name, figures) => {
  const network = operationsOfOnnx(decodeOnnx(onnxFile(name), name), name);

  test("gives PyTorch's figures", () => {
    expect(network.inputShape).toEqual(figures.inputShape);
    const size = figures.inputShape.reduce((product, extent) => product * extent, 1);
    const x = images(2, figures.inputShape);
    for (const [image, expected] of figures.output.entries()) {
      const given = naiveNetwork(network.operations, network.inputShape, [
        ...x.subarray(image * size, (image + 1) * size),
      ]);
      expect(given).toHaveLength(expected.length);
      // Constants lie in the file as float32, where PyTorch computes the figures with float64: 255, 0.1307.
      given.forEach((value, k) => {
        expect(Math.abs(value - expected[k])).toBeLessThan(1e-6);
      });
    }
  });

  test("gives layers PyTorch's names", () => {
    const names = network.operations.flatMap((operation) => ('name' in operation ? [operation.name] : []));
    const modules = Object.keys(figures.samples).filter((parameter) => parameter.endsWith('.weight'));
    // A bare product has no module; its layer is a fully connected one.
    expect(names).toEqual(modules.length > 0 ? modules.map((parameter) => parameter.replace(/\.weight$/, '')) : ['fc']);
  });
});

test('both exporters write the same operations', () => {
  const kinds = (name: string) => operationsOfOnnx(decodeOnnx(onnxFile(name))).operations.map(({ kind }) => kind);
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
    const [conv] = operationsOf([['Conv', 'x conv.weight', 'y', { auto_pad: text(autoPad) }]]);
    expect(conv).toMatchObject({ kind: 'conv', name: 'conv', strides: [1, 1], pads });
    const [pool] = operationsOf([['MaxPool', 'x', 'y', { auto_pad: text(autoPad), kernel_shape: ints(2, 2) }]]);
    expect(pool).toEqual({ kind: 'maxPool', window: [2, 2], strides: [1, 1], pads });
  });

  test('a stride with fewer windows needs fewer zeros', () => {
    const attributes = { auto_pad: text('SAME_UPPER'), kernel_shape: ints(2, 3), strides: ints(3, 2) };
    expect(operationsOf([['AveragePool', 'x', 'y', attributes]])[0]).toMatchObject({ pads: [0, 1, 0, 1] });
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
    expect(operationsOf(lines)).toEqual([{ kind: 'flatten' }]);
  });

  test('Reshape to [1, 18] as flatten where the batch is 1', () => {
    expect(operationsOf([['Reshape', 'x 1,18', 'y']], { batch: 1 })).toEqual([{ kind: 'flatten' }]);
  });

  test('a fully connected layer, however it is written', () => {
    const weight = tensor(
      [3, 18],
      Float32Array.from({ length: 54 }, (_, k) => (k % 18) * 3 + Math.floor(k / 18)),
    );
    const bias = tensor([3], [1, 2, 3]);
    const layer = { kind: 'gemm', name: 'fc', weight, bias };
    expect(operationsOf([flat, ['Gemm', 'f in_out b', 'y']])[1]).toEqual(layer);
    expect(operationsOf([flat, ['MatMul', 'f in_out', 'm'], ['Add', 'm b', 'y']])[1]).toEqual(layer);
    expect(operationsOf([flat, ['MatMul', 'f in_out', 'm'], ['Add', 'b m', 'y']])[1]).toEqual(layer);
    expect(operationsOf([flat, ['Gemm', 'f fc.weight', 'y', { transB: int(1) }]])[1]).toEqual({
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
    expect(operationsOf(lines, { opset: 24 })).toEqual([{ kind: 'silu' }]);
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
    expect(operationsOf(lines)).toEqual([{ kind: 'normalization', mean, std }]);
  });

  test('constants as nodes, dropout, identities and shared names', () => {
    const value: OnnxAttribute = { type: 'tensor', value: floats([], 4) };
    const operations = operationsOf([
      ['Constant', '', 'c', { value }],
      ['Constant', '', 'd', { value_float: { type: 'float', value: 2 } }],
      ['Identity', 'c', 'e'],
      ['Mul', 'x e', 'm'],
      ['Div', 'm d', 'n'],
      ['Dropout', 'n half', 'o'],
      ['Identity', 'o', 'y'],
    ]);
    expect(operations).toEqual([
      { kind: 'normalization', mean: [0], std: [0.5] },
      { kind: 'identity' },
      { kind: 'identity' },
    ]);
  });

  test('weights that are listed as inputs too', () => {
    const model = modelOf([flat, ['Gemm', 'f in_out b', 'y']]);
    const listed: OnnxValue = { name: 'in_out', elementType: 'float32', shape: [18, 3] };
    const graph = { ...model.graph, inputs: [...model.graph.inputs, listed] };
    expect(operationsOfOnnx({ ...model, graph }).operations).toHaveLength(2);
  });
});
