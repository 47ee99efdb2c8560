/**
 * Operators on constants: what exporters leave for the runtime to compute, such as the shape that a value is reshaped to, a
 * transposed weight, or √(variance + ε). Weights are of float32, and so is the arithmetic.
 */
import { formatShape, pow, type Shape, sizeOf, stridesOf } from '@longhand/tensor';
import { shown } from '../format-error';
import { elementTypeName, elementTypes, type OnnxAttribute, type OnnxTensor } from './model';
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

/** What an operator may use. */
export interface ConstantNode {
  readonly view: NodeView;
  /** The inputs, all of which are known; undefined for those that are left out. */
  readonly input: Constants;
  /** Counts so many new entries, and returns their count. Throws where the graph makes more than its file could need. */
  readonly take: (count: number) => number;
}

type ConstantOperator = (node: ConstantNode) => OnnxTensor;

/** The operators by name. */
export const constantOperators: Readonly<Record<string, ConstantOperator>> = {
  Constant: ({ view }) => constantOf(view),
  Identity: (node) => needed(node, 0),
  Cast: (node) => cast(node, node.view.int('to', 0)),
  CastLike: (node) => castLike(node),
  DequantizeLinear: (node) => dequantized(node),
  ConstantOfShape: (node) => {
    const shape = shapeInput(node, 0);
    const value = node.view.any('value');
    const filling = value?.type === 'tensor' ? value.value : { shape: [1], data: Float32Array.of(0) };
    return gathered(node, filling, shape, () => 0);
  },
  Reshape: withOtherAxes,
  Flatten: withOtherAxes,
  Squeeze: withOtherAxes,
  Unsqueeze: withOtherAxes,
  Transpose: (node) => {
    const source = needed(node, 0);
    const perm = permutationOf(node.view, source.shape.length);
    const strides = stridesOf(source.shape);
    const shape = perm.map((axis) => source.shape[axis]);
    const moved = perm.map((axis) => strides[axis]);
    return gathered(node, source, shape, (indices) =>
      indices.reduce((sum, index, axis) => sum + index * moved[axis], 0),
    );
  },
  Concat: concatenated,
  Gather: (node) => {
    const source = needed(node, 0);
    const picks = needed(node, 1);
    const axis = axisOf(node.view, node.view.int('axis', 0), source.shape.length);
    const length = source.shape[axis];
    const counted = [...picks.data].map(Number);
    const indices = counted.map((pick) => (pick < 0 ? pick + length : pick));
    const wrong = indices.find((index) => !(index >= 0 && index < length));
    if (wrong !== undefined) {
      node.view.refuse(`expected an index into ${formatShape(source.shape)}, got ${wrong}`);
    }
    const before = source.shape.slice(0, axis);
    const after = source.shape.slice(axis + 1);
    const inner = sizeOf(after);
    const shape = [...before, ...picks.shape, ...after];
    const count = sizeOf(shape);
    return filled(node, source, shape, (k) => {
      const picked = indices[Math.floor(k / inner) % indices.length];
      const outer = Math.floor(k / (inner * indices.length));
      return count === 0 ? 0 : (outer * length + picked) * inner + (k % inner);
    });
  },
  Slice: sliced,
  Expand: (node) => {
    const source = needed(node, 0);
    const shape = broadcastShape(source.shape, shapeInput(node, 1));
    if (shape === undefined) return node.view.refuse(`expected a shape that ${formatShape(source.shape)} fits`);
    const at = broadcastIndex(source.shape, shape);
    return gathered(node, source, shape, at);
  },
  Where: (node) => {
    const [condition, one, other] = [0, 1, 2].map((index) => needed(node, index));
    const both = broadcastShape(one.shape, other.shape);
    const shape = both && broadcastShape(condition.shape, both);
    if (shape === undefined) return node.view.refuse('expected three shapes that fit each other');
    const at = [condition, one, other].map((tensor) => broadcastIndex(tensor.shape, shape));
    const result = emptyLike(node, one, shape);
    forEachIndex(shape, (indices, k) => {
      const chosen = condition.data[at[0](indices)] ? ([one, at[1]] as const) : ([other, at[2]] as const);
      result.data[k] = chosen[0].data[chosen[1](indices)] as never;
    });
    return result;
  },
  ReduceProd: (node) => {
    const source = needed(node, 0);
    const axes = axesOf(node.view, source.shape.length, node.input);
    if (source.shape.length !== 1 || (axes !== undefined && axes.length !== 1)) {
      node.view.refuse(`expected the product of a list, got one of ${formatShape(source.shape)}`);
    }
    const shape = node.view.int('keepdims', 1) === 1 ? [1] : [];
    const result = emptyLike(node, source, shape);
    const one = source.data instanceof BigInt64Array ? 1n : 1;
    const multiplied = (product: Numeric, value: Numeric): Numeric => checkedInteger(node, binary.Mul(product, value));
    result.data[0] = [...source.data].reduce<Numeric>(multiplied, one) as never;
    return result;
  },
  ...Object.fromEntries(
    (['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min'] as const).map((operator) => [
      operator,
      (node: ConstantNode) => elementwise(node, binary[operator]),
    ]),
  ),
  Equal: (node) => compared(node, (a, b) => a === b),
  ...Object.fromEntries(
    Object.entries<(x: number) => number>({
      Sqrt: Math.sqrt,
      Reciprocal: (x) => 1 / x,
      Floor: Math.floor,
      Ceil: Math.ceil,
    }).map(([operator, apply]) => [operator, (node: ConstantNode) => mapped(node, apply)]),
  ),
  Neg: (node) =>
    mapped(
      node,
      (x) => -x,
      (x) => -x,
    ),
  Abs: (node) => mapped(node, Math.abs, (x) => (x < 0n ? -x : x)),
};

type Numeric = number | bigint;

/** 2⁵³: what other integers are not beyond. */
const LARGEST = 9_007_199_254_740_992n;

const ofInts =
  (floats: (a: number, b: number) => number, ints: (a: bigint, b: bigint) => bigint) =>
  (a: Numeric, b: Numeric): Numeric =>
    typeof a === 'bigint' && typeof b === 'bigint' ? ints(a, b) : floats(Number(a), Number(b));

function integerPower(base: bigint, exponent: bigint): bigint {
  let power = 1n;
  for (let count = 0n; count < exponent && power < LARGEST; count++) power *= base;
  return power;
}

const isBefore = (a: bigint, b: bigint): boolean => a < b;

/** The result of two numbers of one type. */
const binary = {
  Add: ofInts(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  Sub: ofInts(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  Mul: ofInts(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  // Integers divide toward zero, in ONNX as in BigInt. A division by zero has no defined result there.
  Div: ofInts(
    (a, b) => a / b,
    (a, b) => (b === 0n ? 0n : a / b),
  ),
  Pow: ofInts(pow, integerPower),
  Max: ofInts(Math.max, (a, b) => (isBefore(a, b) ? b : a)),
  Min: ofInts(Math.min, (a, b) => (isBefore(a, b) ? a : b)),
};

function needed({ view, input }: ConstantNode, index: number): OnnxTensor {
  return input(index) ?? view.refuse(`expected a constant as input ${index + 1}, got none`);
}

function shapeInput(node: ConstantNode, index: number): Shape {
  const shape = integersOf(node.view, needed(node, index)) ?? [];
  if (shape.every((extent) => extent >= 0)) return shape;
  return node.view.refuse(`expected a shape, got ${shown(formatShape(shape))}`);
}

/** A tensor of the type of another one, full of zeros. */
function emptyLike({ take }: ConstantNode, { data }: OnnxTensor, shape: Shape): OnnxTensor {
  const count = take(sizeOf(shape));
  if (data instanceof BigInt64Array) return { shape, data: new BigInt64Array(count) };
  return { shape, data: data instanceof Float64Array ? new Float64Array(count) : new Float32Array(count) };
}

/** Entry k of the result is the entry of the source that a function names. */
function filled(node: ConstantNode, source: OnnxTensor, shape: Shape, at: (k: number) => number): OnnxTensor {
  const result = emptyLike(node, source, shape);
  for (let k = 0; k < result.data.length; k++) result.data[k] = source.data[at(k)] as never;
  return result;
}

function gathered(
  node: ConstantNode,
  source: OnnxTensor,
  shape: Shape,
  at: (indices: readonly number[]) => number,
): OnnxTensor {
  const result = emptyLike(node, source, shape);
  forEachIndex(shape, (indices, k) => {
    result.data[k] = source.data[at(indices)] as never;
  });
  return result;
}

function forEachIndex(shape: Shape, visit: (indices: readonly number[], k: number) => void): void {
  const count = sizeOf(shape);
  const indices = shape.map(() => 0);
  for (let k = 0; k < count; k++) {
    visit(indices, k);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      indices[axis]++;
      if (indices[axis] < shape[axis]) break;
      indices[axis] = 0;
    }
  }
}

/** Where an entry of a larger shape comes from in a smaller one. */
function broadcastIndex(from: Shape, to: Shape): (indices: readonly number[]) => number {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return (indices) =>
    from.reduce((sum, extent, axis) => sum + (extent === 1 ? 0 : indices[axis + offset]) * strides[axis], 0);
}

function withOtherAxes(node: ConstantNode): OnnxTensor {
  const source = needed(node, 0);
  const shape = reshapedBy(node.view, source.shape, node.input) ?? node.view.refuse('expected a shape, got none');
  return { shape, data: source.data };
}

function concatenated(node: ConstantNode): OnnxTensor {
  const { view } = node;
  const parts = view.node.inputs.map((_, index) => needed(node, index));
  const [first] = parts;
  const axis = axisOf(view, view.int('axis', 0), first.shape.length);
  const outer = sizeOf(first.shape.slice(0, axis));
  const length = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = first.shape.map((extent, at) => (at === axis ? length : extent));
  const fits = parts.every(
    (part) =>
      part.data instanceof BigInt64Array === first.data instanceof BigInt64Array &&
      part.shape.length === shape.length &&
      part.shape.every((extent, at) => at === axis || extent === shape[at]),
  );
  if (!fits) view.refuse(`expected parts of one shape but for axis ${axis}`);
  const result = emptyLike(node, first, shape);
  let start = 0;
  const rowLength = sizeOf(shape.slice(axis));
  for (const part of parts) {
    const partLength = sizeOf(part.shape.slice(axis));
    for (let row = 0; row < outer; row++) {
      const rowOfPart = part.data.subarray(row * partLength, (row + 1) * partLength);
      (result.data as Float32Array).set(rowOfPart as Float32Array, row * rowLength + start);
    }
    start += partLength;
  }
  return result;
}

function sliced(node: ConstantNode): OnnxTensor {
  const { view, input } = node;
  const source = needed(node, 0);
  const list = (name: string, index: number): readonly number[] | undefined =>
    view.ints(name) ?? integersOf(view, input(index));
  const starts = list('starts', 1) ?? view.refuse('expected starts, got none');
  const ends = list('ends', 2) ?? view.refuse('expected ends, got none');
  const axes = list('axes', 3) ?? starts.map((_, axis) => axis);
  const steps = integersOf(view, input(4)) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    view.refuse(`expected an end, an axis and a step for each of ${starts.length} starts`);
  }
  const shape = [...source.shape];
  const first = shape.map(() => 0);
  const step = shape.map(() => 1);
  for (const [k, given] of axes.entries()) {
    const axis = axisOf(view, given, shape.length);
    const length = source.shape[axis];
    const by = steps[k];
    if (by === 0) view.refuse('expected a step other than 0');
    const clamped = (bound: number): number => {
      const counted = bound < 0 ? bound + length : bound;
      return by > 0 ? Math.min(Math.max(counted, 0), length) : Math.min(Math.max(counted, -1), length - 1);
    };
    first[axis] = clamped(starts[k]);
    step[axis] = by;
    shape[axis] = Math.max(0, Math.ceil((clamped(ends[k]) - first[axis]) / by));
  }
  const strides = stridesOf(source.shape);
  return gathered(node, source, shape, (indices) =>
    indices.reduce((sum, index, axis) => sum + (first[axis] + index * step[axis]) * strides[axis], 0),
  );
}

function elementwise(node: ConstantNode, apply: (a: Numeric, b: Numeric) => Numeric): OnnxTensor {
  const [one, other] = [needed(node, 0), needed(node, 1)];
  if (node.view.node.inputs.length > 2) node.view.refuse('expected two constants, got more');
  const shape = broadcastShape(one.shape, other.shape);
  if (shape === undefined) {
    return node.view.refuse(`expected shapes that fit, got ${formatShape(one.shape)} and ${formatShape(other.shape)}`);
  }
  const [at, otherAt] = [broadcastIndex(one.shape, shape), broadcastIndex(other.shape, shape)];
  const result = emptyLike(node, one, shape);
  const areInts = result.data instanceof BigInt64Array;
  if (areInts !== other.data instanceof BigInt64Array) node.view.refuse('expected two constants of one type');
  forEachIndex(shape, (indices, k) => {
    result.data[k] = checkedInteger(node, apply(one.data[at(indices)], other.data[otherAt(indices)])) as never;
  });
  return result;
}

/** Integers of 32 bits would overflow where those of 64 do not, so larger results are refused. */
function checkedInteger({ view }: ConstantNode, value: Numeric): Numeric {
  if (typeof value !== 'bigint' || (value < LARGEST && value > -LARGEST)) return value;
  return view.refuse('expected whole numbers within ±2⁵³ as the result, got larger ones');
}

function compared(node: ConstantNode, test: (a: Numeric, b: Numeric) => boolean): OnnxTensor {
  const { shape, data } = elementwise(node, (a, b) =>
    typeof a === 'bigint' ? BigInt(test(a, b)) : Number(test(a, b)),
  );
  return { shape, data: BigInt64Array.from(data as Float32Array, (value) => BigInt(value)) };
}

function mapped(
  node: ConstantNode,
  floats: (x: number) => number,
  integers: (x: bigint) => bigint = (x) => BigInt(floats(Number(x))),
): OnnxTensor {
  const source = needed(node, 0);
  const result = emptyLike(node, source, source.shape);
  for (let k = 0; k < result.data.length; k++) {
    const value = source.data[k];
    result.data[k] = (typeof value === 'bigint' ? integers(value) : floats(value)) as never;
  }
  return result;
}

function castLike(node: ConstantNode): OnnxTensor {
  const like = needed(node, 1).data;
  if (like instanceof BigInt64Array) return cast(node, elementTypes.int64);
  return cast(node, like instanceof Float64Array ? elementTypes.float64 : elementTypes.float32);
}

function cast(node: ConstantNode, to: number): OnnxTensor {
  const { view, take } = node;
  view.text('round_mode', '');
  view.int('saturate', 1);
  const { shape, data } = needed(node, 0);
  const type = elementTypeName(to);
  if (isFloat(to)) {
    if (data instanceof Float64Array === (type === 'float64') && !(data instanceof BigInt64Array))
      return { shape, data };
    const result = type === 'float64' ? new Float64Array(take(data.length)) : new Float32Array(take(data.length));
    for (let k = 0; k < result.length; k++) result[k] = Number(data[k]);
    return { shape, data: result };
  }
  if (type === 'string' || type.startsWith('type ')) view.refuse(`expected a cast to numbers, got ${type}`);
  if (data instanceof BigInt64Array && type !== 'bool') return { shape, data };
  const result = new BigInt64Array(take(data.length));
  for (let k = 0; k < result.length; k++) {
    const value = Number(data[k]);
    if (!Number.isFinite(value) || !Number.isSafeInteger(Math.trunc(value)))
      view.refuse(`expected a whole number, got ${value}`);
    result[k] = type === 'bool' ? BigInt(value !== 0) : BigInt(Math.trunc(value));
  }
  return { shape, data: result };
}

/** y = (x − zero point) · scale, with one scale for all or one for each entry of an axis. */
function dequantized(node: ConstantNode): OnnxTensor {
  const { view, input, take } = node;
  const { shape, data } = needed(node, 0);
  const scales = needed(node, 1);
  const zeros = input(2);
  view.expect('block_size', view.int('block_size', 0), 0);
  const axis = axisOf(view, view.int('axis', 1), Math.max(shape.length, 2));
  const perChannel = scales.data.length > 1;
  if (!(data instanceof BigInt64Array)) view.refuse('expected whole numbers to be dequantized');
  if (perChannel && scales.data.length !== shape[axis]) {
    view.refuse(`expected a scale for each of ${shape[axis]} entries of axis ${axis}, got ${scales.data.length}`);
  }
  if (zeros !== undefined && zeros.data.length !== scales.data.length) {
    view.refuse(`expected as many zero points as scales, got ${zeros.data.length}`);
  }
  const inner = sizeOf(shape.slice(axis + 1));
  const result = new Float32Array(take(data.length));
  for (let k = 0; k < result.length; k++) {
    const channel = perChannel ? Math.floor(k / inner) % scales.data.length : 0;
    result[k] = (Number(data[k]) - Number(zeros?.data[channel] ?? 0)) * Number(scales.data[channel]);
  }
  return { shape, data: result };
}

/** Whether an element type is one of floats. */
export function isFloat(code: number): boolean {
  return ['float32', 'float64', 'float16', 'bfloat16'].includes(elementTypeName(code));
}

/** The tensor of a Constant node. */
export function constantOf(view: NodeView): OnnxTensor {
  const [name = '', ...others] = view.node.attributes.keys();
  const attribute: OnnxAttribute | undefined = others.length === 0 ? view.any(name) : undefined;
  switch (attribute?.type) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return { shape: [], data: Float32Array.of(attribute.value) };
    case 'floats':
      return { shape: [attribute.value.length], data: Float32Array.from(attribute.value) };
    case 'int':
      return { shape: [], data: BigInt64Array.of(BigInt(attribute.value)) };
    case 'ints':
      return { shape: [attribute.value.length], data: BigInt64Array.from(attribute.value, BigInt) };
    default:
      return view.refuse('expected one constant of numbers, got another');
  }
}
