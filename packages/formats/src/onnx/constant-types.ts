/** Constants in their element types: those that a node holds itself, casts, and integers with a scale. */
import { sizeOf } from '@longhand/tensor';
import { type ConstantNode, type ConstantOperators, needed } from './constant-node';
import { elementTypeName, elementTypes, type OnnxAttribute, type OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { axisOf } from './shape-operators';

export const typeOperators: ConstantOperators = {
  Constant: ({ view }) => constantOf(view),
  Identity: (node) => needed(node, 0),
  Cast: (node) => cast(node, node.view.int('to', 0)),
  CastLike: (node) => castLike(node),
  DequantizeLinear: (node) => dequantized(node),
};

/** The tensor of a Constant node. */
function constantOf(view: NodeView): OnnxTensor {
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
