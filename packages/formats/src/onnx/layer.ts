/**
 * The common form of Longhand's and ONNX's networks: layers as plain data, one after another or in the branches of residual
 * blocks, with PyTorch's orders of axes. Images are `[channels, height, width]`, weights `[out, in, kernel height, kernel width]`
 * and `[out, in]`; a signal has one spatial axis, an image two. No layer knows the batch.
 *
 * ONNX itself has nodes with operators. A layer here is one of them or several.
 */
import { formatShape, type Shape, sizeOf, type Tensor } from '@longhand/tensor';
import { FormatError } from '../format-error';

/** One layer of a network. */
export type OnnxLayer =
  | OnnxNormalization
  | OnnxConv
  | OnnxBatchNorm
  | OnnxCrop
  | OnnxPool
  | OnnxGemm
  | OnnxLeakyRelu
  | OnnxDropout
  | OnnxResidual
  | { readonly kind: 'globalAveragePool' | 'flatten' | OnnxActivation | OnnxFinalActivation };

/** Elementwise functions; silu is x · sigmoid(x), relu6 is min(max(x, 0), 6), geluTanh is GELU's approximation by tanh. */
export type OnnxActivation =
  | 'identity'
  | 'relu'
  | 'relu6'
  | 'sigmoid'
  | 'silu'
  | 'tanh'
  | 'hardSwish'
  | 'gelu'
  | 'geluTanh';

/** The functions from logits to (log-)probabilities that may end a network. */
export type OnnxFinalActivation = 'softmax' | 'logSoftmax';

/** `y = (x − mean) / std`, the first layer. One number each, or one for each channel. */
export interface OnnxNormalization {
  /** Tells it from other layers. */
  readonly kind: 'normalization';
  /** What is subtracted. */
  readonly mean: readonly number[];
  /** What the rest is divided by. */
  readonly std: readonly number[];
}

/** A cross-correlation, which ONNX calls a convolution: the kernel is not flipped. */
export interface OnnxConv {
  /** Tells it from other layers. */
  readonly kind: 'conv';
  /** The name of the layer: its parameters are `name.weight` and `name.bias`. */
  readonly name: string;
  /** `[out, in / groups, …kernel]` */
  readonly weight: Tensor;
  /** `[out]`. Absent where there is none. */
  readonly bias?: Tensor;
  /** Into how many groups the channels are divided. Default: 1. */
  readonly groups?: number;
  /** Steps between the taps of the kernel, one for each spatial axis. Default: 1 each. */
  readonly dilations?: readonly number[];
  /** One stride for each spatial axis. */
  readonly strides: readonly number[];
  /** Zeros before each spatial axis, then after each: `[top, left, bottom, right]`. */
  readonly pads: readonly number[];
}

/** `y = (x − mean) / √(variance + epsilon) · weight + bias` for each channel: batch normalization outside training. */
export interface OnnxBatchNorm {
  /** Tells it from other layers. */
  readonly kind: 'batchNorm';
  /** The name of the layer: its tensors are `name.weight`, `name.bias`, `name.running_mean` and `name.running_var`. */
  readonly name: string;
  /** The learned scale, `[channels]`. */
  readonly weight: Tensor;
  /** The learned mean, `[channels]`. */
  readonly bias: Tensor;
  /** The running mean, `[channels]`. */
  readonly mean: Tensor;
  /** The running variance, `[channels]`. */
  readonly variance: Tensor;
  /** Added to the variance before the root is taken. */
  readonly epsilon: number;
  /** The part of the running statistics that training keeps with each batch: one less PyTorch's. */
  readonly momentum: number;
}

/** The middle of an image. */
export interface OnnxCrop {
  /** Tells it from other layers. */
  readonly kind: 'crop';
  /** Rows and columns that are left out: `[top, left, bottom, right]`. */
  readonly border: readonly number[];
}

/** The maximum or the mean of each window. */
export interface OnnxPool {
  /** Tells it from other layers. */
  readonly kind: 'maxPool' | 'averagePool';
  /** The size of a window, one number for each spatial axis. */
  readonly window: readonly number[];
  /** Steps between windows, one for each spatial axis. */
  readonly strides: readonly number[];
  /** Padding before each spatial axis, then after each: `[top, left, bottom, right]`. */
  readonly pads: readonly number[];
  /** Whether a mean includes the padding (ONNX's `count_include_pad`). Default: true, as in PyTorch. */
  readonly countsPads?: boolean;
}

/** A fully connected layer, `y = weight · x + bias`. */
export interface OnnxGemm {
  /** Tells it from other layers. */
  readonly kind: 'gemm';
  /** The name of the layer: its parameters are `name.weight` and `name.bias`. */
  readonly name: string;
  /** `[out, in]` */
  readonly weight: Tensor;
  /** `[out]`. Absent where there is none. */
  readonly bias?: Tensor;
}

/** x above zero, negativeSlope · x below. */
export interface OnnxLeakyRelu {
  readonly kind: 'leakyRelu';
  readonly negativeSlope: number;
}

/** The identity outside training. */
export interface OnnxDropout {
  readonly kind: 'dropout';
  /** The probability that training drops a number. */
  readonly rate: number;
}

/** The sum of two branches: `y = body(x) + shortcut(x)`. */
export interface OnnxResidual {
  /** Tells it from other layers. */
  readonly kind: 'residual';
  /** At least one layer. */
  readonly body: readonly OnnxLayer[];
  /** The input itself, where there are no layers. */
  readonly shortcut: readonly OnnxLayer[];
}

/** Layers one after another and the shape of one input. */
export interface OnnxNetwork {
  /** The shape of one input, channels first: `[1, 28, 28]`. */
  readonly inputShape: Shape;
  /** The layers in their order. */
  readonly layers: readonly OnnxLayer[];
  /** Whether a graph takes whole numbers: pixels from 0 to 255. */
  readonly takesBytes?: boolean;
}

/**
 * The shape that a layer gives, channels first.
 *
 * @throws FormatError when the layer does not fit the input
 * @example onnxOutputShape({ kind: 'flatten' }, [12, 4, 4], 'digits.onnx'); // [ 192 ]
 */
export function outputShape(layer: OnnxLayer, input: Shape, where: string): Shape {
  switch (layer.kind) {
    case 'normalization':
      checkNormalization(layer, input, where);
      return input;
    case 'conv': {
      const [outChannels = 0, groupChannels = 0, ...kernel] = layer.weight.shape;
      const { groups = 1 } = layer;
      checkRank(kernel, input, where);
      if (!Number.isSafeInteger(groups) || groups < 1 || outChannels % groups !== 0) {
        refuse(where, `groups that divide the ${outChannels} output channels`, `${groups}`);
      }
      expectEqual('channels of the input', groups * groupChannels, input[0], where);
      checkBias(layer, outChannels, where);
      return [outChannels, ...windows(layer, kernel, input, where)];
    }
    case 'batchNorm':
      for (const numbers of [layer.weight, layer.bias, layer.mean, layer.variance]) {
        if (numbers.shape.length !== 1) refuse(where, 'one number for each channel', formatShape(numbers.shape));
        expectEqual('channels of the input', numbers.shape[0], input[0], where);
      }
      return input;
    case 'residual': {
      if (layer.body.length === 0) refuse(where, 'at least one layer in the body of a block', 'none');
      const [body, shortcut] = [layer.body, layer.shortcut].map((branch) => outputShapeOf(branch, input, where));
      if (formatShape(body) !== formatShape(shortcut)) {
        refuse(where, 'branches that give one shape', `${formatShape(body)} and ${formatShape(shortcut)}`);
      }
      return body;
    }
    case 'crop': {
      const extents = input.slice(1).map((extent, axis) => extent - layer.border[axis] - layer.border[axis + 2]);
      if (extents.length !== 2 || extents.some((extent) => extent < 1)) {
        refuse(where, `an image that is left by the border ${formatShape(layer.border)}`, formatShape(input));
      }
      return [input[0], ...extents];
    }
    case 'maxPool':
    case 'averagePool':
      checkRank(layer.window, input, where);
      if (layer.pads.some((pad, side) => pad >= layer.window[side % layer.window.length])) {
        refuse(where, `a border narrower than the window ${formatShape(layer.window)}`, formatShape(layer.pads));
      }
      return [input[0], ...windows(layer, layer.window, input, where)];
    case 'globalAveragePool':
      checkRank(input.slice(1), input, where);
      return [input[0], ...input.slice(1).map(() => 1)];
    case 'flatten':
      return [sizeOf(input)];
    case 'gemm':
      if (input.length !== 1) refuse(where, 'a flat input', `one of the shape ${formatShape(input)}; flatten it first`);
      if (layer.weight.shape.length !== 2) refuse(where, 'a matrix', formatShape(layer.weight.shape));
      expectEqual('inputs', layer.weight.shape[1], input[0], where);
      checkBias(layer, layer.weight.shape[0], where);
      return [layer.weight.shape[0]];
    case 'softmax':
    case 'logSoftmax':
      if (input.length !== 1) refuse(where, 'a flat input', `one of the shape ${formatShape(input)}; flatten it first`);
      return input;
    default:
      return input;
  }
}

/** The shape that layers one after another give. */
export function outputShapeOf(layers: readonly OnnxLayer[], input: Shape, where: string): Shape {
  return layers.reduce((shape, layer) => outputShape(layer, shape, where), input);
}

/**
 * Refuses a normalization that is not the first layer, any layer but identities after a softmax, and both in a branch.
 *
 * @param before the layers before it
 */
export function checkPosition(layer: OnnxLayer, before: readonly OnnxLayer[], where: string): void {
  if (layer.kind === 'normalization' && before.length > 0) {
    refuse(where, 'sums and products with constants at the input only', `one behind ${before[before.length - 1].kind}`);
  }
  const final = before.find(({ kind }) => kind === 'softmax' || kind === 'logSoftmax');
  if (final !== undefined && layer.kind !== 'identity' && layer.kind !== 'dropout') {
    refuse(where, `nothing behind ${final.kind}`, layer.kind);
  }
  if (layer.kind !== 'residual') return;
  const fixed = [...layer.body, ...layer.shortcut].find(({ kind }) => atTheEnds.includes(kind));
  if (fixed !== undefined) refuse(where, `a ${fixed.kind} outside the branches of a sum`, 'one within');
}

/** The layers at one end of the network, or the other. */
const atTheEnds: readonly string[] = ['normalization', 'softmax', 'logSoftmax'];

function checkNormalization({ mean, std }: OnnxNormalization, [channels]: Shape, where: string): void {
  for (const numbers of [mean, std]) {
    if (numbers.length !== 1 && numbers.length !== channels) {
      refuse(where, `one number, or one for each of ${channels} channels`, `${numbers.length}`);
    }
  }
  const unusable = [...mean, ...std].find((number) => !Number.isFinite(number));
  if (unusable !== undefined) refuse(where, 'finite numbers', `${unusable}`);
  if (std.includes(0)) refuse(where, 'a standard deviation other than zero', '0');
}

function checkRank(kernel: readonly number[], input: Shape, where: string): void {
  if (input.length !== kernel.length + 1 || kernel.length < 1 || kernel.length > 2) {
    refuse(where, 'channels and one or two spatial axes', `a window ${formatShape(kernel)} for ${formatShape(input)}`);
  }
}

/** The number of windows along each spatial axis. */
function windows(
  { strides, pads, dilations = strides.map(() => 1) }: Pick<OnnxConv, 'strides' | 'pads' | 'dilations'>,
  kernel: readonly number[],
  input: Shape,
  where: string,
): number[] {
  const axes = kernel.length;
  const dilated = dilations.every((dilation) => dilation === 1) ? '' : `, dilations ${formatShape(dilations)}`;
  const geometry = `window ${formatShape(kernel)}${dilated}, strides ${formatShape(strides)}, pads ${formatShape(pads)}`;
  const steps = [strides, dilations].every(
    (counts) => counts.length === axes && counts.every((count) => Number.isSafeInteger(count) && count >= 1),
  );
  const border = pads.length === 2 * axes && pads.every((pad) => Number.isSafeInteger(pad) && pad >= 0);
  const window = kernel.every((extent) => Number.isSafeInteger(extent) && extent >= 1);
  if (!steps || !border || !window) refuse(where, `steps and borders of whole numbers for ${axes} axes`, geometry);
  return kernel.map((extent, axis) => {
    const span = input[axis + 1] + pads[axis] + pads[axis + axes] - ((extent - 1) * dilations[axis] + 1);
    if (span < 0) refuse(where, `a window within the input ${formatShape(input)}`, geometry);
    return Math.floor(span / strides[axis]) + 1;
  });
}

function checkBias({ bias }: { readonly bias?: Tensor }, out: number, where: string): void {
  if (bias === undefined) return;
  if (bias.shape.length !== 1) refuse(where, `a bias of the shape [${out}]`, formatShape(bias.shape));
  expectEqual('numbers in the bias', out, bias.shape[0], where);
}

function expectEqual(what: string, expected: number | undefined, given: number | undefined, where: string): void {
  if (expected !== given) throw new FormatError(`${where}: expected ${expected} ${what}, got ${given}`);
}

function refuse(where: string, expected: string, given: string): never {
  throw new FormatError(`${where}: expected ${expected}, got ${given}`);
}
