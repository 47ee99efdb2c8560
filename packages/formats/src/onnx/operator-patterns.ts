/**
 * Pattern matching from ONNX operators to layers: for each supported operator, which layer its nodes are.
 * Attributes that exporters always write are accepted with their neutral values; others are refused by name.
 */
import { formatShape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import { axisPatterns } from './axis-patterns';
import { extentsOf, plainView, sameRuns } from './axis-view';
import { followArithmetic } from './channel-arithmetic';
import type { OnnxActivation, OnnxFinalActivation, OnnxPool } from './layer';
import type { NodeView } from './node-view';
import type { ComputedValue, Recognition } from './recognition';
import { axesOf, axisOf, integersOf } from './shape-operators';
import { dilatedSpans, windowCount, windowSteps } from './windows';

type OperatorPattern = (graph: Recognition, view: NodeView) => void;

/** The patterns by operator. */
export const operatorPatterns: Readonly<Record<string, OperatorPattern>> = {
  Conv: (graph, view) => {
    const value = graph.ordered(view, graph.paddedInput(view));
    const groups = view.int('group', 1);
    const layer = graph.layer(view);
    const kernel = layer.weight.shape.slice(2);
    const dilations = view.ints('dilations') ?? kernel.map(() => 1);
    const stated = view.ints('kernel_shape') ?? kernel;
    if (formatShape(stated) !== formatShape(kernel)) {
      view.refuse(`expected the kernel_shape ${formatShape(kernel)} of its weight, got ${formatShape(stated)}`);
    }
    const bias = view.input(2) === '' ? {} : { bias: graph.floats(view, 2) };
    graph.push(view, value, {
      kind: 'conv',
      ...layer,
      ...bias,
      ...steps(value, view, dilatedSpans(view, kernel)),
      ...(groups === 1 ? {} : { groups }),
      ...(dilations.every((dilation) => dilation === 1) ? {} : { dilations }),
    });
  },

  /** Outside training, where mean and variance are constants. */
  BatchNormalization: (graph, view) => {
    const given = graph.input(view);
    const { list, order } =
      given.view.length === 1 ? graph.list(view, given) : { list: channelsFirst(graph, view, given) };
    if (view.int('training_mode', 0) !== 0) {
      view.refuse('expected a network in use, got one in training; export it after eval()');
    }
    view.expect('spatial', view.int('spatial', 1), 1);
    const [weight, bias, mean, variance] = [1, 2, 3, 4].map((index) => {
      const numbers = graph.floats(view, index);
      // The numbers of a list are in the order of the graph's value.
      return order === undefined ? numbers : tensor(numbers.shape, reordered(asRow(numbers), order).data);
    });
    const name = graph.layerName(view, view.input(3));
    const options = { epsilon: view.float('epsilon', 1e-5), momentum: view.float('momentum', 0.9) };
    const layer = { kind: 'batchNorm', name, weight, bias, mean, variance, ...options } as const;
    graph.push(view, list, layer, given.view);
  },

  MaxPool: (graph, view) => {
    view.int('storage_order', 0);
    const value = graph.ordered(view, graph.input(view));
    graph.push(view, value, { kind: 'maxPool', ...pool(value, view) });
  },

  AveragePool: (graph, view) => {
    const value = graph.ordered(view, graph.paddedInput(view));
    // Zeros of a Pad are always counted.
    const countsPads = view.int('count_include_pad', 0) === 1 || value.pads !== undefined;
    graph.push(view, value, { kind: 'averagePool', ...pool(value, view), countsPads });
  },

  GlobalAveragePool: (graph, view) => {
    graph.push(view, graph.ordered(view, graph.input(view)), { kind: 'globalAveragePool' });
  },

  GlobalMaxPool: (graph, view) => {
    const value = graph.ordered(view, graph.input(view));
    graph.push(view, value, wholeMaximum(value));
  },

  /** Over all axes of an image it is a global pooling. */
  ReduceMean: (graph, view) => reduce(graph, view, () => ({ kind: 'globalAveragePool' })),
  ReduceMax: (graph, view) => reduce(graph, view, wholeMaximum),

  Gemm: (graph, view) => {
    const { list, order } = graph.list(view, graph.input(view));
    view.expect('transA', view.int('transA', 0), 0);
    const [alpha, beta] = [view.float('alpha', 1), view.float('beta', 1)];
    const isOutIn = view.int('transB', 0) === 1;
    const { name, weight } = graph.layer(view);
    const matrix = isOutIn ? weight : transposed(weight, view);
    const bias = view.input(2) === '' ? {} : { bias: times(row(graph.floats(view, 2), matrix.shape[0]), beta) };
    graph.push(view, list, { kind: 'gemm', name, weight: times(reordered(matrix, order), alpha), ...bias });
  },

  MatMul: (graph, view) => {
    const { name, weight } = graph.layer(view);
    const value = graph.input(view);
    if (value.view.length !== 1) {
      view.refuse(
        `expected a flat input, got one of the shape ${formatShape(extentsOf(value.view))}; flatten it first`,
      );
    }
    const { list, order } = graph.list(view, value);
    graph.push(view, list, { kind: 'gemm', name, weight: reordered(transposed(weight, view), order) });
  },

  /** Of two results it is a residual block. */
  Add: (graph, view) => {
    if (graph.constants.has(view.input(0)) || graph.constants.has(view.input(1))) followArithmetic(graph, view);
    else graph.join(view);
  },
  Sum: (graph, view) => {
    if (view.node.inputs.length !== 2) view.refuse(`expected the sum of two results, got ${view.node.inputs.length}`);
    graph.join(view);
  },
  Sub: followArithmetic,
  Div: followArithmetic,

  /** x · sigmoid(x) is the silu, in either order. */
  Mul: (graph, view) => {
    const [a, b] = [graph.find(view.input(0)), graph.find(view.input(1))];
    if (b !== undefined && isGateOf(b, a)) graph.replaceLast(view, b, { kind: 'silu' });
    else if (a !== undefined && isGateOf(a, b)) graph.replaceLast(view, a, { kind: 'silu' });
    else followArithmetic(graph, view);
  },

  /** Zeros around an image, which the convolution or the mean behind takes as its own. Fewer than none leave out its border. */
  Pad: (graph, view) => {
    const value = graph.paddedInput(view);
    const extents = extentsOf(value.view);
    const pads = view.ints('pads') ?? integersOf(view, graph.constants.get(view.input(1))) ?? [];
    const mode = view.text('mode', 'constant');
    const fill = view.input(2) === '' ? view.float('value', 0) : graph.floats(view, 2).data[0];
    if (view.input(3) !== '' || pads.length !== 2 * extents.length + 2) {
      view.refuse(`expected pads on both sides of ${extents.length + 1} axes, got ${pads.length} numbers`);
    }
    if (pads.every((pad) => pad === 0)) {
      graph.put(view, value);
      return;
    }
    const plain = plainView(value.result.shape);
    const axes = plain.map((runs) => value.view.findIndex((given) => sameRuns(given, runs) && runs.length > 0) + 1);
    const spatial = axes.slice(1);
    const isSpatial = pads.every((pad, k) => pad === 0 || spatial.includes(k % (extents.length + 1)));
    const sides = [...spatial, ...spatial.map((axis) => axis + extents.length + 1)].map((side) => pads[side]);
    if (pads.every((pad) => pad <= 0) && isSpatial && sides.length === 4 && value.pads === undefined) {
      graph.push(view, graph.ordered(view, value), { kind: 'crop', border: sides.map(Math.abs) });
      return;
    }
    const isBorder = pads.every((pad) => pad >= 0) && isSpatial;
    if (mode !== 'constant' || fill !== 0 || !isBorder || spatial.includes(0)) {
      view.refuse(`expected zeros around the image, got mode ${shown(mode)}, ${fill} and pads ${formatShape(pads)}`);
    }
    graph.put(view, { ...value, pads: sides.map((pad, side) => pad + (value.pads?.[side] ?? 0)) });
  },

  /** In a graph whose casts of floats are left out, it makes the index of ArgMax another kind of integer. */
  Cast: (graph, view) => {
    const value = graph.find(view.input(0));
    view.int('to', 0);
    if (value?.isIndex) graph.put(view, value);
    else view.refuse('expected floats to stay floats, got a cast to whole numbers');
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
    graph.pushElementwise(view, graph.input(view), { kind: 'leakyRelu', negativeSlope: view.float('alpha', 0.01) });
  },
  /** One slope for all channels. */
  PRelu: (graph, view) => {
    const { data } = graph.floats(view, 1);
    if (data.some((slope) => slope !== data[0])) view.refuse('expected one slope for all channels, got several');
    graph.pushElementwise(view, graph.input(view), { kind: 'leakyRelu', negativeSlope: data[0] });
  },
  /** From 0 to 6 it is ReLU6, from 0 on ReLU. */
  Clip: (graph, view) => {
    const [least, most] = (['min', 'max'] as const).map((name, at) =>
      view.input(at + 1) === '' ? view.float(name, Number.NaN) : graph.floats(view, at + 1).data[0],
    );
    clip(graph, view, graph.input(view), least, most);
  },
  /** With 0 it is ReLU. */
  Max: (graph, view) => {
    const [bound, value] = boundAndValue(graph, view);
    clip(graph, view, value, bound, Number.NaN);
  },
  /** With 6 behind a ReLU it is ReLU6. */
  Min: (graph, view) => {
    const [bound, value] = boundAndValue(graph, view);
    if (value.result.layer?.kind !== 'relu' || bound !== 6) view.refuse(`expected 6 behind a ReLU, got ${bound}`);
    graph.replaceLast(view, value, { kind: 'relu6' });
  },
  Relu: (graph, view) => pushActivation(graph, view, 'relu'),
  Sigmoid: (graph, view) => pushActivation(graph, view, 'sigmoid'),
  Tanh: (graph, view) => pushActivation(graph, view, 'tanh'),

  Identity: (graph, view) => {
    const value = graph.find(view.input(0));
    if (value?.isIndex) graph.put(view, value);
    else pushActivation(graph, view, 'identity');
  },

  /** The identity outside training. */
  Dropout: (graph, view) => {
    const training = view.input(2) === '' ? 0n : graph.constants.get(view.input(2))?.data[0];
    if (training !== 0n) view.refuse('expected a network in use, got one in training; export it after eval()');
    const stated = view.float('ratio', 0.5);
    view.int('seed', 0);
    const rate = view.input(1) === '' ? stated : graph.floats(view, 1).data[0];
    if (!(rate >= 0 && rate < 1)) view.refuse(`expected a ratio from 0 to below 1, got ${rate}`);
    graph.pushElementwise(view, graph.input(view), { kind: 'dropout', rate });
  },

  Softmax: (graph, view) => pushFinalActivation(graph, view, 'softmax'),
  LogSoftmax: (graph, view) => pushFinalActivation(graph, view, 'logSoftmax'),
  /** Behind a softmax. */
  Log: (graph, view) => {
    const value = graph.input(view);
    if (value.result.layer?.kind !== 'softmax') view.refuse('expected a logarithm behind a softmax only');
    graph.replaceLast(view, value, { kind: 'logSoftmax' });
  },

  /** The index of the predicted class: what is ordered by it, the network gives itself. */
  ArgMax: (graph, view) => {
    const value = classes(graph, view, graph.input(view), view.int('axis', 0));
    view.int('keepdims', 1);
    view.expect('select_last_index', view.int('select_last_index', 0), 0);
    graph.put(view, { ...value, isIndex: true });
  },

  ...axisPatterns,
};

/** The value `[channels, …]` that a node is given, or a list with axes of 1 behind it, as older exporters write a list. */
function channelsFirst(graph: Recognition, view: NodeView, value: ComputedValue): ComputedValue {
  const { shape } = value.result;
  const [entries = [], ...others] = value.view;
  const isList = shape.length === 1 && others.every((runs) => runs.length === 0);
  return isList && sameRuns(entries, plainView(shape)[0]) ? value : graph.ordered(view, value);
}

/** @returns the value, whose classes are all entries, along an axis */
function classes(graph: Recognition, view: NodeView, value: ComputedValue, given: number): ComputedValue {
  const axis = axisOf(view, given, value.view.length + 1) - 1;
  const extents = extentsOf(value.view);
  if (extents[axis] !== sizeOf(value.result.shape)) {
    view.refuse(
      `expected a flat input, got one of the shape ${formatShape(extents)} along axis ${axis + 1}; flatten it first`,
    );
  }
  const { list, order } = graph.list(view, value);
  if (order !== undefined) view.refuse('expected classes in the order of the layer before');
  return { ...list, view: value.view.map((_, at) => (at === axis ? list.view[0] : [])) };
}

function reduce(
  graph: Recognition,
  view: NodeView,
  layerOf: (value: ComputedValue) => OnnxPool | { kind: 'globalAveragePool' },
): void {
  const value = graph.input(view);
  const rank = value.view.length + 1;
  const given = axesOf(view, rank, (index) => graph.constants.get(view.input(index)));
  const axes = given === undefined || given === 'unknown' ? [] : given;
  const [channels] = plainView(value.result.shape);
  const kept = value.view.filter((_, axis) => !axes.includes(axis + 1));
  if (axes.length === 0 || axes.includes(0) || !sameRuns(kept.flat(), channels)) {
    view.refuse(`expected the mean over all axes behind the channels, got the axes ${formatShape(axes)}`);
  }
  view.int('noop_with_empty_axes', 0);
  const keepsAxes = view.int('keepdims', 1) === 1;
  const one = graph.push(view, value, layerOf(value));
  const [channel] = one.view;
  const placed = value.view.map((runs, axis) => (axes.includes(axis + 1) || runs.length === 0 ? [] : channel));
  graph.putAxes(view, one, keepsAxes ? placed : placed.filter((_, axis) => !axes.includes(axis + 1)));
}

/** The maximum over a window as large as the image. */
function wholeMaximum({ result }: ComputedValue): OnnxPool {
  const window = result.shape.slice(1);
  return { kind: 'maxPool', window, strides: window, pads: window.flatMap(() => [0, 0]) };
}

function boundAndValue(graph: Recognition, view: NodeView): readonly [bound: number, value: ComputedValue] {
  const at = graph.constants.has(view.input(0)) ? 0 : 1;
  const { data } = graph.floats(view, at);
  if (data.length !== 1 || view.node.inputs.length !== 2) view.refuse('expected one number to compare with');
  return [data[0], graph.input(view, 1 - at)];
}

/** From 0 on, and up to 6 or without an end, which may be the largest number there is. */
function clip(graph: Recognition, view: NodeView, value: ComputedValue, least: number, most: number): void {
  const isOpen = Number.isNaN(most) || most > 3e38;
  if (least !== 0 || !(isOpen || most === 6)) {
    const [from, to] = [least, most].map((bound) => (Number.isNaN(bound) ? 'none' : bound));
    view.refuse(`expected the bounds 0 and 6, got ${from} and ${to}`);
  }
  graph.pushElementwise(view, value, { kind: isOpen ? 'relu' : 'relu6' });
}

function pushActivation(graph: Recognition, view: NodeView, kind: OnnxActivation): void {
  graph.pushElementwise(view, graph.input(view), { kind });
}

function pushFinalActivation(graph: Recognition, view: NodeView, kind: OnnxFinalActivation): void {
  const value = graph.input(view);
  // Up to opset 12 the axis was 1 by default, from there on the last one: of one axis behind the batch it is the same.
  const list = classes(graph, view, value, view.int('axis', -1));
  graph.push(view, list, { kind }, list.view);
}

/** Whether a value is the sigmoid of the other. */
function isGateOf({ result: { layer, source } }: ComputedValue, other: ComputedValue | undefined): boolean {
  return layer?.kind === 'sigmoid' && source !== undefined && source === other?.result;
}

function pool(value: ComputedValue, view: NodeView): Pick<OnnxPool, 'window' | 'strides' | 'pads'> {
  view.expectAll('dilations', 1);
  const window = view.ints('kernel_shape') ?? view.refuse('expected a kernel_shape, got none');
  const { strides, pads } = steps(value, view, window);
  // Rounding up or down is the same where no window reaches beyond the end.
  const isSame = value.result.shape.slice(1).every((extent, axis) => {
    const after = pads[axis + window.length];
    const end = after - (value.pads?.[axis + window.length] ?? 0);
    const windows = { length: extent + pads[axis] + after, end, span: window[axis], stride: strides[axis] };
    return windowCount(windows, true) === windowCount(windows, false);
  });
  if (!isSame) view.expect('ceil_mode', view.int('ceil_mode', 0), 0);
  view.int('ceil_mode', 0);
  return { window, strides, pads };
}

/**
 * Strides and pads, those of a Pad before included.
 *
 * @param spans the extents of a window, with the gaps of its dilation
 */
function steps(
  { result, pads: zeros }: ComputedValue,
  view: NodeView,
  spans: readonly number[],
): Pick<OnnxPool, 'strides' | 'pads'> {
  const axes = result.shape.slice(1).map((extent, axis, { length }) => {
    return extent + (zeros?.[axis] ?? 0) + (zeros?.[axis + length] ?? 0);
  });
  const { strides, pads } = windowSteps(view, axes, spans);
  return { strides, pads: zeros === undefined ? pads : pads.map((pad, side) => pad + (zeros[side] ?? 0)) };
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

/** A matrix whose columns are in the order of the list, and not of the graph's value. */
function reordered(matrix: Tensor, order: Int32Array | undefined): Tensor {
  const [rows, columns] = matrix.shape;
  if (order === undefined || order.length !== columns) return matrix;
  const turned = tensor(matrix.shape, undefined, matrix.dtype);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) turned.data[row * columns + order[k]] = matrix.data[row * columns + k];
  }
  return turned;
}

function asRow({ data }: Tensor): Tensor {
  return tensor([1, data.length], data);
}

function times({ shape, data }: Tensor, factor: number): Tensor {
  return tensor(shape, factor === 1 ? data : data.map((value) => value * factor));
}

/** A bias as a vector; a file may contain it as a matrix with one row, or as one number for all. */
function row(bias: Tensor, length: number): Tensor {
  const { shape, data } = bias;
  if (data.length === 1 && length > 1) return tensor([length], new Float32Array(length).fill(data[0]));
  return shape.length === 2 && shape[0] === 1 ? tensor([shape[1]], data) : bias;
}
