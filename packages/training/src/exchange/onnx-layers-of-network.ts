/** A network as ONNX layers: the same ones, with kernels for cross-correlation. */
import type { OnnxBatchNorm, OnnxLayer } from '@longhand/formats';
import { defaultNegativeSlope } from '@longhand/kernels';
import {
  batchNormDefaults,
  type Conv1dOptions,
  type Conv2dOptions,
  everyLayer,
  knownLayer,
  type NamedLayer,
  type Network,
  type NetworkParameters,
  sides,
} from '@longhand/layers';
import { formatShape, type Tensor } from '@longhand/tensor';
import { ModelError } from '../model-settings';
import { flippedIfTrueConvolution } from './flipped-kernels';

/** A layer's parameter or buffer by its name within the layer; undefined if the layer has none of that name. */
type ParameterOf = (name: string) => Tensor | undefined;

/**
 * The layers of a network for an ONNX file. True convolutions become cross-correlations with flipped kernels; dropout is left out, as
 * PyTorch's exporters do: it has nothing to do outside training.
 *
 * @param target what the layers are for, in messages
 * @throws ModelError naming the layer that ONNX files have nothing for
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * onnxLayersOfNetwork(network, parameters).map((layer) => layer.kind); // [ 'conv', 'relu', 'maxPool', 'conv', 'relu', 'maxPool', … ]
 */
export function onnxLayersOfNetwork(
  network: Network,
  parameters: NetworkParameters,
  target = 'ONNX files of longhand',
): readonly OnnxLayer[] {
  const flipped = flippedIfTrueConvolution(network);
  const parametersOf = (layer: string): ParameterOf => {
    return (name) => {
      const path = `${layer}.${name}`;
      return parameters.has(path) ? flipped(path, parameters.get(path)) : undefined;
    };
  };
  return inOrder(network.layers, { parametersOf, target });
}

/** What layers are written with. */
interface Source {
  readonly parametersOf: (layer: string) => ParameterOf;
  /** What they are for. */
  readonly target: string;
}

/** Layers one after another; an identity where nothing else is left. */
function inOrder(layers: readonly NamedLayer[], source: Source): readonly [OnnxLayer, ...OnnxLayer[]] {
  const [first = { kind: 'identity' }, ...others] = layers.flatMap((placed) => layersOf(placed, source));
  return [first, ...others];
}

/** A shape in PyTorch's order of axes: channels first. */
export function channelsFirst(shape: readonly number[]): readonly number[] {
  return [...shape.slice(-1), ...shape.slice(0, -1)];
}

function layersOf(placed: NamedLayer, source: Source): readonly OnnxLayer[] | OnnxLayer {
  const { name, layer, inputShape, outputShape } = placed;
  const { parametersOf, target } = source;
  const known = knownLayer(layer);
  const parameter = parametersOf(name);
  if (known === undefined) {
    // Of a block, the layer within that it is because of.
    const own = everyLayer([placed]).find((within) => knownLayer(within.layer) === undefined) ?? placed;
    throw unsupported(target, own.name, `a ${own.layer.description.kind} layer`);
  }
  switch (known.kind) {
    case 'conv2d':
    case 'conv1d':
      return {
        kind: 'conv',
        ...weights(name, parameter),
        ...windowsOf(placed, known),
        ...groupsAndDilations(placed, known),
      };
    case 'pool2d': {
      const { pooling, window, stride = window, padding = 0, countIncludePad = true } = known;
      const [extents, strides] = [onAxes(window, 2), onAxes(stride, 2)];
      const windows = { window: extents, strides, pads: sides(padding) };
      return pooling === 'max'
        ? { kind: 'maxPool', ...windows }
        : { kind: 'averagePool', ...windows, countsPads: countIncludePad };
    }
    case 'crop2d':
      return { kind: 'crop', border: sides(known.border) };
    case 'globalAveragePool':
      // ONNX keeps the axes of the image, with an extent of one.
      return [{ kind: 'globalAveragePool' }, { kind: 'flatten' }];
    case 'dense':
      return { kind: 'gemm', ...weights(name, parameter) };
    case 'activation': {
      const { activation, negativeSlope = defaultNegativeSlope } = known;
      return activation === 'leakyRelu' ? { kind: activation, negativeSlope } : { kind: activation };
    }
    case 'softmax':
    case 'flatten':
      return { kind: known.kind };
    case 'reshape':
      // Both flatten in PyTorch's order.
      if (outputShape.length === 1) return { kind: 'flatten' };
      throw unsupported(target, name, `a reshape to ${formatShape(outputShape)}`);
    case 'batchNorm': {
      const { momentum, epsilon } = { ...batchNormDefaults, ...known };
      const numbers = { ...weights(name, parameter), ...statistics(parameter) };
      return { kind: 'batchNorm', ...numbers, epsilon, momentum: 1 - momentum };
    }
    case 'dropout':
      return [];
    case 'residual': {
      const branch = (which: 'body' | 'shortcut'): readonly NamedLayer[] =>
        (layer.nested?.(name, inputShape) ?? [])
          .filter((nested) => nested.name.startsWith(`${which}.`))
          .map((nested) => ({ ...nested, name: `${name}.${nested.name}` }));
      const shortcut = branch('shortcut');
      return {
        kind: 'residual',
        body: inOrder(branch('body'), source),
        shortcut: shortcut.length === 0 ? [] : inOrder(shortcut, source),
      };
    }
  }
}

function unsupported(target: string, name: string, what: string): ModelError {
  return new ModelError(`${name}: expected a layer that ${target} know, got ${what}; use safetensors`);
}

function statistics(parameter: ParameterOf): Pick<OnnxBatchNorm, 'bias' | 'mean' | 'variance'> {
  const [bias, mean, variance] = ['bias', 'running_mean', 'running_var'].map((name) => parameter(name) as Tensor);
  return { bias, mean, variance };
}

function weights(name: string, parameter: ParameterOf): { name: string; weight: Tensor; bias?: Tensor } {
  const bias = parameter('bias');
  return { name, weight: parameter('weight') as Tensor, ...(bias === undefined ? {} : { bias }) };
}

/** Groups and dilations where they are not one, the default of older files. */
function groupsAndDilations(
  { inputShape }: NamedLayer,
  { groups = 1, dilation = 1 }: Conv1dOptions | Conv2dOptions,
): { groups?: number; dilations?: readonly number[] } {
  const dilations = onAxes(dilation, inputShape.length - 1);
  return {
    ...(groups === 1 ? {} : { groups }),
    ...(dilations.every((step) => step === 1) ? {} : { dilations }),
  };
}

function windowsOf(
  { inputShape, outputShape }: NamedLayer,
  { kernel, stride = 1, dilation = 1, padding = 'valid' }: Conv1dOptions | Conv2dOptions,
): { strides: readonly number[]; pads: readonly number[] } {
  const axes = inputShape.length - 1;
  const dilations = onAxes(dilation, axes);
  const strides = onAxes(stride, axes);
  if (padding === 'valid') return { strides, pads: new Array<number>(2 * axes).fill(0) };
  if (padding === 'same') {
    // TensorFlow's rule: as few zeros as the windows need; an odd total puts the additional zero at the end.
    const totals = onAxes(kernel, axes).map((extent, axis) =>
      Math.max(0, (outputShape[axis] - 1) * strides[axis] + (extent - 1) * dilations[axis] + 1 - inputShape[axis]),
    );
    const before = totals.map((total) => Math.floor(total / 2));
    return { strides, pads: [...before, ...totals.map((total, axis) => total - before[axis])] };
  }
  if (typeof padding === 'number') return { strides, pads: new Array<number>(2 * axes).fill(padding) };
  if ('top' in padding) return { strides, pads: sides(padding) };
  return { strides, pads: padding };
}

/** One number for each spatial axis. */
function onAxes(option: number | readonly number[], axes: number): readonly number[] {
  return typeof option === 'number' ? new Array<number>(axes).fill(option) : option;
}
