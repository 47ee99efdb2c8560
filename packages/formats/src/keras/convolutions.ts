/** Convolutions: Keras has kernels `[…window, in, out]`, ONNX `[out, in, …window]`. */
import type { Tensor } from '@longhand/tensor';
import { shown } from '../format-error';
import type { OnnxAttribute } from '../onnx/model';
import { spatial, type Writing } from './channel-axes';
import type { KerasLayer } from './config';
import { checkRank, type GraphValue, int, ints, text } from './graph-writer';

/** The weights that a layer has, and its bias if it uses one. */
export function weightsOf({ weights }: Writing, layer: KerasLayer, ...names: readonly string[]): readonly Tensor[] {
  return weights.of(layer, layer.flag('use_bias', true) ? [...names, 'bias'] : names);
}

export function convolution(writing: Writing, layer: KerasLayer, x: GraphValue, axes: number): GraphValue {
  const [kernel, bias] = weightsOf(writing, layer, 'kernel');
  checkRank(kernel, axes + 2, layer.where);
  const groups = layer.number('groups', 1);
  return spatial(writing, layer, x, axes, (value) =>
    convolved(
      writing,
      layer,
      value,
      { kernel, bias },
      { ...windows(layer, axes, kernel.shape.slice(0, axes)), ...(groups === 1 ? {} : { group: int(groups) }) },
    ),
  );
}

/** A kernel `[…window, in, out]` as `[out, in, …window]`, and the convolution with it. */
export function convolved(
  { graph }: Writing,
  { name: layer }: KerasLayer,
  x: GraphValue,
  { kernel, bias }: { readonly kernel: Tensor; readonly bias: Tensor | undefined },
  attributes: Readonly<Record<string, OnnxAttribute>>,
): GraphValue {
  const axes = kernel.shape.length - 2;
  const order = [axes + 1, axes, ...Array.from({ length: axes }, (_, axis) => axis)];
  const weight = graph.weight(layer, 'weight', kernel);
  const turned = graph.constant('Transpose', [weight], { layer, attributes: { perm: ints(order) } });
  const own = bias === undefined ? [] : [graph.weight(layer, 'bias', bias)];
  return graph.node('Conv', [x, turned, ...own], { layer, attributes });
}

/** A kernel `[height, width, in, multiplier]`: each channel has filters of its own. */
export function depthwise(
  { graph }: Writing,
  layer: KerasLayer,
  x: GraphValue,
  kernel: Tensor,
  bias: Tensor | undefined,
  name = layer.name,
): GraphValue {
  checkRank(kernel, 4, layer.where);
  const [height, width, channels, multiplier] = kernel.shape;
  const weight = graph.weight(name, 'weight', kernel);
  const turned = graph.constant('Transpose', [weight], {
    layer: layer.name,
    attributes: { perm: ints([2, 3, 0, 1]) },
  });
  const shape = graph.integers([channels * multiplier, 1, height, width]);
  const split = graph.constant('Reshape', [turned, shape], { layer: layer.name });
  const own = bias === undefined ? [] : [graph.weight(name, 'bias', bias)];
  const attributes = { ...windows(layer, 2, [height, width]), group: int(channels) };
  return graph.node('Conv', [x, split, ...own], { layer: layer.name, attributes });
}

/** Strides, dilations and padding of windows. TensorFlow puts the additional zero of `same` at the end. */
export function windows(
  layer: KerasLayer,
  axes: number,
  window: readonly number[],
): Readonly<Record<string, OnnxAttribute>> {
  const isPool = layer.any('pool_size') !== undefined;
  const strides = layer.extents('strides', axes) ?? (isPool ? window : window.map(() => 1));
  const dilations = layer.extents('dilation_rate', axes) ?? window.map(() => 1);
  const padding = layer.text('padding', 'valid').toLowerCase();
  const isDilated = dilations.some((dilation) => dilation !== 1);
  const attributes = { strides: ints(strides), ...(isDilated ? { dilations: ints(dilations) } : {}) };
  switch (padding) {
    case 'valid':
      return attributes;
    case 'same':
      return { ...attributes, auto_pad: text('SAME_UPPER') };
    case 'causal':
      if (axes === 1) return { ...attributes, pads: ints([(window[0] - 1) * dilations[0], 0]) };
  }
  return layer.refuse(`expected padding valid or same, got ${shown(padding)}`);
}
