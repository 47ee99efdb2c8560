/** Layers written for TensorFlow.js and read again: the same layers, whatever the order that they are written in. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Shape, seededRandom, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error';
import type { OnnxConv, OnnxLayer } from '../onnx/layer';
import { layersOfOnnx } from '../onnx/layers-from-onnx';
import { encodeTfjs } from './encode-tfjs';
import { decodeTfjs } from './tfjs-model';

const random = seededRandom(5);
const numbers = (shape: Shape): Tensor =>
  tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(0.25, 1)),
  );
const conv = (name: string, weight: Shape, options: Partial<OnnxConv> = {}): OnnxConv => {
  const none = weight.slice(2).flatMap(() => [0, 0]);
  return { kind: 'conv', name, weight: numbers(weight), strides: weight.slice(2).map(() => 1), pads: none, ...options };
};
const batchNorm = (name: string, channels: number): OnnxLayer => {
  const [weight, bias, mean, variance] = [1, 2, 3, 4].map(() => numbers([channels]));
  return { kind: 'batchNorm', name, weight, bias, mean, variance, epsilon: 0.001, momentum: 0.75 };
};
const gemm = (name: string, out: number, given: number): OnnxLayer => {
  return { kind: 'gemm', name, weight: numbers([out, given]), bias: numbers([out]) };
};

const cases: readonly (readonly [string, Shape, readonly OnnxLayer[]])[] = [
  [
    'images',
    [2, 9, 8],
    [
      { kind: 'normalization', mean: [0.5], std: [0.25] },
      conv('conv1', [3, 2, 3, 3], { strides: [2, 1], pads: [1, 1, 1, 1], bias: numbers([3]) }),
      batchNorm('bn1', 3),
      { kind: 'silu' },
      conv('conv2', [3, 3, 2, 2], { pads: [0, 0, 1, 1] }),
      { kind: 'hardSwish' },
      { kind: 'leakyRelu', negativeSlope: 0.125 },
      { kind: 'maxPool', window: [2, 2], strides: [2, 2], pads: [0, 0, 1, 0] },
      { kind: 'flatten' },
      batchNorm('bn2', 36),
      { kind: 'dropout', rate: 0.5 },
      gemm('fc', 4, 36),
      { kind: 'softmax' },
    ],
  ],
  [
    'groups, dilations and means',
    [2, 10, 10],
    [
      conv('deep', [4, 1, 3, 3], { groups: 2, bias: numbers([4]) }),
      conv('wide', [3, 4, 3, 3], { dilations: [2, 2] }),
      { kind: 'averagePool', window: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], countsPads: false },
      { kind: 'globalAveragePool' },
      { kind: 'flatten' },
    ],
  ],
  [
    'the middle of an image',
    [2, 9, 8],
    [{ kind: 'crop', border: [1, 0, 2, 3] }, conv('conv', [2, 2, 3, 3]), { kind: 'flatten' }, gemm('fc', 3, 24)],
  ],
  [
    'branches',
    [3, 6, 6],
    [
      conv('stem', [3, 3, 1, 1]),
      { kind: 'residual', body: [conv('block.body', [3, 3, 3, 3], { pads: [1, 1, 1, 1] })], shortcut: [] },
      { kind: 'relu' },
      { kind: 'flatten' },
      gemm('fc', 2, 108),
    ],
  ],
  ['a signal', [2, 12], [conv('conv', [3, 2, 4], { pads: [1, 2] }), { kind: 'flatten' }, gemm('fc', 2, 36)]],
  ['a list', [5], [gemm('one', 4, 5), { kind: 'tanh' }, gemm('two', 3, 4), { kind: 'hardSwish' }]],
  ['no dense layer', [2, 4, 4], [conv('conv', [3, 2, 3, 3]), { kind: 'flatten' }]],
];

const again = (files: ReadonlyMap<string, Uint8Array>, name = 'model.json') =>
  layersOfOnnx(
    decodeTfjs(files.get(name) as Uint8Array, name, { external: (path) => files.get(path) as Uint8Array }),
    name,
  );

test.each(cases)('%s come back as they were', (_, inputShape, layers) => {
  const files = encodeTfjs(layers, { inputShape });
  expect([...files.keys()]).toEqual(['group1-shard1of1.bin', 'model.json']);
  const { layers: read, inputShape: shape } = again(files);
  expect(shape).toEqual(inputShape);
  // A flatten behind a global mean is a part of it.
  expect(read).toEqual(layers);
});

test('weights of more than 4 MB are in several shards', () => {
  const layers = [gemm('one', 1000, 700), gemm('two', 1000, 1000)];
  const files = encodeTfjs(layers, { inputShape: [700] });
  expect([...files].map(([name, { length }]) => [name, length]).slice(0, -1)).toEqual([
    ['group1-shard1of2.bin', 4 * 2 ** 20],
    ['group1-shard2of2.bin', 4 * (1000 * 700 + 1000 * 1000 + 2000) - 4 * 2 ** 20],
  ]);
  // Not by `toEqual`, which takes seconds for a million numbers.
  expect(isDeepStrictEqual(again(files).layers, layers)).toBe(true);
});

test('what TensorFlow.js wrote is written the same way: kernels as they lie in its file', () => {
  const folder = new URL('../../fixtures/tfjs/', import.meta.url);
  const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
  const { layers, inputShape } = layersOfOnnx(decodeTfjs(bytesOf('nested.json'), 'nested', { external: bytesOf }));
  expect(encodeTfjs(layers, { inputShape }).get('group1-shard1of1.bin')).toEqual(bytesOf('nested-shard1of1.bin'));
});

test('metadata come back', () => {
  const files = encodeTfjs([gemm('fc', 2, 3)], { inputShape: [3], metadata: { longhand: 'text' } });
  const external = (path: string): Uint8Array => files.get(path) as Uint8Array;
  expect({ ...decodeTfjs(files.get('model.json') as Uint8Array, 'model.json', { external }).metadata }).toEqual({
    longhand: 'text',
  });
});

describe('refuses', () => {
  test.each<[string, Shape, OnnxLayer, string]>([
    [
      'an activation that TensorFlow.js lacks',
      [4],
      { kind: 'geluTanh' },
      'encodeTfjs: "geluTanh": expected a layer that TensorFlow.js has, got the activation geluTanh; export it as ONNX',
    ],
    [
      'groups of several channels',
      [4, 5, 5],
      conv('conv', [4, 2, 3, 3], { groups: 2 }),
      'encodeTfjs: "conv": expected one group, or one for each channel, as TensorFlow.js computes them, got 2; export it as ONNX',
    ],
    [
      'zeros around a maximum that are not those of same',
      [1, 8, 8],
      { kind: 'maxPool', window: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      'encodeTfjs: "maxPool": expected the padding of TensorFlow, same without counted zeros, got pads [1, 1, 1, 1]; export it as ONNX',
    ],
    [
      'strides with dilations',
      [1, 9, 9],
      conv('conv', [1, 1, 3, 3], { strides: [2, 2], dilations: [2, 2] }),
      'encodeTfjs: "conv": expected strides or dilations, as TensorFlow.js computes them, got strides [2, 2] and dilations [2, 2]; export it as ONNX',
    ],
    [
      'dilations of a group for each channel',
      [2, 9, 9],
      conv('conv', [2, 1, 3, 3], { groups: 2, dilations: [2, 2] }),
      'encodeTfjs: "conv": expected no dilation where each channel is a group, as TensorFlow.js computes them, got [2, 2]; export it as ONNX',
    ],
    [
      'a normalization of each channel',
      [3, 2, 2],
      { kind: 'normalization', mean: [0, 0, 0], std: [1, 2, 3] },
      'encodeTfjs: "normalization": expected one mean and one standard deviation, as TensorFlow.js rescales, got some for each channel; export it without the normalization',
    ],
  ])('%s', (_, inputShape, layer, message) => {
    expect(() => encodeTfjs([layer], { inputShape })).toThrow(new FormatError(message));
  });
});
