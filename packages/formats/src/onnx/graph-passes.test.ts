/** The passes before recognition: order, and what constants give. */
import { describe, expect, test } from 'vitest';
import { floats, int, ints, type Line, layersOf, modelOf } from '../../fixtures/onnx-graphs';
import { FormatError } from '../format-error';
import { foldConstants } from './constant-folding';
import { layersOfOnnx } from './layers-from-onnx';
import type { OnnxAttribute, OnnxTensor } from './model';
import { OPEN_BATCH } from './open-batch';
import { orderedNodes } from './ordered-nodes';

const whole = (...values: number[]): OnnxTensor => ({
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const constant = (name: string, value: OnnxTensor): Line => [
  'Constant',
  '',
  name,
  { value: { type: 'tensor', value } },
];

/** What a name is after folding. */
function folded(lines: readonly Line[], name = 'y'): OnnxTensor | undefined {
  const { graph } = modelOf(lines);
  return foldConstants(graph, { name: 'x', shape: [OPEN_BATCH, 2, 3, 3] }, 'onnx').graph.initializers.get(name);
}

describe('order', () => {
  test('nodes in any order, and one that keeps its place', () => {
    const { graph } = modelOf([
      ['Tanh', 'b', 'y'],
      ['Sigmoid', 'x', 'unused'],
      ['Relu', 'a', 'b'],
      ['Add', 'x x', 'a'],
    ]);
    expect(orderedNodes(graph, 'onnx').nodes.map(({ operator }) => operator)).toEqual(['Add', 'Relu', 'Tanh']);
  });

  test.each<[string, Line[]]>([
    ['itself', [['Relu', 'y', 'y']]],
    [
      'one behind it',
      [
        ['Relu', 'b', 'a'],
        ['Relu', 'a', 'b'],
        ['Add', 'a x', 'y'],
      ],
    ],
  ])('refuses a node that needs %s', (_, lines) => {
    expect(() => layersOf(lines)).toThrow(/^onnx: expected nodes without a cycle, got one through "[aby]"$/);
  });

  test('a long chain backward', () => {
    const name = (k: number): string => (k === 0 ? 'x' : k === 900 ? 'y' : `r${k}`);
    const lines = Array.from({ length: 900 }, (_, k): Line => ['Relu', name(k), name(k + 1)]).reverse();
    expect(layersOf(lines)).toHaveLength(900);
  });
});

describe('constants', () => {
  const matrix = floats([2, 3], 1, 2, 3, 4, 5, 6);
  test.each<[string, Line[], OnnxTensor]>([
    [
      'Transpose',
      [constant('m', matrix), ['Transpose', 'm', 'y', { perm: ints(1, 0) }]],
      floats([3, 2], 1, 4, 2, 5, 3, 6),
    ],
    [
      'Concat',
      [constant('m', matrix), ['Concat', 'm m', 'y', { axis: int(1) }]],
      floats([2, 6], 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6),
    ],
    [
      'Gather',
      [constant('m', matrix), constant('i', whole(2, -3)), ['Gather', 'm i', 'y', { axis: int(1) }]],
      floats([2, 2], 3, 1, 6, 4),
    ],
    [
      'Slice backward',
      [
        constant('m', matrix),
        ...[
          ['s', -1],
          ['e', -9],
          ['a', 1],
          ['t', -2],
        ].map(([name, value]) => constant(name as string, whole(value as number))),
        ['Slice', 'm s e a t', 'y'],
      ],
      floats([2, 2], 3, 1, 6, 4),
    ],
    [
      'Expand',
      [constant('m', floats([2, 1], 1, 2)), constant('s', whole(2, 2)), ['Expand', 'm s', 'y']],
      floats([2, 2], 1, 1, 2, 2),
    ],
    ['Sub', [constant('m', matrix), ['Sub', 'm row', 'y']], floats([2, 3], 0, 0, 0, 3, 3, 3)],
    ['Div of integers', [constant('a', whole(7, -7)), constant('b', whole(2)), ['Div', 'a b', 'y']], whole(3, -3)],
    ['Sqrt', [constant('m', floats([1], 6.25)), ['Sqrt', 'm', 'y']], floats([1], 2.5)],
    ['Cast', [constant('m', floats([2], 2.7, -2.7)), ['Cast', 'm', 'y', { to: int(7) }]], whole(2, -2)],
    [
      'Where',
      [constant('m', matrix), constant('n', floats([1], 0)), ['Equal', 'm row', 'c'], ['Where', 'c m n', 'y']],
      floats([2, 3], 1, 2, 3, 0, 0, 0),
    ],
    [
      'ConstantOfShape',
      [
        constant('s', whole(2)),
        ['ConstantOfShape', 's', 'y', { value: { type: 'tensor', value: whole(4) } as OnnxAttribute }],
      ],
      whole(4, 4),
    ],
    [
      'the shape of a value',
      [
        ['Transpose', 'x', 't', { perm: ints(0, 2, 3, 1) }],
        ['Shape', 't', 'y', { start: int(-3), end: int(9) }],
      ],
      whole(3, 3, 2),
    ],
    [
      'a part of it',
      [
        ['MaxPool', 'x', 'p', { kernel_shape: ints(2, 2) }],
        ['Shape', 'p', 'y'],
      ],
      whole(OPEN_BATCH, 2, 2, 2),
    ],
  ])('%s', (_, lines, expected) => {
    expect(folded(lines)).toEqual(expected);
  });

  test('constants that grow without end are none', () => {
    const lines = Array.from({ length: 30 }, (_, k): Line => {
      const from = k === 0 ? 'row' : `c${k}`;
      return ['Concat', `${from} ${from}`, k === 29 ? 'y' : `c${k + 1}`, { axis: int(0) }];
    });
    expect(() => layersOf(lines)).toThrow(
      /^onnx: node ".+" \(Concat\): not one of the operators that this project knows/,
    );
  });

  test.each<[string, Line[], string]>([
    [
      'an order of other axes',
      [['Transpose', 'x', 'y', { perm: ints(0, 1, 2) }]],
      'expected an order of 4 axes, got "[0, 1, 2]"',
    ],
    [
      'numbers that exceed integers',
      [constant('a', whole(2 ** 52)), ['Mul', 'a a', 'y']],
      'expected whole numbers within ±2⁵³ as the result, got larger ones',
    ],
    [
      'a cast of an infinity',
      [constant('a', floats([1], Infinity)), ['Cast', 'a', 'y', { to: int(7) }]],
      'expected a whole number, got Infinity',
    ],
    [
      'parts of two types',
      [['Concat', 'row whole', 'y', { axis: int(0) }]],
      'expected parts of one shape but for axis 0',
    ],
  ])('refuses %s', (_, lines, message) => {
    expect(() => layersOf(lines)).toThrow(FormatError);
    expect(() => layersOf(lines)).toThrow(message);
  });
});

describe('axes', () => {
  test('sums and products behind a layer are a part of it, and elsewhere a batch normalization', () => {
    const [conv] = layersOf([
      ['Conv', 'x conv.weight', 'c'],
      ['Mul', 'c half', 'm'],
      ['Add', 'm half', 'y'],
    ]);
    expect(conv).toMatchObject({ kind: 'conv', bias: { data: Float32Array.of(0.5) } });
    expect(conv).toMatchObject({ weight: { data: Float32Array.from([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]) } });
    const layers = layersOf([
      ['Relu', 'x', 'r'],
      ['Sub', 'channels r', 'y'],
    ]);
    expect(layers[1]).toMatchObject({
      kind: 'batchNorm',
      name: 'bn',
      weight: { data: Float32Array.of(-1, -1) },
      bias: { data: Float32Array.of(1, 2) },
    });
  });

  test('a list with an axis of 1 behind it is normalized as a list', () => {
    const layers = layersOf([
      ['Flatten', 'x', 'f'],
      ['Gemm', 'f fc.weight', 'g', { transB: int(1) }],
      ['Unsqueeze', 'g', 'u', { axes: ints(2) }],
      ['BatchNormalization', 'u row row row row', 'n'],
      ['Squeeze', 'n', 's', { axes: ints(2) }],
      ['Relu', 's', 'y'],
    ]);
    expect(layers.map(({ kind }) => kind)).toEqual(['flatten', 'gemm', 'batchNorm', 'relu']);
  });

  test('of several outputs the one that depends on all others', () => {
    const model = modelOf([
      ['Relu', 'x', 'hidden'],
      ['Tanh', 'hidden', 'y'],
      ['Sigmoid', 'y', 'other'],
    ]);
    const output = (name: string) => ({ name, elementType: 'float32' as const });
    const layersTo = (...names: string[]) =>
      layersOfOnnx({ ...model, graph: { ...model.graph, outputs: names.map(output) } }).layers.map(({ kind }) => kind);
    expect(layersTo('hidden', 'y')).toEqual(['relu', 'tanh']);
    expect(layersTo('y', 'hidden', 'other')).toEqual(['relu', 'tanh', 'sigmoid']);
  });

  test('a weight that two nodes share belongs to two layers', () => {
    const layers = layersOf([
      ['Flatten', 'x', 'f'],
      ['Gemm', 'f fc.weight', 'g', { transB: int(1) }],
      ['Gemm', 'f fc.weight', 'h', { transB: int(1) }],
      ['Add', 'g h', 'y'],
    ]);
    expect(layers[1]).toMatchObject({ body: [{ name: 'fc' }], shortcut: [{ name: 'fc_2' }] });
  });

  test.each<[string, Line[], string]>([
    [
      'another batch',
      [['Transpose', 'x', 'y', { perm: ints(1, 0, 2, 3) }]],
      'expected the batch to stay the first axis, got the order [1,0,2,3]',
    ],
    [
      'columns for rows',
      [
        ['Transpose', 'x', 't', { perm: ints(0, 1, 3, 2) }],
        ['Conv', 't conv.weight', 'y'],
      ],
      'node "y" (Conv): expected rows before columns in the input [2, 3, 3], got other axes for [2, 3, 3]',
    ],
    [
      'an image that is transposed within',
      [
        ['Conv', 'x conv.weight', 'c'],
        ['Transpose', 'c', 't', { perm: ints(0, 1, 3, 2) }],
        ['Relu', 't', 'r'],
        ['MaxPool', 'r', 'y', { kernel_shape: ints(1, 1) }],
      ],
      'expected axes in the order of [1, 2, 2], channels first, got [1, 2, 2]',
    ],
    [
      'a Pad before something else',
      [
        ['Relu', 'x', 'r'],
        ['Pad', 'r p', 'q'],
        ['Relu', 'q', 'y'],
      ],
      'expected a convolution or a mean behind a Pad, got something else',
    ],
    [
      'something behind the class',
      [
        ['Flatten', 'x', 'f'],
        ['ArgMax', 'f', 'a', { axis: int(1) }],
        ['Relu', 'a', 'y'],
      ],
      'expected nothing behind ArgMax, got more',
    ],
  ])('refuses %s', (_, lines, message) => {
    expect(() => layersOf([constant('p', whole(0, 0, 1, 1, 0, 0, 1, 1)), ...lines])).toThrow(message);
  });
});
