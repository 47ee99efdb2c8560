/** The shape that a node gives, from those of its inputs, the batch included: as far as graphs compute with shapes. */
import { type Shape, sizeOf } from '@longhand/tensor';
import type { OnnxTensor } from './model';
import type { NodeView } from './node-view';
import {
  axesOf,
  axisOf,
  broadcastShape,
  type Constants,
  integersOf,
  permutationOf,
  reshapedBy,
} from './shape-operators';
import { windowCounts } from './windows';

/** What a rule looks at: the shape of each input, if it is known, and those inputs that are constants. */
export interface ShapedNode {
  readonly view: NodeView;
  readonly shape: (index: number) => Shape | undefined;
  readonly constant: Constants;
}

type ShapeRule = (node: ShapedNode, x: Shape) => Shape | undefined;

const windows: ShapeRule = ({ view }, [batch, channels, ...axes]) => {
  const kernel = view.ints('kernel_shape');
  return kernel && [batch, channels, ...windowCounts(view, axes, kernel)];
};
const single: ShapeRule = (_, [batch, channels, ...axes]) => [batch, channels, ...axes.map(() => 1)];
const both: ShapeRule = ({ shape }, x) => {
  const other = shape(1);
  return other && broadcastShape(x, other);
};
const reduced: ShapeRule = ({ view, constant }, x) => {
  const axes = axesOf(view, x.length, constant);
  if (axes === 'unknown') return undefined;
  const isReduced = (axis: number): boolean => axes === undefined || axes.includes(axis);
  if (view.int('keepdims', 1) === 1) return x.map((extent, axis) => (isReduced(axis) ? 1 : extent));
  return x.filter((_, axis) => !isReduced(axis));
};

/** Operators whose result has another shape than their first input. */
const rules: Readonly<Record<string, ShapeRule>> = {
  Conv: ({ view, shape }, [batch, , ...axes]) => {
    const [channels, , ...kernel] = shape(1) ?? [];
    return channels === undefined ? undefined : [batch, channels, ...windowCounts(view, axes, kernel)];
  },
  MaxPool: windows,
  AveragePool: windows,
  GlobalAveragePool: single,
  GlobalMaxPool: single,
  Gemm: ({ view, shape }, [rows]) => {
    const weight = shape(1);
    return weight && [rows, weight[view.int('transB', 0) === 1 ? 0 : 1] ?? 1];
  },
  MatMul: ({ shape }, x) => {
    const weight = shape(1);
    return weight?.length === 2 ? [...x.slice(0, -1), weight[1]] : undefined;
  },
  Add: both,
  Sub: both,
  Mul: both,
  Div: both,
  Sum: both,
  Max: both,
  Min: both,
  Pow: both,
  ReduceMean: reduced,
  ReduceMax: reduced,
  ArgMax: ({ view }, x) => {
    const axis = axisOf(view, view.int('axis', 0), x.length);
    if (view.int('keepdims', 1) === 1) return x.map((extent, at) => (at === axis ? 1 : extent));
    return x.filter((_, at) => at !== axis);
  },
  Transpose: ({ view }, x) => permutationOf(view, x.length).map((axis) => x[axis]),
  Pad: ({ view, constant }, x) => {
    const pads = view.ints('pads') ?? integersOf(view, constant(1));
    return pads?.length === 2 * x.length
      ? x.map((extent, axis) => extent + pads[axis] + pads[axis + x.length])
      : undefined;
  },
  Concat: ({ view, shape }, x) => {
    const axis = axisOf(view, view.int('axis', 0), x.length);
    const parts = view.node.inputs.map((_, index) => shape(index)?.[axis]);
    const length = parts.reduce<number>((sum, part) => sum + (part ?? Number.NaN), 0);
    return Number.isNaN(length) ? undefined : x.map((extent, at) => (at === axis ? length : extent));
  },
};

/** Operators that keep the shape of their first input. */
const keeping = new Set([
  ...[
    'Relu',
    'LeakyRelu',
    'PRelu',
    'Sigmoid',
    'Tanh',
    'Softmax',
    'LogSoftmax',
    'Log',
    'Exp',
    'Erf',
    'Clip',
    'HardSwish',
  ],
  ...['HardSigmoid', 'Gelu', 'Swish', 'Elu', 'BatchNormalization', 'Dropout', 'Identity'],
  ...['Cast', 'Sqrt', 'Neg', 'Reciprocal', 'Abs'],
]);

/** The shape of a node's first output; undefined where no rule knows it. */
export function inferredShape(node: ShapedNode): Shape | undefined {
  const x = node.shape(0);
  const { operator } = node.view.node;
  if (x === undefined) return undefined;
  if (keeping.has(operator)) return x;
  const shape = Object.hasOwn(rules, operator) ? rules[operator](node, x) : reshapedBy(node.view, x, node.constant);
  return shape?.every((extent) => Number.isSafeInteger(extent) && extent >= 0) && Number.isSafeInteger(sizeOf(shape))
    ? shape
    : undefined;
}

/** A shape as the graph has it: a list of 64-bit integers, of which Shape may take a part. */
export function shapeTensor(view: NodeView, shape: Shape): OnnxTensor {
  if (view.node.operator === 'Size') return { shape: [], data: BigInt64Array.of(BigInt(sizeOf(shape))) };
  const { length } = shape;
  const bound = (name: string, fallback: number): number => {
    const given = view.int(name, fallback);
    return Math.min(Math.max(given < 0 ? given + length : given, 0), length);
  };
  const part = shape.slice(bound('start', 0), bound('end', length));
  return { shape: [part.length], data: BigInt64Array.from(part, BigInt) };
}
