/** Layers as TensorFlow.js and Keras configure them: channels last, kernels `[height, width, in, out]`. */
import { formatShape, type Shape, sizeOf, type Tensor, tensor } from '@longhand/tensor';
import { FormatError } from '../format-error';
import type { OnnxBatchNorm, OnnxConv, OnnxGemm, OnnxLayer, OnnxNormalization, OnnxPool } from '../onnx/layer';

/** One layer of a topology. */
export interface TfjsLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Weights by the names that TensorFlow.js gives them, in its order. */
  readonly weights: readonly (readonly [name: string, values: Tensor])[];
  /** Whether it takes what the first of the layers was given, and then the result of the one before it. */
  readonly takesInputToo?: boolean;
}

/** What a layer is written with. */
export interface LayerContext {
  /** The name of a layer that has none of its own: `relu_3`. */
  readonly name: string;
  /** The shape of what it is given, channels first. */
  readonly input: Shape;
  /** Where each number of a list is in the list that TensorFlow.js has: undefined for the same order. */
  readonly order: Int32Array | undefined;
  readonly where: string;
}

/** The names of activations that both have, and TensorFlow.js's for them. */
const activations = {
  identity: 'linear',
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
  silu: 'swish',
  tanh: 'tanh',
  gelu: 'gelu',
  softmax: 'softmax',
  logSoftmax: 'log_softmax',
} as const;

/**
 * The layers that one layer becomes: padding that is neither none nor TensorFlow's own is a layer before it, and hard swish is three.
 *
 * @throws FormatError for what TensorFlow.js has no layer for
 */
export function layerConfigs(layer: Exclude<OnnxLayer, { kind: 'residual' }>, context: LayerContext): TfjsLayer[] {
  const { name, where } = context;
  switch (layer.kind) {
    case 'conv':
      return convolution(layer, context);
    case 'gemm':
      return [dense(layer, context)];
    case 'batchNorm':
      return [batchNormalization(layer, context)];
    case 'maxPool':
    case 'averagePool':
      return pooling(layer, context);
    case 'normalization':
      return [rescaling(layer, context)];
    case 'crop': {
      const [top, left, bottom, right] = layer.border;
      return [plain('Cropping2D', { name, cropping: sides(top, bottom, left, right), data_format: 'channels_last' })];
    }
    case 'globalAveragePool':
      return [plain('GlobalAveragePooling2D', { name, data_format: 'channels_last' })];
    case 'flatten':
      return [plain('Flatten', { name })];
    case 'leakyRelu':
      return [plain('LeakyReLU', { name, alpha: layer.negativeSlope })];
    case 'dropout':
      return [plain('Dropout', { name, rate: layer.rate })];
    case 'hardSwish':
      return hardSwish(name);
    case 'geluTanh':
      throw new FormatError(
        `${where}: expected a layer that TensorFlow.js has, got the activation ${layer.kind}; export it as ONNX`,
      );
    default:
      return [plain('Activation', { name, activation: activations[layer.kind] })];
  }
}

function plain(className: string, config: Readonly<Record<string, unknown>>): TfjsLayer {
  return { class_name: className, config: { ...config, trainable: true, dtype: 'float32' }, weights: [] };
}

/** x · min(max(x / 6 + 1/2, 0), 1) */
function hardSwish(name: string): TfjsLayer[] {
  return [
    plain('Rescaling', { name: `${name}_line`, scale: 1 / 6, offset: 1 / 2 }),
    plain('ReLU', { name: `${name}_gate`, max_value: 1 }),
    { ...plain('Multiply', { name }), takesInputToo: true },
  ];
}

function convolution(layer: OnnxConv, { name: own, input, where }: LayerContext): TfjsLayer[] {
  const { name, weight, bias, strides, groups = 1, dilations = strides.map(() => 1) } = layer;
  const [out, perGroup, ...window] = weight.shape;
  const isDepthwise = groups > 1 && perGroup === 1;
  if (groups > 1 && !isDepthwise) {
    throw new FormatError(
      `${where}: expected one group, or one for each channel, as TensorFlow.js computes them, got ${groups}; export it as ONNX`,
    );
  }
  if (dilations.some((dilation) => dilation !== 1) && strides.some((stride) => stride !== 1)) {
    throw new FormatError(
      `${where}: expected strides or dilations, as TensorFlow.js computes them, got strides ${formatShape(strides)} and dilations ${formatShape(dilations)}; export it as ONNX`,
    );
  }
  // It reads the dilation of a depthwise convolution and computes without: another network, of the same shapes.
  if (isDepthwise && dilations.some((dilation) => dilation !== 1)) {
    throw new FormatError(
      `${where}: expected no dilation where each channel is a group, as TensorFlow.js computes them, got ${formatShape(dilations)}; export it as ONNX`,
    );
  }
  const spans = window.map((extent, axis) => (extent - 1) * dilations[axis] + 1);
  const { padding, before } = paddingOf({ ...layer, name: own }, spans, input, where);
  const shared = {
    name,
    kernel_size: window,
    strides,
    padding,
    data_format: 'channels_last',
    dilation_rate: dilations,
    activation: 'linear',
    use_bias: bias !== undefined,
    trainable: true,
    dtype: 'float32',
  };
  const axes = window.map((_, axis) => axis + 2);
  const biases = bias === undefined ? [] : ([['bias', bias]] as const);
  if (isDepthwise) {
    // Filters of one channel lie side by side: [in, multiplier, …window], then the window first.
    const multiplier = out / groups;
    const split = tensor([groups, multiplier, ...window], weight.data);
    const kernel = transposed(split, [...axes, 0, 1]);
    return [
      ...before,
      {
        class_name: 'DepthwiseConv2D',
        config: { ...shared, depth_multiplier: multiplier },
        weights: [['depthwise_kernel', kernel], ...biases],
      },
    ];
  }
  const kernel = transposed(weight, [...axes, 1, 0]);
  return [
    ...before,
    {
      class_name: window.length === 1 ? 'Conv1D' : 'Conv2D',
      config: { ...shared, filters: out },
      weights: [['kernel', kernel], ...biases],
    },
  ];
}

function dense({ name, weight, bias }: OnnxGemm, { order }: LayerContext): TfjsLayer {
  const kernel = transposed(weight, [1, 0]);
  return {
    class_name: 'Dense',
    config: {
      name,
      units: weight.shape[0],
      activation: 'linear',
      use_bias: bias !== undefined,
      trainable: true,
      dtype: 'float32',
    },
    weights: [
      ['kernel', order === undefined ? kernel : reordered(kernel, order)],
      ...(bias === undefined ? [] : ([['bias', bias]] as const)),
    ],
  };
}

function batchNormalization(layer: OnnxBatchNorm, { order }: LayerContext): TfjsLayer {
  const { name, weight, bias, mean, variance, epsilon, momentum } = layer;
  const own = (values: Tensor): Tensor => (order === undefined ? values : reordered(values, order));
  return {
    class_name: 'BatchNormalization',
    config: { name, axis: -1, momentum, epsilon, center: true, scale: true, trainable: true, dtype: 'float32' },
    weights: [
      ['gamma', own(weight)],
      ['beta', own(bias)],
      ['moving_mean', own(mean)],
      ['moving_variance', own(variance)],
    ],
  };
}

function pooling(layer: OnnxPool, { name, input, where }: LayerContext): TfjsLayer[] {
  const { kind, window, strides, pads, countsPads = true } = layer;
  const isMean = kind === 'averagePool';
  const hasPads = pads.some((pad) => pad > 0);
  const { padding, before } = paddingOf({ ...layer, name }, window, input, where);
  // Zeros of a layer before are counted by a mean, and would be the maximum of negative numbers; TensorFlow's own are left out by both.
  const isSame = hasPads && (isMean ? (padding === 'same') === !countsPads : padding === 'same');
  if (hasPads && !isSame) {
    throw new FormatError(
      `${where}: expected the padding of TensorFlow, same without counted zeros, got pads ${formatShape(pads)}; export it as ONNX`,
    );
  }
  const className = `${isMean ? 'Average' : 'Max'}Pooling${window.length}D`;
  return [...before, plain(className, { name, pool_size: window, strides, padding, data_format: 'channels_last' })];
}

/** `scale · x + offset`. */
function rescaling({ mean, std }: OnnxNormalization, { name, where }: LayerContext): TfjsLayer {
  if (mean.length !== 1 || std.length !== 1) {
    throw new FormatError(
      `${where}: expected one mean and one standard deviation, as TensorFlow.js rescales, got some for each channel; export it without the normalization`,
    );
  }
  return plain('Rescaling', { name, scale: 1 / std[0], offset: -mean[0] / std[0] });
}

/** TensorFlow's padding, or a layer of zeros before. */
function paddingOf(
  { name, strides, pads }: Pick<OnnxPool, 'strides' | 'pads'> & { readonly name: string },
  spans: readonly number[],
  [, ...extents]: Shape,
  where: string,
): { readonly padding: 'valid' | 'same'; readonly before: readonly TfjsLayer[] } {
  if (pads.every((pad) => pad === 0)) return { padding: 'valid', before: [] };
  const totals = spans.map((span, axis) =>
    Math.max(0, (Math.ceil(extents[axis] / strides[axis]) - 1) * strides[axis] + span - extents[axis]),
  );
  const same = [...totals.map((total) => Math.floor(total / 2)), ...totals.map((total) => Math.ceil(total / 2))];
  if (formatShape(same) === formatShape(pads)) return { padding: 'same', before: [] };
  if (spans.length !== 2) {
    throw new FormatError(`${where}: expected padding same or none along a signal, got ${formatShape(pads)}`);
  }
  const [top, left, bottom, right] = pads;
  const config = {
    name: `${name}_padding`,
    padding: sides(top, bottom, left, right),
    data_format: 'channels_last',
  };
  return { padding: 'valid', before: [plain('ZeroPadding2D', config)] };
}

/** A border as TensorFlow.js writes it. */
function sides(top: number, bottom: number, left: number, right: number): readonly (readonly number[])[] {
  return [
    [top, bottom],
    [left, right],
  ];
}

/** The same numbers with the axes in another order. */
function transposed({ shape, data, dtype }: Tensor, order: readonly number[]): Tensor {
  const result = tensor(
    order.map((axis) => shape[axis]),
    undefined,
    dtype,
  );
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const indices = order.map(() => 0);
  for (let k = 0, at = 0; k < data.length; k++) {
    result.data[k] = data[at];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      at += strides[order[axis]];
      if (++indices[axis] < result.shape[axis]) break;
      at -= result.shape[axis] * strides[order[axis]];
      indices[axis] = 0;
    }
  }
  return result;
}

/** Rows in the order that TensorFlow.js counts them in. */
function reordered(values: Tensor, order: Int32Array): Tensor {
  const result = tensor(values.shape, undefined, values.dtype);
  const each = values.data.length / order.length;
  for (const [row, target] of order.entries()) {
    result.data.set(values.data.subarray(row * each, (row + 1) * each), target * each);
  }
  return result;
}
