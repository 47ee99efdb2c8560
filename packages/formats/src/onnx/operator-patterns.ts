/**
 * Pattern matching from ONNX operators to layers: for each supported operator, which layer its nodes are.
 * Attributes that PyTorch's exporters always write are accepted with their neutral values; others are refused by name.
 */
import { formatShape, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxActivation, OnnxFinalActivation, OnnxPool } from './layer';
import type { OnnxAttribute, OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { followNormalization } from './normalization';
import type { ComputedValue, Recognition } from './recognition';
import { MAX_AXES, shapePatterns } from './shape-patterns';

type OperatorPattern = (graph: Recognition, view: NodeView) => void;

/** The patterns by operator. */
export const operatorPatterns: Readonly<Record<string, OperatorPattern>> = {
  Conv: (graph, view) => {
    const value = graph.input(view);
    const groups = view.int('group', 1);
    const layer = graph.layer(view);
    const kernel = layer.weight.shape.slice(2);
    const dilations = view.ints('dilations') ?? kernel.map(() => 1);
    const stated = view.ints('kernel_shape') ?? kernel;
    if (formatShape(stated) !== formatShape(kernel)) {
      view.refuse(`expected the kernel_shape ${formatShape(kernel)} of its weight, got ${formatShape(stated)}`);
    }
    const bias = view.input(2) === '' ? {} : { bias: graph.floats(view, 2) };
    const spans = kernel.map((extent, axis) => (extent - 1) * (dilations[axis] ?? 1) + 1);
    graph.push(view, value, {
      kind: 'conv',
      ...layer,
      ...bias,
      ...steps(value, view, spans),
      ...(groups === 1 ? {} : { groups }),
      ...(dilations.every((dilation) => dilation === 1) ? {} : { dilations }),
    });
  },

  /** Outside training, where mean and variance are constants. */
  BatchNormalization: (graph, view) => {
    const value = graph.input(view);
    if (view.int('training_mode', 0) !== 0) {
      view.refuse('expected a network in use, got one in training; export it after eval()');
    }
    view.expect('spatial', view.int('spatial', 1), 1);
    const [weight, bias, mean, variance] = [1, 2, 3, 4].map((index) => graph.floats(view, index));
    const name = graph.layerName(view, view.input(3));
    const options = { epsilon: view.float('epsilon', 1e-5), momentum: view.float('momentum', 0.9) };
    graph.push(view, value, { kind: 'batchNorm', name, weight, bias, mean, variance, ...options });
  },

  MaxPool: (graph, view) => {
    view.int('storage_order', 0);
    const value = graph.input(view);
    graph.push(view, value, { kind: 'maxPool', ...pool(value, view) });
  },

  AveragePool: (graph, view) => {
    const countsPads = view.int('count_include_pad', 0) === 1;
    const value = graph.input(view);
    graph.push(view, value, { kind: 'averagePool', ...pool(value, view), countsPads });
  },

  GlobalAveragePool: (graph, view) => {
    graph.push(view, graph.input(view), { kind: 'globalAveragePool' });
  },

  /** Over all axes of an image it is a global average pooling. */
  ReduceMean: (graph, view) => {
    const value = graph.input(view);
    const rank = value.shape.length + 1;
    const axes = (view.ints('axes') ?? wholeNumbers(graph, view, 1)).map((axis) => (axis < 0 ? axis + rank : axis));
    if (formatShape(axes.toSorted((a, b) => a - b)) !== formatShape(value.shape.slice(1).map((_, axis) => axis + 2))) {
      view.refuse(`expected the mean over all axes behind the channels, got the axes ${formatShape(axes)}`);
    }
    view.int('noop_with_empty_axes', 0);
    const keepsAxes = view.int('keepdims', 1) === 1;
    const means = graph.push(view, value, { kind: 'globalAveragePool' });
    if (!keepsAxes) graph.push(view, means, { kind: 'flatten' });
  },

  Gemm: (graph, view) => {
    const value = graph.input(view);
    view.expect('alpha', view.float('alpha', 1), 1);
    view.expect('beta', view.float('beta', 1), 1);
    view.expect('transA', view.int('transA', 0), 0);
    const isOutIn = view.int('transB', 0) === 1;
    const { name, weight } = graph.layer(view);
    const bias = view.input(2) === '' ? {} : { bias: row(graph.floats(view, 2)) };
    graph.push(view, value, { kind: 'gemm', name, weight: isOutIn ? weight : transposed(weight, view), ...bias });
  },

  MatMul: (graph, view) => {
    const value = graph.input(view);
    const { name, weight } = graph.layer(view);
    graph.push(view, value, { kind: 'gemm', name, weight: transposed(weight, view) });
  },

  /** Of two results it is a residual block; a constant after a matrix product without bias is the bias. */
  Add: (graph, view) => {
    const isBehind = graph.constants.has(view.input(0));
    if (!isBehind && !graph.constants.has(view.input(1))) {
      graph.join(view);
      return;
    }
    const value = graph.input(view, isBehind ? 1 : 0);
    const { layer } = value;
    if (layer?.kind !== 'gemm' || layer.bias !== undefined) {
      followNormalization(graph, view);
      return;
    }
    const bias = row(graph.floats(view, isBehind ? 0 : 1));
    if (formatShape(bias.shape) !== formatShape(value.shape)) {
      view.refuse(`expected a bias of the shape ${formatShape(value.shape)}, got ${shown(formatShape(bias.shape))}`);
    }
    graph.replaceLast(view, value, { ...layer, bias });
  },
  Sum: (graph, view) => {
    if (view.node.inputs.length !== 2) view.refuse(`expected the sum of two results, got ${view.node.inputs.length}`);
    graph.join(view);
  },
  Sub: followNormalization,
  Div: followNormalization,

  /** x · sigmoid(x) is the silu, in either order. */
  Mul: (graph, view) => {
    const [a, b] = [graph.find(view.input(0)), graph.find(view.input(1))];
    if (b !== undefined && isGateOf(b, a)) graph.replaceLast(view, b, { kind: 'silu' });
    else if (a !== undefined && isGateOf(a, b)) graph.replaceLast(view, a, { kind: 'silu' });
    else followNormalization(graph, view);
  },

  Swish: (graph, view) => {
    view.expect('alpha', view.float('alpha', 1), 1);
    pushActivation(graph, view, 'silu');
  },
  HardSwish: (graph, view) => pushActivation(graph, view, 'hardSwish'),
  Gelu: (graph, view) => {
    const approximate = view.text('approximate', 'none');
    if (approximate !== 'none' && approximate !== 'tanh') {
      view.refuse(`expected approximate none or tanh, got ${shown(approximate)}`);
    }
    pushActivation(graph, view, approximate === 'tanh' ? 'geluTanh' : 'gelu');
  },
  LeakyRelu: (graph, view) => {
    graph.push(view, graph.input(view), { kind: 'leakyRelu', negativeSlope: view.float('alpha', 0.01) });
  },
  /** From 0 to 6 it is ReLU6, from 0 on ReLU. */
  Clip: (graph, view) => {
    const [least, most] = [1, 2].map((index) =>
      view.input(index) === '' ? undefined : graph.floats(view, index).data,
    );
    if (least?.length !== 1 || least[0] !== 0 || (most !== undefined && most[0] !== 6)) {
      view.refuse(`expected the bounds 0 and 6, got ${least?.[0] ?? 'none'} and ${most?.[0] ?? 'none'}`);
    }
    pushActivation(graph, view, most === undefined ? 'relu' : 'relu6');
  },
  Relu: (graph, view) => pushActivation(graph, view, 'relu'),
  Sigmoid: (graph, view) => pushActivation(graph, view, 'sigmoid'),
  Tanh: (graph, view) => pushActivation(graph, view, 'tanh'),

  Identity: (graph, view) => {
    const constant = graph.constants.get(view.input(0));
    if (constant !== undefined) graph.constants.set(view.output, constant);
    else pushActivation(graph, view, 'identity');
  },

  /** The identity outside training. */
  Dropout: (graph, view) => {
    if (view.input(2) !== '') view.refuse('expected a network in use, got one in training; export it after eval()');
    const stated = view.float('ratio', 0.5);
    view.int('seed', 0);
    const rate = view.input(1) === '' ? stated : graph.floats(view, 1).data[0];
    if (!(rate >= 0 && rate < 1)) view.refuse(`expected a ratio from 0 to below 1, got ${rate}`);
    graph.push(view, graph.input(view), { kind: 'dropout', rate });
  },

  Flatten: (graph, view) => {
    const value = graph.input(view);
    const axis = view.int('axis', 1);
    view.expect('axis', axis < 0 ? axis + value.shape.length + 1 : axis, 1);
    graph.push(view, value, { kind: 'flatten' });
  },

  Softmax: (graph, view) => pushFinalActivation(graph, view, 'softmax'),
  LogSoftmax: (graph, view) => pushFinalActivation(graph, view, 'logSoftmax'),

  Constant: (graph, view) => {
    graph.constants.set(view.output, constantOf(view));
  },

  ...shapePatterns,
};

function pushActivation(graph: Recognition, view: NodeView, kind: OnnxActivation): void {
  graph.push(view, graph.input(view), { kind });
}

function pushFinalActivation(graph: Recognition, view: NodeView, kind: OnnxFinalActivation): void {
  const value = graph.input(view);
  const axis = view.int('axis', -1);
  view.expect('axis', axis === value.shape.length ? -1 : axis, -1);
  graph.push(view, value, { kind });
}

/** Whether a value is the sigmoid of the other. */
function isGateOf({ layer, source }: ComputedValue, other: ComputedValue | undefined): boolean {
  return layer?.kind === 'sigmoid' && source !== undefined && source === other;
}

function pool(value: ComputedValue, view: NodeView): Pick<OnnxPool, 'window' | 'strides' | 'pads'> {
  view.expect('ceil_mode', view.int('ceil_mode', 0), 0);
  view.expectAll('dilations', 1);
  const window = view.ints('kernel_shape') ?? view.refuse('expected a kernel_shape, got none');
  return { window, ...steps(value, view, window) };
}

/**
 * Strides and pads with the standard's defaults; the pads of `auto_pad` follow from the input.
 *
 * @param kernel the extents of a window, with the gaps of its dilation
 */
function steps(
  { shape }: ComputedValue,
  view: NodeView,
  kernel: readonly number[],
): Pick<OnnxPool, 'strides' | 'pads'> {
  const strides = view.ints('strides') ?? kernel.map(() => 1);
  const autoPad = view.text('auto_pad', 'NOTSET');
  const pads = view.ints('pads') ?? kernel.flatMap(() => [0, 0]);
  if (autoPad === 'NOTSET') return { strides, pads };
  if (autoPad === 'VALID') return { strides, pads: kernel.flatMap(() => [0, 0]) };
  if (autoPad !== 'SAME_UPPER' && autoPad !== 'SAME_LOWER') {
    view.refuse(`expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got ${shown(autoPad)}`);
  }
  // ⌈input / stride⌉ windows. An odd total puts the additional zero at the end (UPPER) or at the beginning (LOWER).
  const totals = kernel.map((extent, axis) => {
    const length = shape[axis + 1] ?? 0;
    const stride = strides[axis] ?? 1;
    return Math.max(0, (Math.ceil(length / stride) - 1) * stride + extent - length);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  return { strides, pads: autoPad === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller] };
}

/** A constant input of whole numbers; none if it is omitted. */
function wholeNumbers(graph: Recognition, view: NodeView, index: number): readonly number[] {
  const data = graph.constants.get(view.input(index))?.data;
  return data instanceof BigInt64Array && data.length <= MAX_AXES ? Array.from(data, Number) : [];
}

/** A matrix `[in, out]` as `[out, in]`. */
function transposed(matrix: Tensor, view: NodeView): Tensor {
  const { shape, data } = matrix;
  if (shape.length !== 2) return view.refuse(`expected a matrix, got the shape ${shown(formatShape(shape))}`);
  const [rows, columns] = shape;
  const turned = tensor([columns, rows], undefined, matrix.dtype);
  for (let k = 0; k < data.length; k++) turned.data[(k % columns) * rows + Math.floor(k / columns)] = data[k];
  return turned;
}

/** A bias as a vector; a file may contain it as a matrix with one row. */
function row(bias: Tensor): Tensor {
  return bias.shape.length === 2 && bias.shape[0] === 1 ? tensor([bias.shape[1]], bias.data) : bias;
}

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
