/** Operators that lay a constant out otherwise, or take a part of it: Reshape, Transpose, Concat, Gather, Slice and their like. */
import { formatShape, sizeOf, stridesOf } from '@longhand/tensor';
import {
  broadcastIndex,
  type ConstantNode,
  type ConstantOperators,
  emptyLike,
  filled,
  forEachIndex,
  gathered,
  needed,
  shapeInput,
} from './constant-node';
import type { OnnxTensor } from './model';
import { axisOf, broadcastShape, integersOf, permutationOf, reshapedBy } from './shape-operators';

export const layoutOperators: ConstantOperators = {
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
};

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
