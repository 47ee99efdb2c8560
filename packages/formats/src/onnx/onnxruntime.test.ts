/**
 * The files that are written, run by another: onnxruntime gives what plain loops in float64 give.
 */
import { type Shape, seededRandom, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { env, InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { naiveNetwork } from '../../fixtures/naive-network';
import { onnxFigures, onnxFile } from '../../fixtures/onnx-files';
import { decodeOnnx } from './decoder';
import { encodeOnnx } from './encoder';
import type { OnnxLayer } from './layer';
import { layersOfOnnx } from './layers-from-onnx';
import { type OnnxOptions, onnxOfLayers } from './layers-to-onnx';

env.wasm.numThreads = 1;

const random = seededRandom(6);

/** Numbers within ±bound. */
function drawn(shape: Shape, bound: number): Tensor {
  return tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => (2 * random.uniform() - 1) * bound),
  );
}

/** Weights of the size that initializers give. */
function parameters(name: string, shape: Shape): { name: string; weight: Tensor; bias: Tensor } {
  return { name, weight: drawn(shape, 1 / Math.sqrt(sizeOf(shape.slice(1)))), bias: drawn([shape[0]], 0.1) };
}

const pool = { window: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] };
const conv = { strides: [1, 1], pads: [0, 0, 0, 0] };
const padded = { strides: [1, 1], pads: [1, 1, 1, 1] };

function batchNorm(name: string, channels: number): OnnxLayer {
  const numbers = (low: number): Tensor =>
    tensor(
      [channels],
      Float32Array.from({ length: channels }, () => low + random.uniform()),
    );
  const [weight, bias, mean, variance] = [numbers(0.5), numbers(-0.5), numbers(-0.5), numbers(0.2)];
  return { kind: 'batchNorm', name, weight, bias, mean, variance, epsilon: 2 ** -10, momentum: 0.75 };
}

const withoutBias = ({ name, weight }: ReturnType<typeof parameters>) => ({ name, weight });

/** conv 6@5×5, activation, pool, conv 12@5×5, activation, pool, flatten, fc 10. */
function documented(activation: 'relu' | 'sigmoid' | 'silu' | 'tanh', pooling: 'maxPool' | 'averagePool'): OnnxLayer[] {
  return [
    { kind: 'conv', ...parameters('conv1', [6, 1, 5, 5]), ...conv },
    { kind: activation },
    { kind: pooling, ...pool },
    { kind: 'conv', ...parameters('conv2', [12, 6, 5, 5]), ...conv },
    { kind: activation },
    { kind: pooling, ...pool },
    { kind: 'flatten' },
    { kind: 'gemm', ...parameters('fc', [10, 192]) },
  ];
}

const mnist: OnnxLayer = { kind: 'normalization', mean: [0.1307], std: [0.3081] };
const digits = [1, 28, 28];

const cases: [string, OnnxLayer[], Shape, Partial<OnnxOptions>?][] = [
  ['the documented network', documented('relu', 'maxPool'), digits],
  ['the documented network with means and sigmoids', documented('sigmoid', 'averagePool'), digits],
  ['the documented network with silu', documented('silu', 'maxPool'), digits],
  ['the documented network with tanh', documented('tanh', 'averagePool'), digits],
  ['normalization and softmax inside', [mnist, ...documented('relu', 'maxPool'), { kind: 'softmax' }], digits],
  [
    'log softmax and an identity',
    [...documented('relu', 'maxPool'), { kind: 'logSoftmax' }, { kind: 'identity' }],
    digits,
  ],
  ['the oldest opset', [mnist, ...documented('silu', 'averagePool'), { kind: 'softmax' }], digits, { opset: 13 }],
  ['a new opset', [mnist, ...documented('silu', 'averagePool'), { kind: 'softmax' }], digits, { opset: 22 }],
  [
    'a fixed batch and names of its own',
    documented('relu', 'maxPool'),
    digits,
    { batch: 3, input: 'image', output: 'scores' },
  ],
  [
    'uneven borders, strides and windows, three channels, no bias',
    [
      { kind: 'normalization', mean: [0.1, 0.2, 0.3], std: [0.5, 1, -2] },
      { kind: 'conv', ...withoutBias(parameters('c1', [4, 3, 3, 2])), strides: [2, 1], pads: [1, 0, 2, 1] },
      { kind: 'averagePool', window: [3, 2], strides: [1, 2], pads: [1, 0, 2, 1], countsPads: true },
      { kind: 'averagePool', window: [3, 2], strides: [1, 1], pads: [1, 0, 2, 1], countsPads: false },
      { kind: 'maxPool', window: [3, 2], strides: [2, 1], pads: [2, 1, 0, 0] },
      { kind: 'flatten' },
      { kind: 'gemm', ...withoutBias(parameters('f1', [5, 80])) },
    ],
    [3, 11, 9],
  ],
  [
    'groups and dilations',
    [
      { kind: 'conv', ...parameters('c1', [6, 2, 3, 2]), ...conv, groups: 2, dilations: [2, 3] },
      { kind: 'conv', ...parameters('c2', [6, 1, 3, 3]), strides: [2, 1], pads: [1, 0, 1, 2], groups: 6 },
      { kind: 'flatten' },
      { kind: 'gemm', ...parameters('f1', [5, 108]) },
    ],
    [4, 9, 9],
  ],
  ...[13, 17, 20].map((opset): (typeof cases)[number] => [
    `activations in opset ${opset}`,
    [
      { kind: 'conv', ...parameters('c1', [4, 1, 3, 3]), ...conv },
      { kind: 'leakyRelu', negativeSlope: 0.25 },
      { kind: 'gelu' },
      { kind: 'conv', ...parameters('c2', [4, 4, 3, 3]), ...conv },
      { kind: 'hardSwish' },
      { kind: 'geluTanh' },
      { kind: 'flatten' },
      { kind: 'gemm', ...parameters('f1', [9, 64]) },
      { kind: 'relu6' },
    ],
    [1, 8, 8],
    { opset },
  ]),
  [
    'a global average',
    [
      { kind: 'conv', ...parameters('c1', [4, 3, 3, 2]), ...conv },
      { kind: 'globalAveragePool' },
      { kind: 'relu' },
      { kind: 'flatten' },
      { kind: 'gemm', ...parameters('f1', [5, 4]) },
    ],
    [3, 7, 6],
  ],
  [
    'the middle of an image',
    [
      { kind: 'crop', border: [1, 2, 0, 1] },
      { kind: 'conv', ...parameters('c1', [2, 3, 3, 2]), ...conv },
      { kind: 'flatten' },
    ],
    [3, 7, 6],
  ],
  [
    'a signal in groups, dilated',
    [
      { kind: 'conv', ...parameters('c1', [4, 1, 3]), strides: [1], pads: [6, 0], groups: 2, dilations: [3] },
      { kind: 'flatten' },
      { kind: 'gemm', ...parameters('f1', [4, 36]) },
    ],
    [2, 9],
  ],
  [
    'a signal with one spatial axis',
    [
      { kind: 'conv', ...parameters('c1', [3, 2, 5]), strides: [2], pads: [1, 3] },
      { kind: 'tanh' },
      { kind: 'maxPool', window: [3], strides: [2], pads: [1, 0] },
      { kind: 'averagePool', window: [2], strides: [1], pads: [0, 1] },
      { kind: 'flatten' },
      { kind: 'gemm', ...parameters('f1', [4, 15]) },
    ],
    [2, 20],
  ],
  ...[13, 17].map((opset): (typeof cases)[number] => [
    `batch normalization, residual blocks and dropout in opset ${opset}`,
    [
      { kind: 'conv', ...withoutBias(parameters('conv1', [4, 2, 3, 3])), ...conv },
      batchNorm('bn1', 4),
      { kind: 'relu' },
      {
        kind: 'residual',
        body: [
          { kind: 'conv', ...parameters('block1.body.conv1', [4, 4, 3, 3]), ...padded },
          batchNorm('block1.body.bn1', 4),
          { kind: 'silu' },
          { kind: 'residual', body: [{ kind: 'tanh' }], shortcut: [] },
        ],
        shortcut: [],
      },
      {
        kind: 'residual',
        body: [{ kind: 'conv', ...parameters('block2.body.conv1', [6, 4, 3, 3]), strides: [2, 1], pads: [1, 1, 1, 1] }],
        shortcut: [
          { kind: 'conv', ...withoutBias(parameters('block2.shortcut.conv', [6, 4, 1, 1])), ...conv, strides: [2, 1] },
          batchNorm('block2.shortcut.bn', 6),
        ],
      },
      { kind: 'relu' },
      { kind: 'globalAveragePool' },
      { kind: 'flatten' },
      { kind: 'dropout', rate: 0.25 },
      { kind: 'gemm', ...parameters('fc', [5, 6]) },
      batchNorm('bn2', 5),
    ],
    [2, 8, 7],
    { opset },
  ]),
  [
    'a block at both ends',
    [mnist, { kind: 'residual', body: [{ kind: 'flatten' }], shortcut: [{ kind: 'flatten' }, { kind: 'tanh' }] }],
    [1, 3, 2],
  ],
  [
    'batch normalization of a signal',
    [
      { kind: 'conv', ...parameters('c1', [3, 2, 5]), strides: [2], pads: [1, 3] },
      batchNorm('bn1', 3),
      { kind: 'flatten' },
    ],
    [2, 20],
  ],
  ['a row of numbers', [{ kind: 'gemm', ...parameters('fc', [4, 7]) }, { kind: 'sigmoid' }], [7]],
];

async function run(
  bytes: Uint8Array,
  input: string,
  output: string,
  x: Float32Array,
  shape: Shape,
): Promise<number[][]> {
  const session = await InferenceSession.create(bytes);
  const results = await session.run({ [input]: new RuntimeTensor('float32', x, shape) });
  await session.release();
  const { data, dims } = results[output];
  const columns = sizeOf(dims.slice(1));
  return Array.from({ length: dims[0] }, (_, row) => [
    ...(data as Float32Array).subarray(row * columns, (row + 1) * columns),
  ]);
}

describe.each(cases)('%s', (_, layers, inputShape, options = {}) => {
  const bytes = encodeOnnx(onnxOfLayers(layers, { inputShape, ...options }));
  const kinds = layers.map(({ kind }) => kind);
  const ending = kinds.includes('softmax')
    ? 'probabilities'
    : kinds.includes('logSoftmax')
      ? 'log_probabilities'
      : 'logits';
  const { input = 'input', output = ending } = options;

  test.each([1, 3])('gives the same for %i inputs at once', async (count) => {
    const size = sizeOf(inputShape);
    const x = Float32Array.from({ length: count * size }, () => random.uniform());
    if (typeof options.batch === 'number' && options.batch !== count) {
      await expect(run(bytes, input, output, x, [count, ...inputShape])).rejects.toThrow('invalid dimensions');
      return;
    }
    const given = await run(bytes, input, output, x, [count, ...inputShape]);
    expect(given).toHaveLength(count);
    for (const [index, values] of given.entries()) {
      const expected = naiveNetwork(layers, inputShape, [...x.subarray(index * size, (index + 1) * size)]);
      expect(values).toHaveLength(expected.length);
      values.forEach((value, k) => {
        expect(Math.abs(value - expected[k])).toBeLessThan(1e-5);
      });
    }
  });

  test('comes back as it was', () => {
    const network = layersOfOnnx(decodeOnnx(bytes));
    expect(network.inputShape).toEqual(inputShape);
    expect(network.layers).toEqual(layers.map(inSingle));
  });
});

/** A file keeps float32. */
function inSingle(layer: OnnxLayer): OnnxLayer {
  if (layer.kind === 'averagePool') return { countsPads: true, ...layer };
  if (layer.kind !== 'normalization') return layer;
  const [mean, std] = [layer.mean.map(Math.fround), layer.std.map(Math.fround)];
  return { ...layer, mean, std };
}

const floatFiles = onnxFigures.filter(([name]) => /lenet-(?!.*newest)|functional|matrices|resnet|pre-act/.test(name));

test.each(floatFiles)("%s, read and written again, gives PyTorch's figures", async (name, { inputShape, output }) => {
  const { layers } = layersOfOnnx(decodeOnnx(onnxFile(name), name), name);
  const bytes = encodeOnnx(onnxOfLayers(layers, { inputShape, output: 'y' }));
  const x = Float32Array.from({ length: 2 * sizeOf(inputShape) }, (_, k) => ((37 * k + 11) % 101) / 128);
  const given = await run(bytes, 'input', 'y', x, [2, ...inputShape]);
  given.forEach((values, image) => {
    values.forEach((value, k) => {
      expect(Math.abs(value - output[image][k])).toBeLessThan(1e-5);
    });
  });
});
