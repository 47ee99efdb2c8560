/**
 * The operators that give a tensor other axes and keep its entries in order, and the arithmetic of shapes that several passes need.
 */
import { formatShape, type Shape, sizeOf } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { shapeText } from './open-batch';

/** The most axes of a shape. Without a bound, lists that double from node to node would fill any memory. */
export const MAX_AXES = 8;

/** The constant inputs of a node by their index; undefined for those that are none. */
export type Constants = (index: number) => OnnxTensor | undefined;

/** The result of an operator that only changes the axes; undefined for any other, and where its constants are unknown. */
export function reshapedBy(view: NodeView, shape: Shape, constants: Constants): Shape | undefined {
  switch (view.node.operator) {
    case 'Reshape': {
      const target = integersOf(view, constants(1));
      return target && reshaped(view, shape, target, view.int('allowzero', 0) === 0);
    }
    case 'Flatten': {
      const given = view.int('axis', 1);
      const axis = axisOf(view, given < 0 ? given + shape.length : given, shape.length + 1);
      return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
    }
    case 'Squeeze': {
      const axes = axesOf(view, shape.length, constants);
      if (axes === 'unknown') return undefined;
      const wrong = axes?.find((axis) => shape[axis] !== 1);
      if (wrong !== undefined) view.refuse(`expected an extent of 1 on axis ${wrong}, got ${shapeText(shape)}`);
      return shape.filter((extent, axis) => (axes === undefined ? extent !== 1 : !axes.includes(axis)));
    }
    case 'Unsqueeze': {
      const given = view.ints('axes') ?? integersOf(view, constants(1));
      if (given === undefined) return undefined;
      const rank = checkedRank(view, shape.length + given.length);
      const axes = given.map((axis) => axisOf(view, axis, rank));
      const rest = [...shape];
      return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1)));
    }
    default:
      return undefined;
  }
}

function reshaped(view: NodeView, shape: Shape, target: readonly number[], zeroCopies: boolean): Shape {
  checkedRank(view, target.length);
  const known = target.map((extent, axis) => (extent === 0 && zeroCopies ? (shape[axis] ?? 0) : extent));
  const fixed = sizeOf(known.filter((extent) => extent !== -1));
  const result = known.map((extent) => (extent === -1 ? sizeOf(shape) / fixed : extent));
  const isShape = result.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!isShape || sizeOf(result) !== sizeOf(shape)) {
    view.refuse(`expected a shape for the entries of ${shapeText(shape)}, got ${shapeText(target)}`);
  }
  return result;
}

/** Axes as an attribute, as older opsets have them, or as an input; undefined where there are none. */
export function axesOf(view: NodeView, rank: number, constants: Constants): readonly number[] | undefined | 'unknown' {
  const given = view.ints('axes') ?? (view.input(1) === '' ? undefined : (integersOf(view, constants(1)) ?? 'unknown'));
  return given === undefined || given === 'unknown' ? given : given.map((axis) => axisOf(view, axis, rank));
}

/** An axis counted from the first one on, where −1 is the last. */
export function axisOf(view: NodeView, axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (counted >= 0 && counted < rank) return counted;
  return view.refuse(`expected one of ${rank} axes, got axis ${axis}`);
}

/** A constant as a list of integers; undefined if it is unknown. */
export function integersOf(view: NodeView, constant: OnnxTensor | undefined): readonly number[] | undefined {
  if (constant === undefined) return undefined;
  const { data } = constant;
  if (!(data instanceof BigInt64Array) || data.length > MAX_AXES) {
    return view.refuse(`expected at most ${MAX_AXES} whole numbers, got ${data.length} ${kindOf(data)}`);
  }
  return Array.from(data, Number);
}

function kindOf(data: OnnxTensor['data']): string {
  return data instanceof BigInt64Array ? 'whole numbers' : 'floats';
}

function checkedRank(view: NodeView, rank: number): number {
  if (rank > MAX_AXES) view.refuse(`expected a shape of at most ${MAX_AXES} axes, got ${rank}`);
  return rank;
}

/** The shape of two tensors entry by entry; undefined where they do not fit. */
export function broadcastShape(one: Shape, other: Shape): Shape | undefined {
  const rank = Math.max(one.length, other.length);
  const at = (shape: Shape, axis: number): number => shape[axis - (rank - shape.length)] ?? 1;
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const [a, b] = [at(one, axis), at(other, axis)];
    if (a !== b && a !== 1 && b !== 1) return undefined;
    result.push(a === 1 ? b : a);
  }
  return result;
}

/** The order of axes of a Transpose. Default: reversed. */
export function permutationOf(view: NodeView, rank: number): readonly number[] {
  const perm = view.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (perm.length === rank && new Set(perm).size === rank && perm.every((axis) => axis >= 0 && axis < rank))
    return perm;
  return view.refuse(`expected an order of ${rank} axes, got ${shown(formatShape(perm))}`);
}
