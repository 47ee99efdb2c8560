/** The operators of small networks in every version from opset 7 to the newest, in the form that each has there. */
import { seededRandom } from '@longhand/tensor';
import { expect, test } from 'vitest';
import { decodeOnnx } from './decoder';
import { encodeOnnx } from './encoder';
import { layersOfOnnx } from './layers-from-onnx';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './model';

const random = seededRandom(12);
const floats = (...shape: readonly number[]): OnnxTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((size, extent) => size * extent, 1) }, () => 0.5 + random.uniform()),
});
const int = (value: number): OnnxAttribute => ({ type: 'int', value });
const ints = (...value: readonly number[]): OnnxAttribute => ({ type: 'ints', value });
const float = (value: number): OnnxAttribute => ({ type: 'float', value });

const initializers = new Map([
  ['conv1.weight', floats(4, 1, 3, 3)],
  ['conv2.weight', floats(8, 2, 3, 3)],
  ['conv3.weight', floats(8, 1, 3, 3)],
  ...['weight', 'bias', 'running_mean', 'running_var'].map((name) => [`bn.${name}`, floats(8)] as const),
  ['low', { shape: [], data: Float32Array.of(0) }],
  ['high', { shape: [], data: Float32Array.of(6) }],
  ['fc.weight', floats(10, 8)],
]);

/** One node behind another: its operator, the constants, and its attributes. */
type Step = readonly [operator: string, others: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>>];

function stepsOf(opset: number): readonly Step[] {
  const isSince = (first: number, step: Step): readonly Step[] => (opset >= first ? [step] : []);
  return [
    ['Conv', ['conv1.weight'], { dilations: ints(2, 2), pads: ints(2, 2, 2, 2) }],
    ['LeakyRelu', [], { alpha: float(0.25) }],
    ['MaxPool', [], { kernel_shape: ints(2, 2), strides: ints(2, 2) }],
    ['Conv', ['conv2.weight'], { group: int(2), strides: ints(2, 2), pads: ints(1, 1, 1, 1) }],
    ['BatchNormalization', ['bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'], {}],
    // Bounds are attributes until opset 10, inputs from 11 on.
    opset < 11 ? ['Clip', [], { min: float(0), max: float(6) }] : ['Clip', ['low', 'high'], {}],
    ['Conv', ['conv3.weight'], { group: int(8), pads: ints(1, 1, 1, 1) }],
    ...isSince(14, ['HardSwish', [], {}]),
    ...isSince(20, ['Gelu', [], {}]),
    ...isSince(20, ['Gelu', [], { approximate: { type: 'string', value: 'tanh' } }]),
    ['GlobalAveragePool', [], {}],
    ['Flatten', [], {}],
    ['Gemm', ['fc.weight'], { transB: int(1) }],
  ];
}

test.each(Array.from({ length: 22 }, (_, k) => k + 7))('opset %i', (opset) => {
  const steps = stepsOf(opset);
  const nodes = steps.map(
    ([operator, others, attributes], at): OnnxNode => ({
      name: '',
      operator,
      domain: '',
      inputs: [at === 0 ? 'x' : `value${at - 1}`, ...others],
      outputs: [`value${at}`],
      attributes: new Map(Object.entries(attributes)),
    }),
  );
  const value = (name: string, ...shape: readonly (number | string)[]) =>
    ({ name, elementType: 'float32', shape }) as const;
  const bytes = encodeOnnx({
    irVersion: 8,
    opset,
    producer: { name: 'test', version: '' },
    metadata: {},
    graph: {
      name: 'graph',
      inputs: [value('x', 'n', 1, 28, 28)],
      outputs: [value(`value${steps.length - 1}`, 'n', 10)],
      nodes,
      initializers,
    },
  });
  const { layers } = layersOfOnnx(decodeOnnx(bytes, 'network.onnx'), 'network.onnx');
  const later = [...(opset >= 14 ? ['hardSwish'] : []), ...(opset >= 20 ? ['gelu', 'geluTanh'] : [])];
  expect(layers.map(({ kind }) => kind)).toEqual([
    'conv',
    'leakyRelu',
    'maxPool',
    'conv',
    'batchNorm',
    'relu6',
    'conv',
    ...later,
    'globalAveragePool',
    'flatten',
    'gemm',
  ]);
  const [dilated, , , grouped] = layers;
  expect(dilated).toMatchObject({ dilations: [2, 2], pads: [2, 2, 2, 2] });
  expect(grouped).toMatchObject({ groups: 2, strides: [2, 2] });
});
