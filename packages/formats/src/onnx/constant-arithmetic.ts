/** Operators that compute the numbers of constants. Weights are of float32, and so is the arithmetic; integers have 64 bits. */
import { formatShape, pow } from '@longhand/tensor';
import {
  broadcastIndex,
  type ConstantNode,
  type ConstantOperators,
  emptyLike,
  forEachIndex,
  needed,
} from './constant-node';
import type { OnnxTensor } from './model';
import { axesOf, broadcastShape } from './shape-operators';

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

export const arithmeticOperators: ConstantOperators = {
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
