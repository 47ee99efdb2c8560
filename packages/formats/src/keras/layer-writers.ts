/**
 * For each Keras layer the nodes of an ONNX graph. Values keep Keras's axes, channels last; an operator on images has a Transpose
 * before and behind, which the recognition of ONNX graphs sees through.
 */
import { isRecord } from '@longhand/schema';
import type { Tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import { activated, leakyRelu } from './activations';
import { spatial, toLast, transposed, transposedAround, type Writing } from './channel-axes';
import { KerasLayer } from './config';
import { convolution, convolved, depthwise, weightsOf, windows } from './convolutions';
import { float, type GraphValue, int, ints } from './graph-writer';

type LayerWriter = (writing: Writing, layer: KerasLayer, inputs: readonly [GraphValue, ...GraphValue[]]) => GraphValue;

/** By class, those of Keras 2, Keras 3 and TensorFlow.js. */
export const layerWriters: Readonly<Record<string, LayerWriter>> = {
  Conv1D: (writing, layer, [x]) => withActivation(writing, layer, convolution(writing, layer, x, 1)),
  Conv2D: (writing, layer, [x]) => withActivation(writing, layer, convolution(writing, layer, x, 2)),
  Convolution2D: (writing, layer, [x]) => withActivation(writing, layer, convolution(writing, layer, x, 2)),
  DepthwiseConv2D: (writing, layer, [x]) => {
    const [kernel, bias] = weightsOf(writing, layer, 'depthwise_kernel');
    const y = spatial(writing, layer, x, 2, (value) => depthwise(writing, layer, value, kernel, bias));
    return withActivation(writing, layer, y);
  },
  SeparableConv2D: (writing, layer, [x]) => {
    const [kernel, pointwise, bias] = weightsOf(writing, layer, 'depthwise_kernel', 'pointwise_kernel');
    const y = spatial(writing, layer, x, 2, (value) => {
      const between = depthwise(writing, layer, value, kernel, undefined, `${layer.name}_depthwise`);
      return convolved(writing, layer, between, { kernel: pointwise, bias }, {});
    });
    return withActivation(writing, layer, y);
  },
  Dense: (writing, layer, [x]) => {
    const { graph } = writing;
    const [kernel, bias] = weightsOf(writing, layer, 'kernel');
    const product = graph.node('MatMul', [x, graph.weight(layer.name, 'weight', kernel)], { layer: layer.name });
    const sum = bias && graph.node('Add', [product, graph.weight(layer.name, 'bias', bias)], { layer: layer.name });
    return withActivation(writing, layer, sum ?? product);
  },

  MaxPooling1D: pooling('MaxPool', 1),
  MaxPooling2D: pooling('MaxPool', 2),
  AveragePooling1D: pooling('AveragePool', 1),
  AveragePooling2D: pooling('AveragePool', 2),
  GlobalAveragePooling1D: globalPooling('GlobalAveragePool', 1),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool', 2),
  GlobalMaxPooling1D: globalPooling('GlobalMaxPool', 1),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool', 2),

  /** Outside training, where mean and variance are constants. */
  BatchNormalization: batchNormalization,
  BatchNormalizationV1: batchNormalization,
  BatchNormalizationV2: batchNormalization,

  /** With channels first, Keras flattens as if they were last. */
  Flatten: ({ graph }, layer, [x]) => {
    const isFirst = layer.text('data_format', 'channels_last') === 'channels_first' && x.rank > 1;
    const ordered = isFirst ? transposed(graph, layer, x, toLast(x.rank - 1)) : x;
    return graph.node('Flatten', [ordered], { layer: layer.name, rank: 1 });
  },
  Reshape: ({ graph }, layer, [x]) => {
    const target = layer.list('target_shape').map((extent) => {
      if (typeof extent === 'number' && Number.isSafeInteger(extent) && (extent > 0 || extent === -1)) return extent;
      return layer.refuse(`expected a target_shape of whole numbers, got ${shown(layer.any('target_shape'))}`);
    });
    return graph.node('Reshape', [x, graph.integers([0, ...target])], { layer: layer.name, rank: target.length });
  },
  Permute: ({ graph }, layer, [x]) => {
    const order = layer.extents('dims', x.rank) ?? layer.refuse('expected dims, got none');
    return transposed(graph, layer, x, [0, ...order]);
  },
  /** Zeros `[[top, bottom], [left, right]]`. */
  ZeroPadding2D: ({ graph, ...others }, layer, [x]) =>
    spatial({ graph, ...others }, layer, x, 2, (value) => {
      const [[top, bottom], [left, right]] = bordersOf(layer, 'padding', 1);
      const pads = graph.integers([0, 0, top, left, 0, 0, bottom, right]);
      return graph.node('Pad', [value, pads], { layer: layer.name });
    }),
  /** Without rows and columns `[[top, bottom], [left, right]]`. */
  Cropping2D: ({ graph, ...others }, layer, [x]) =>
    spatial({ graph, ...others }, layer, x, 2, (value) => {
      const [[top, bottom], [left, right]] = bordersOf(layer, 'cropping', 0);
      const pads = graph.integers([0, 0, top, left, 0, 0, bottom, right].map((rows) => 0 - rows));
      return graph.node('Pad', [value, pads], { layer: layer.name });
    }),

  Activation: (writing, layer, [x]) => withActivation(writing, layer, x),
  ReLU: ({ graph }, layer, [x]) => {
    const bounds = {
      most: layer.number('max_value', Number.MAX_VALUE),
      slope: layer.number('negative_slope', 0),
      threshold: layer.number('threshold', 0),
    };
    const { most, slope, threshold } = bounds;
    // Up to 1 it is a part of hard swish.
    const isBounded = most === 6 || most === 1;
    if (threshold !== 0 || (most !== Number.MAX_VALUE && (!isBounded || slope !== 0))) {
      layer.refuse(`expected ReLU or ReLU6, got max_value ${most}, negative_slope ${slope} and threshold ${threshold}`);
    }
    if (isBounded) return graph.node('Clip', [x, graph.floats([0]), graph.floats([most])], { layer: layer.name });
    return slope === 0 ? graph.node('Relu', [x], { layer: layer.name }) : leakyRelu(graph, x, layer.name, slope);
  },
  // Keras 2 and TensorFlow.js call the slope alpha.
  LeakyReLU: ({ graph }, layer, [x]) =>
    leakyRelu(graph, x, layer.name, layer.number('negative_slope', layer.number('alpha', 0.3))),
  Softmax: ({ graph }, layer, [x]) => {
    const axis = layer.any('axis') ?? -1;
    if (typeof axis !== 'number') return layer.refuse(`expected one axis, got ${shown(axis)}`);
    return graph.node('Softmax', [x], { layer: layer.name, attributes: { axis: int(axis) } });
  },

  Dropout: ({ graph }, layer, [x]) =>
    graph.node('Dropout', [x, graph.floats([layer.number('rate', 0.5)])], { layer: layer.name }),

  Add: ({ graph }, layer, inputs) => {
    if (inputs.length !== 2) layer.refuse(`expected the sum of two results, got ${inputs.length}`);
    return graph.node('Add', [inputs[0], inputs[1].name], { layer: layer.name });
  },

  Multiply: ({ graph }, layer, inputs) => {
    if (inputs.length !== 2) layer.refuse(`expected the product of two results, got ${inputs.length}`);
    return graph.node('Mul', [inputs[0], inputs[1].name], { layer: layer.name });
  },

  /** `scale · x + offset`. */
  Rescaling: ({ graph }, layer, [x]) => {
    const of = (key: string, fallback: number): string =>
      Array.isArray(layer.any(key))
        ? graph.floats(numbersOf(layer, key), [layer.list(key).length])
        : graph.floats([layer.number(key, fallback)]);
    const scaled = graph.node('Mul', [x, of('scale', 1)], { layer: layer.name });
    return graph.node('Add', [scaled, of('offset', 0)], { layer: layer.name });
  },
  /** `(x − mean) / max(√variance, ε)` along the last axis. */
  Normalization: ({ graph, weights }, layer, [x]) => {
    if (layer.flag('invert', false)) layer.refuse('expected invert false, got true');
    const stated = layer.any('mean') !== undefined && layer.any('mean') !== null;
    const numbers = (key: 'mean' | 'variance', tensor: Tensor | undefined): number[] =>
      tensor === undefined ? numbersOf(layer, key) : [...tensor.data];
    const [first, second] = stated ? [] : weights.of(layer, ['mean', 'variance']);
    const mean = numbers('mean', first);
    const std = numbers('variance', second).map((variance) => Math.max(Math.sqrt(variance), 1e-7));
    const centered = graph.node('Sub', [x, graph.floats(mean, [mean.length])], { layer: layer.name });
    return graph.node('Div', [centered, graph.floats(std, [std.length])], { layer: layer.name });
  },

  // What has something to do in training only.
  ...Object.fromEntries(
    [
      ...['SpatialDropout1D', 'SpatialDropout2D', 'GaussianDropout', 'GaussianNoise', 'AlphaDropout'],
      ...['ActivityRegularization', 'RandomFlip', 'RandomRotation', 'RandomTranslation', 'RandomZoom'],
      ...['RandomContrast', 'RandomBrightness', 'RandomShear', 'Identity'],
    ].map((name): [string, LayerWriter] => [name, (_, __, [x]) => x]),
  ),
};

function withActivation(writing: Writing, layer: KerasLayer, value: GraphValue): GraphValue {
  return activated(writing.graph, layer, value, (json) => {
    const own = new KerasLayer(json, layer.path, layer.where);
    const isPlain = ['ReLU', 'LeakyReLU', 'Softmax'].includes(own.className);
    if (!isPlain) layer.refuse(`expected an activation that this project knows, got ${shown(own.className)}`);
    return layerWriters[own.className](writing, own, [value]);
  });
}

function pooling(operator: 'MaxPool' | 'AveragePool', axes: number): LayerWriter {
  return (writing, layer, [x]) => {
    const window = layer.extents('pool_size', axes) ?? new Array<number>(axes).fill(2);
    // Without strides, windows lie beside one another. Means leave out what lies beyond the image.
    const attributes = { ...windows(layer, axes, window), kernel_shape: ints(window) };
    return spatial(writing, layer, x, axes, (value) =>
      writing.graph.node(operator, [value], { layer: layer.name, attributes }),
    );
  };
}

function globalPooling(operator: string, axes: number): LayerWriter {
  return (writing, layer, [x]) => {
    const y = spatial(writing, layer, x, axes, (value) => writing.graph.node(operator, [value], { layer: layer.name }));
    return layer.flag('keepdims', false) ? y : writing.graph.node('Flatten', [y], { layer: layer.name, rank: 1 });
  };
}

function batchNormalization({ graph, weights }: Writing, layer: KerasLayer, [x]: readonly GraphValue[]): GraphValue {
  const [scale, center] = [layer.flag('scale', true), layer.flag('center', true)];
  const names = [...(scale ? ['gamma'] : []), ...(center ? ['beta'] : []), 'moving_mean', 'moving_variance'];
  const own = [...weights.of(layer, names)];
  const [variance, mean] = [own.pop(), own.pop()] as [Tensor, Tensor];
  const constant = (value: number): Tensor => ({ ...mean, data: mean.data.map(() => value) }) as Tensor;
  const gamma = scale ? (own.shift() as Tensor) : constant(1);
  const beta = center ? (own.shift() as Tensor) : constant(0);
  const given = layer.any('axis');
  const axis = Array.isArray(given) && given.length === 1 ? given[0] : (given ?? -1);
  const isLast = axis === -1 || axis === x.rank;
  if (!isLast && axis !== 1) layer.refuse(`expected the axis of the channels, got ${shown(given)}`);
  const { name } = layer;
  const attributes = { epsilon: float(layer.number('epsilon', 1e-3)), momentum: float(layer.number('momentum', 0.99)) };
  const normalized = (value: GraphValue): GraphValue =>
    graph.node(
      'BatchNormalization',
      [
        value,
        graph.weight(name, 'weight', gamma),
        graph.weight(name, 'bias', beta),
        graph.weight(name, 'running_mean', mean),
        graph.weight(name, 'running_var', variance),
      ],
      { layer: name, attributes },
    );
  return isLast && x.rank > 1 ? transposedAround(graph, layer, x, normalized) : normalized(x);
}

/** `1`, `[1, 2]` or `[[1, 2], [3, 4]]`. */
function bordersOf(
  layer: KerasLayer,
  key: 'padding' | 'cropping',
  usual: number,
): readonly (readonly [number, number])[] {
  const given = layer.any(key) ?? usual;
  const sides = typeof given === 'number' ? [given, given] : given;
  const pairs = Array.isArray(sides) ? sides.map((side) => (typeof side === 'number' ? [side, side] : side)) : [];
  const isSound = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((rows) => Number.isSafeInteger(rows) && rows >= 0);
  if (pairs.length === 2 && pairs.every(isSound)) return pairs as [number, number][];
  return layer.refuse(`expected ${key} on both sides of two axes, got ${shown(given)}`);
}

/** The numbers of an entry: a list within lists, or one number. */
function numbersOf(layer: KerasLayer, key: string): number[] {
  const numbers = [layer.any(key)].flat(8).map((value) => (isRecord(value) ? undefined : value));
  if (numbers.length > 0 && numbers.every((value) => typeof value === 'number')) return numbers as number[];
  return layer.refuse(`expected ${key} as numbers, got ${shown(layer.any(key))}`);
}
