/**
 * Pattern matching from ONNX operators to operations: for each supported operator, how its nodes extend the chain.
 * Attributes that PyTorch's exporters always write are accepted with their neutral values; others are refused by name.
 */
import { formatShape, type Tensor, tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { Chain } from './chain';
import type { OnnxAttribute, OnnxTensor } from './model';
import type { NodeView } from './node-view';
import { followNormalization } from './normalization';
import type { OnnxActivation, OnnxFinalActivation, OnnxPool } from './operation';
import { MAX_AXES, shapePatterns } from './shape-patterns';

type OperatorPattern = (chain: Chain, view: NodeView) => void;

/** The patterns by operator. */
export const operatorPatterns: Readonly<Record<string, OperatorPattern>> = {
  Conv: (chain, view) => {
    chain.expectCurrent(view);
    const groups = view.int('group', 1);
    const layer = chain.layer(view);
    const kernel = layer.weight.shape.slice(2);
    const dilations = view.ints('dilations') ?? kernel.map(() => 1);
    const stated = view.ints('kernel_shape') ?? kernel;
    if (formatShape(stated) !== formatShape(kernel)) {
      view.refuse(`expected the kernel_shape ${formatShape(kernel)} of its weight, got ${formatShape(stated)}`);
    }
    const bias = view.input(2) === '' ? {} : { bias: chain.floats(view, 2) };
    const spans = kernel.map((extent, axis) => (extent - 1) * (dilations[axis] ?? 1) + 1);
    chain.push(view, {
      kind: 'conv',
      ...layer,
      ...bias,
      ...steps(chain, view, spans),
      ...(groups === 1 ? {} : { groups }),
      ...(dilations.every((dilation) => dilation === 1) ? {} : { dilations }),
    });
  },

  MaxPool: (chain, view) => {
    view.int('storage_order', 0);
    chain.push(view, { kind: 'maxPool', ...pool(chain, view) });
  },

  AveragePool: (chain, view) => {
    const countsPads = view.int('count_include_pad', 0) === 1;
    chain.push(view, { kind: 'averagePool', ...pool(chain, view), countsPads });
  },

  GlobalAveragePool: (chain, view) => {
    chain.expectCurrent(view);
    chain.push(view, { kind: 'globalAveragePool' });
  },

  /** Over all axes of an image it is a global average pooling. */
  ReduceMean: (chain, view) => {
    chain.expectCurrent(view);
    const rank = chain.shape.length + 1;
    const axes = (view.ints('axes') ?? wholeNumbers(chain, view, 1)).map((axis) => (axis < 0 ? axis + rank : axis));
    if (formatShape(axes.toSorted((a, b) => a - b)) !== formatShape(chain.shape.slice(1).map((_, axis) => axis + 2))) {
      view.refuse(`expected the mean over all axes behind the channels, got the axes ${formatShape(axes)}`);
    }
    view.int('noop_with_empty_axes', 0);
    const keepsAxes = view.int('keepdims', 1) === 1;
    chain.push(view, { kind: 'globalAveragePool' });
    if (!keepsAxes) chain.push(view, { kind: 'flatten' });
  },

  Gemm: (chain, view) => {
    chain.expectCurrent(view);
    view.expect('alpha', view.float('alpha', 1), 1);
    view.expect('beta', view.float('beta', 1), 1);
    view.expect('transA', view.int('transA', 0), 0);
    const isOutIn = view.int('transB', 0) === 1;
    const { name, weight } = chain.layer(view);
    const bias = view.input(2) === '' ? {} : { bias: row(chain.floats(view, 2)) };
    chain.push(view, { kind: 'gemm', name, weight: isOutIn ? weight : transposed(weight, view), ...bias });
  },

  MatMul: (chain, view) => {
    chain.expectCurrent(view);
    const { name, weight } = chain.layer(view);
    chain.push(view, { kind: 'gemm', name, weight: transposed(weight, view) });
  },

  /** After a matrix product without bias it is the bias. */
  Add: (chain, view) => {
    const last = chain.operations.at(-1);
    if (last?.kind !== 'gemm' || last.bias !== undefined) {
      followNormalization(chain, view);
      return;
    }
    const isBehind = chain.constants.has(view.input(0));
    chain.expectCurrent(view, isBehind ? 1 : 0);
    const bias = row(chain.floats(view, isBehind ? 0 : 1));
    if (formatShape(bias.shape) !== formatShape(chain.shape)) {
      view.refuse(`expected a bias of the shape ${formatShape(chain.shape)}, got ${shown(formatShape(bias.shape))}`);
    }
    chain.replaceLast(view, { ...last, bias });
  },
  Sub: followNormalization,
  Div: followNormalization,

  /** x · sigmoid(x) is the silu, in either order. */
  Mul: (chain, view) => {
    const inputs = [view.input(0), view.input(1)];
    const isGate = chain.operations.at(-1)?.kind === 'sigmoid' && inputs.includes(chain.current);
    if (isGate && inputs.includes(chain.previous)) chain.replaceLast(view, { kind: 'silu' });
    else followNormalization(chain, view);
  },

  Swish: (chain, view) => {
    view.expect('alpha', view.float('alpha', 1), 1);
    pushActivation(chain, view, 'silu');
  },
  HardSwish: (chain, view) => pushActivation(chain, view, 'hardSwish'),
  Gelu: (chain, view) => {
    const approximate = view.text('approximate', 'none');
    if (approximate !== 'none' && approximate !== 'tanh') {
      view.refuse(`expected approximate none or tanh, got ${shown(approximate)}`);
    }
    pushActivation(chain, view, approximate === 'tanh' ? 'geluTanh' : 'gelu');
  },
  LeakyRelu: (chain, view) => {
    chain.expectCurrent(view);
    chain.push(view, { kind: 'leakyRelu', negativeSlope: view.float('alpha', 0.01) });
  },
  /** From 0 to 6 it is ReLU6, from 0 on ReLU. */
  Clip: (chain, view) => {
    const [least, most] = [1, 2].map((index) =>
      view.input(index) === '' ? undefined : chain.floats(view, index).data,
    );
    if (least?.length !== 1 || least[0] !== 0 || (most !== undefined && most[0] !== 6)) {
      view.refuse(`expected the bounds 0 and 6, got ${least?.[0] ?? 'none'} and ${most?.[0] ?? 'none'}`);
    }
    pushActivation(chain, view, most === undefined ? 'relu' : 'relu6');
  },
  Relu: (chain, view) => pushActivation(chain, view, 'relu'),
  Sigmoid: (chain, view) => pushActivation(chain, view, 'sigmoid'),
  Tanh: (chain, view) => pushActivation(chain, view, 'tanh'),

  Identity: (chain, view) => {
    const constant = chain.constants.get(view.input(0));
    if (constant !== undefined) chain.constants.set(view.output, constant);
    else pushActivation(chain, view, 'identity');
  },

  /** The identity outside of training. */
  Dropout: (chain, view) => {
    if (view.input(2) !== '') view.refuse('expected a network in use, got one in training; export it after eval()');
    view.float('ratio', 0);
    view.int('seed', 0);
    pushActivation(chain, view, 'identity');
  },

  Flatten: (chain, view) => {
    chain.expectCurrent(view);
    const axis = view.int('axis', 1);
    view.expect('axis', axis < 0 ? axis + chain.shape.length + 1 : axis, 1);
    chain.push(view, { kind: 'flatten' });
  },

  Softmax: (chain, view) => pushFinalActivation(chain, view, 'softmax'),
  LogSoftmax: (chain, view) => pushFinalActivation(chain, view, 'logSoftmax'),

  Constant: (chain, view) => {
    chain.constants.set(view.output, constantOf(view));
  },

  ...shapePatterns,
};

function pushActivation(chain: Chain, view: NodeView, kind: OnnxActivation): void {
  chain.expectCurrent(view);
  chain.push(view, { kind });
}

function pushFinalActivation(chain: Chain, view: NodeView, kind: OnnxFinalActivation): void {
  chain.expectCurrent(view);
  const axis = view.int('axis', -1);
  view.expect('axis', axis === chain.shape.length ? -1 : axis, -1);
  chain.push(view, { kind });
}

function pool(chain: Chain, view: NodeView): Pick<OnnxPool, 'window' | 'strides' | 'pads'> {
  chain.expectCurrent(view);
  view.expect('ceil_mode', view.int('ceil_mode', 0), 0);
  view.expectAll('dilations', 1);
  const window = view.ints('kernel_shape') ?? view.refuse('expected a kernel_shape, got none');
  return { window, ...steps(chain, view, window) };
}

/**
 * Strides and pads with the standard's defaults; the pads of `auto_pad` follow from the input.
 *
 * @param kernel the extents of a window, with the gaps of its dilation
 */
function steps(chain: Chain, view: NodeView, kernel: readonly number[]): Pick<OnnxPool, 'strides' | 'pads'> {
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
    const length = chain.shape[axis + 1] ?? 0;
    const stride = strides[axis] ?? 1;
    return Math.max(0, (Math.ceil(length / stride) - 1) * stride + extent - length);
  });
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  return { strides, pads: autoPad === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller] };
}

/** A constant input of whole numbers; none if it is omitted. */
function wholeNumbers(chain: Chain, view: NodeView, index: number): readonly number[] {
  const data = chain.constants.get(view.input(index))?.data;
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
