/** Constants as operators take them: their inputs, and a result with its entries put in place. */
import { formatShape, type Shape, sizeOf, stridesOf } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { type Constants, integersOf } from './shape-operators';

/** What an operator may use. */
export interface ConstantNode {
  readonly view: NodeView;
  /** The inputs, all of which are known; undefined for those that are left out. */
  readonly input: Constants;
  /** Counts so many new entries, and returns their count. Throws where the graph makes more than its file could need. */
  readonly take: (count: number) => number;
}

/** Operators by name, each computing a constant of others. */
export type ConstantOperators = Readonly<Record<string, (node: ConstantNode) => OnnxTensor>>;

/** An input that has to be there. */
export function needed({ view, input }: ConstantNode, index: number): OnnxTensor {
  return input(index) ?? view.refuse(`expected a constant as input ${index + 1}, got none`);
}

/** An input as a shape. */
export function shapeInput(node: ConstantNode, index: number): Shape {
  const shape = integersOf(node.view, needed(node, index)) ?? [];
  if (shape.every((extent) => extent >= 0)) return shape;
  return node.view.refuse(`expected a shape, got ${shown(formatShape(shape))}`);
}

/** A tensor of the type of another one, full of zeros. */
export function emptyLike({ take }: ConstantNode, { data }: OnnxTensor, shape: Shape): OnnxTensor {
  const count = take(sizeOf(shape));
  if (data instanceof BigInt64Array) return { shape, data: new BigInt64Array(count) };
  return { shape, data: data instanceof Float64Array ? new Float64Array(count) : new Float32Array(count) };
}

/** Entry k of the result is the entry of the source that a function names. */
export function filled(node: ConstantNode, source: OnnxTensor, shape: Shape, at: (k: number) => number): OnnxTensor {
  const result = emptyLike(node, source, shape);
  for (let k = 0; k < result.data.length; k++) result.data[k] = source.data[at(k)] as never;
  return result;
}

/** The entry at some indices of the result is the entry of the source that a function names. */
export function gathered(
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

/** Visits all indices of a shape, row by row. */
export function forEachIndex(shape: Shape, visit: (indices: readonly number[], k: number) => void): void {
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
export function broadcastIndex(from: Shape, to: Shape): (indices: readonly number[]) => number {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return (indices) =>
    from.reduce((sum, extent, axis) => sum + (extent === 1 ? 0 : indices[axis + offset]) * strides[axis], 0);
}
