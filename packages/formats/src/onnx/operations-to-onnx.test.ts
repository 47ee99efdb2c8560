import { tensor } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error';
import { decodeOnnx } from './decoder';
import { encodeOnnx } from './encoder';
import type { OnnxOperation } from './operation';
import { operationsOfOnnx } from './operations-from-onnx';
import { type OnnxOptions, onnxOfOperations } from './operations-to-onnx';

const fc: OnnxOperation = { kind: 'gemm', name: 'fc', weight: tensor([2, 4]), bias: tensor([2], [0.5, 1]) };
const flatten: OnnxOperation = { kind: 'flatten' };
const conv: OnnxOperation = {
  kind: 'conv',
  name: 'conv1',
  weight: tensor([3, 1, 2, 2]),
  strides: [1, 1],
  pads: [0, 0, 0, 0],
};
const inputShape = [1, 2, 2];

test('names are those of PyTorch, the batch is open', () => {
  const { opset, irVersion, graph, producer } = onnxOfOperations([flatten, fc], { inputShape, name: 'digits' });
  expect([opset, irVersion, producer.name, graph.name]).toEqual([17, 8, 'longhand', 'digits']);
  expect(graph.inputs).toEqual([{ name: 'input', elementType: 'float32', shape: ['batch', 1, 2, 2] }]);
  expect(graph.outputs).toEqual([{ name: 'logits', elementType: 'float32', shape: ['batch', 2] }]);
  expect([...graph.initializers.keys()]).toEqual(['fc.weight', 'fc.bias']);
  expect(graph.nodes.map(({ name, operator }) => `${operator} ${name}`)).toEqual(['Flatten flatten1', 'Gemm fc']);
});

test('a layer may be called as an operation without a name would be', () => {
  const operations: OnnxOperation[] = [{ ...conv, name: 'silu2' }, { kind: 'silu' }];
  const model = onnxOfOperations(operations, { inputShape });
  expect(model.graph.nodes.map(({ name }) => name)).toEqual(['silu2', 'silu2_.sigmoid', 'silu2_']);
  expect(operationsOfOnnx(decodeOnnx(encodeOnnx(model))).operations).toEqual(operations);
});

test('float64 is rounded to float32', () => {
  const weight = tensor(
    [2, 4],
    Float64Array.from({ length: 8 }, (_, k) => k / 3),
  );
  const { graph } = onnxOfOperations([{ kind: 'gemm', name: 'fc', weight }], { inputShape: [4] });
  expect(graph.initializers.get('fc.weight')?.data).toEqual(Float32Array.from({ length: 8 }, (_, k) => k / 3));
});

test('the same operations give the same bytes', () => {
  const write = () => encodeOnnx(onnxOfOperations([flatten, fc], { inputShape, metadata: { epochs: '3' } }));
  expect(write()).toEqual(write());
});

describe('refuses', () => {
  test.each([
    ['an old opset', [fc], { opset: 12 }, 'expected an opset of at least 13, got 12'],
    ['nothing', [], {}, 'expected at least one operation, got none'],
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
      'a layer behind a softmax',
      [flatten, { kind: 'softmax' }, fc],
      {},
      '"fc": expected nothing behind softmax, got gemm',
    ],
  ] as [string, OnnxOperation[], Partial<OnnxOptions>, string][])('%s', (_, operations, options, message) => {
    expect(() => onnxOfOperations(operations, { inputShape, ...options })).toThrow(
      new FormatError(`onnxOfOperations: ${message}`),
    );
  });
});
