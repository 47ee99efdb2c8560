/** A model as the data of a module: the plan of its layers, and all numbers in one text. */
import { channelNormalizations, mnistLayout } from '@longhand/datasets';
import { type OnnxBatchNorm, type OnnxConv, type OnnxLayer, quantizePerChannel } from '@longhand/formats';
import { outputRange } from '@longhand/layers';
import type { Tensor } from '@longhand/tensor';
import { type Calibration, layoutOfModel, type Model, onnxLayersOfNetwork } from '@longhand/training';
import { base64 } from './base64';
import type { ModuleModel, PlanLayer } from './module/model';

/** The kinds of module: what they make of what they are given. */
export type ModuleKind = 'digits' | 'layouts' | 'pictures' | 'numbers';

/**
 * How a module for the model prepares what it is given: as `longhand predict` does, or not at all where the network takes no pictures.
 */
export function moduleKindOf(model: Model): ModuleKind {
  const [height, width, channels, ...others] = model.network.inputShape;
  if (others.length > 0 || (channels !== 1 && channels !== 3)) return 'numbers';
  const { framing, background } = layoutOfModel(model);
  if (channels === 3 || framing.kind === 'whole') return 'pictures';
  const isAsMnist = framing.kind === 'mass' && JSON.stringify(framing) === JSON.stringify(mnistLayout.framing);
  return isAsMnist && background === mnistLayout.background && height === 28 && width === 28 ? 'digits' : 'layouts';
}

/**
 * The data of a module.
 *
 * @param size the bytes of a weight. Three are within 2⁻²⁴ of the largest weight of each output channel, which is what float32 rounds it
 *   to
 * @throws ModelError naming the layer that a module has nothing for
 */
export function moduleModel(model: Model, size: 1 | 3 = 3): ModuleModel {
  const { network, parameters, normalization, classes, calibration } = model;
  const layers = onnxLayersOfNetwork(network, parameters, 'modules');
  const [depth, columns = 1, rows = 1] = [...network.inputShape].reverse();
  const numbers = new NumberWriter(size);
  const plan = layers.map((layer) => planOf(layer, numbers));
  const perChannel = channelNormalizations('model', normalization, depth);
  const range = outputRange(network)?.range;
  return {
    classes,
    input: [depth, rows, columns],
    mean: perChannel.map(({ mean }) => mean),
    std: perChannel.map(({ std }) => std),
    plan,
    closed: range === 'softmax' || range === 'sigmoid',
    ...(calibration && { calibration: verdictOf(calibration) }),
    ...(moduleKindOf(model) === 'layouts' && { layout: layoutOfModel(model) }),
    size,
    numbers: numbers.base64(),
  };
}

/** What a verdict needs of a calibration. Six digits of a direction change a cosine less than the weights' rounding does. */
function verdictOf({ temperature, threshold, similarity }: Calibration): NonNullable<ModuleModel['calibration']> {
  if (similarity === undefined) return { temperature, threshold };
  const directions = similarity.directions.map((one) => one.map((value) => Number(value.toPrecision(6))));
  return { temperature, threshold, similarity: { least: similarity.least, directions } };
}

class NumberWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #size: 1 | 3;

  constructor(size: 1 | 3) {
    this.#size = size;
  }

  weights(tensor: Tensor): void {
    const { scales, values } = quantizePerChannel(tensor, 8 * this.#size);
    this.floats(scales);
    // Two's complement, the lowest byte first.
    this.#parts.push(
      Uint8Array.from({ length: values.length * this.#size }, (_, at) => {
        return values[Math.floor(at / this.#size)] >> (8 * (at % this.#size));
      }),
    );
  }

  floats(values: ArrayLike<number>): void {
    const bytes = new DataView(new ArrayBuffer(4 * values.length));
    for (let k = 0; k < values.length; k++) bytes.setFloat32(4 * k, values[k], true);
    this.#parts.push(new Uint8Array(bytes.buffer));
  }

  base64(): string {
    const bytes = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return base64(bytes);
  }
}

function planOf(layer: OnnxLayer, numbers: NumberWriter): PlanLayer {
  switch (layer.kind) {
    case 'conv': {
      numbers.weights(layer.weight);
      if (layer.bias !== undefined) numbers.floats(layer.bias.data);
      return convolutionPlan(layer);
    }
    case 'gemm': {
      numbers.weights(layer.weight);
      if (layer.bias !== undefined) numbers.floats(layer.bias.data);
      const [out, into] = layer.weight.shape;
      return { kind: 'dense', weight: [out, into], bias: layer.bias !== undefined };
    }
    case 'batchNorm': {
      const { factors, summands } = affineOf(layer);
      numbers.floats(factors);
      numbers.floats(summands);
      return { kind: 'scale', count: factors.length };
    }
    case 'maxPool':
    case 'averagePool': {
      const { kind, window, strides, pads, countsPads = true } = layer;
      return { kind, window, strides, pads, ...(kind === 'averagePool' && { countsPads }) };
    }
    case 'crop':
      return layer;
    case 'globalAveragePool':
      return { kind: 'mean' };
    case 'flatten':
    case 'softmax':
      return { kind: layer.kind };
    case 'residual': {
      // The body's numbers come first.
      const body = layer.body.map((within) => planOf(within, numbers));
      return { kind: 'residual', body, shortcut: layer.shortcut.map((within) => planOf(within, numbers)) };
    }
    case 'leakyRelu':
      return { kind: 'activation', name: 'leakyRelu', slope: layer.negativeSlope };
    case 'normalization':
    case 'dropout':
    case 'logSoftmax':
      throw new Error(`a network of Longhand has no layer ${layer.kind} as one of ONNX`);
    default:
      return { kind: 'activation', name: layer.kind };
  }
}

/** A signal's convolution is one of images of height one. */
function convolutionPlan({ weight, bias, strides, pads, dilations, groups }: OnnxConv): PlanLayer {
  const [out, into, ...kernel] = weight.shape;
  const isSignal = kernel.length === 1;
  const [rows, columns] = isSignal ? [1, ...kernel] : kernel;
  const onAxes = (numbers: readonly number[]): readonly number[] => (isSignal ? [1, ...numbers] : numbers);
  return {
    kind: 'conv',
    weight: [out, into, rows, columns],
    bias: bias !== undefined,
    strides: onAxes(strides),
    pads: isSignal ? [0, pads[0], 0, pads[1]] : pads,
    ...(dilations && { dilations: onAxes(dilations) }),
    ...(groups && { groups }),
  };
}

/** Batch normalization in use, a factor and a summand for each channel. */
function affineOf({ weight, bias, mean, variance, epsilon }: OnnxBatchNorm): Record<'factors' | 'summands', number[]> {
  const factors = Array.from(weight.data, (value, c) => value / Math.sqrt(variance.data[c] + epsilon));
  return { factors, summands: factors.map((factor, c) => bias.data[c] - mean.data[c] * factor) };
}
