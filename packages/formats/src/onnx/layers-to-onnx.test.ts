import { tensor } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error';
import { decodeOnnx } from './decoder';
import { encodeOnnx } from './encoder';
import type { OnnxLayer } from './layer';
import { layersOfOnnx } from './layers-from-onnx';
import { type OnnxOptions, onnxOfLayers } from './layers-to-onnx';

const fc: OnnxLayer = { kind: 'gemm', name: 'fc', weight: tensor([2, 4]), bias: tensor([2], [0.5, 1]) };
const flatten: OnnxLayer = { kind: 'flatten' };
const conv: OnnxLayer = {
  kind: 'conv',
  name: 'conv1',
  weight: tensor([3, 1, 2, 2]),
  strides: [1, 1],
  pads: [0, 0, 0, 0],
};
const inputShape = [1, 2, 2];

test('names are those of PyTorch, the batch is open', () => {
  const { opset, irVersion, graph, producer } = onnxOfLayers([flatten, fc], { inputShape, name: 'digits' });
  expect([opset, irVersion, producer.name, graph.name]).toEqual([17, 8, 'longhand', 'digits']);
  expect(graph.inputs).toEqual([{ name: 'input', elementType: 'float32', shape: ['batch', 1, 2, 2] }]);
  expect(graph.outputs).toEqual([{ name: 'logits', elementType: 'float32', shape: ['batch', 2] }]);
  expect([...graph.initializers.keys()]).toEqual(['fc.weight', 'fc.bias']);
  expect(graph.nodes.map(({ name, operator }) => `${operator} ${name}`)).toEqual(['Flatten flatten1', 'Gemm fc']);
});

test('a layer may be called as an layer without a name would be', () => {
  const layers: OnnxLayer[] = [{ ...conv, name: 'silu2' }, { kind: 'silu' }];
  const model = onnxOfLayers(layers, { inputShape });
  expect(model.graph.nodes.map(({ name }) => name)).toEqual(['silu2', 'silu2_.sigmoid', 'silu2_']);
  expect(layersOfOnnx(decodeOnnx(encodeOnnx(model))).layers).toEqual(layers);
});

test('nodes in branches are called after their block and branch', () => {
  const body: OnnxLayer[] = [{ kind: 'relu' }, { ...conv, name: 'block.body.conv', weight: tensor([1, 1, 1, 1]) }];
  const layers: OnnxLayer[] = [{ kind: 'tanh' }, { kind: 'residual', body, shortcut: [{ kind: 'sigmoid' }] }];
  const { nodes } = onnxOfLayers(layers, { inputShape, output: 'y' }).graph;
  expect(nodes.map(({ name, inputs, outputs }) => [name, inputs[0], outputs[0]])).toEqual([
    ['tanh1', 'input', 'tanh1.output'],
    ['residual2.body.relu1', 'tanh1.output', 'residual2.body.relu1.output'],
    ['block.body.conv', 'residual2.body.relu1.output', 'block.body.conv.output'],
    ['residual2.shortcut.sigmoid1', 'tanh1.output', 'residual2.shortcut.sigmoid1.output'],
    ['residual2', 'block.body.conv.output', 'y'],
  ]);
});

test('float64 is rounded to float32', () => {
  const weight = tensor(
    [2, 4],
    Float64Array.from({ length: 8 }, (_, k) => k / 3),
  );
  const { graph } = onnxOfLayers([{ kind: 'gemm', name: 'fc', weight }], { inputShape: [4] });
  expect(graph.initializers.get('fc.weight')?.data).toEqual(Float32Array.from({ length: 8 }, (_, k) => k / 3));
});

test('the same layers give the same bytes', () => {
  const write = () => encodeOnnx(onnxOfLayers([flatten, fc], { inputShape, metadata: { epochs: '3' } }));
  expect(write()).toEqual(write());
});

describe('refuses', () => {
  test.each([
    ['an old opset', [fc], { opset: 12 }, 'expected an opset of at least 13, got 12'],
    ['nothing', [], {}, 'expected at least one layer, got none'],
    [
      'an image for a fully connected layer',
      [fc],
      {},
      '"fc": expected a flat input, got one of the shape [1, 2, 2]; flatten it first',
    ],
    ['a layer of another width', [conv, flatten, fc], {}, '"fc": expected 4 inputs, got 3'],
    ['another number of channels', [conv, conv], {}, '"conv1": expected 1 channels of the input, got 3'],
    [
      'a convolution of a row',
      [flatten, conv],
      {},
      '"conv1": expected channels and one or two spatial axes, got a window [2, 2] for [4]',
    ],
    [
      'one name for two layers',
      [flatten, fc, { ...fc, weight: tensor([2, 2]) }],
      {},
      'expected every layer to have a name of its own, got "fc.weight" twice',
    ],
    [
      'a normalization behind a layer',
      [flatten, { kind: 'normalization', mean: [0], std: [1] }],
      {},
      '"normalization2": expected sums and products with constants at the input only, got one behind flatten',
    ],
    [
      'a normalization for other channels',
      [{ kind: 'normalization', mean: [0, 1], std: [1] }],
      {},
      '"normalization1": expected one number, or one for each of 1 channels, got 2',
    ],
    [
      'a standard deviation of zero',
      [{ kind: 'normalization', mean: [0], std: [0] }],
      {},
      '"normalization1": expected a standard deviation other than zero, got 0',
    ],
    [
      'a block without a body',
      [{ kind: 'residual', body: [], shortcut: [flatten] }],
      {},
      '"residual1": expected at least one layer in the body of a block, got none',
    ],
    [
      'branches of two shapes',
      [{ kind: 'residual', body: [flatten], shortcut: [] }],
      {},
      '"residual1": expected branches that give one shape, got [4] and [1, 2, 2]',
    ],
    [
      'a softmax in a branch',
      [flatten, { kind: 'residual', body: [{ kind: 'softmax' }], shortcut: [] }],
      {},
      '"residual2": expected a softmax outside the branches of a sum, got one within',
    ],
    [
      'a layer behind a softmax',
      [flatten, { kind: 'softmax' }, fc],
      {},
      '"fc": expected nothing behind softmax, got gemm',
    ],
  ] as [string, OnnxLayer[], Partial<OnnxOptions>, string][])('%s', (_, layers, options, message) => {
    expect(() => onnxOfLayers(layers, { inputShape, ...options })).toThrow(new FormatError(`onnxOfLayers: ${message}`));
  });
});
