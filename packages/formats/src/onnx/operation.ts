/**
 * The common form of Longhand's and ONNX's networks: a chain of operations as plain data, with PyTorch's orders of axes. Images are
 * `[channels, height, width]`, weights `[out, in, kernel height, kernel width]` and `[out, in]`; a signal has one
 * spatial axis, an image two. No operation knows the batch.
 */
import { formatShape, type Shape, sizeOf, type Tensor } from '@longhand/tensor';
import { FormatError } from '../format-error';

/** One operation of a network. */
export type OnnxOperation =
  | OnnxNormalization
  | OnnxConv
  | OnnxPool
  | OnnxGemm
  | OnnxLeakyRelu
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

/** `y = (x − mean) / std`, the first operation. One number each, or one for each channel. */
export interface OnnxNormalization {
  readonly kind: 'normalization';
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A cross-correlation, which ONNX calls a convolution: the kernel is not flipped. */
export interface OnnxConv {
  readonly kind: 'conv';
  /** The name of the layer: its parameters are `name.weight` and `name.bias`. */
  readonly name: string;
  /** `[out, in / groups, …kernel]` */
  readonly weight: Tensor;
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

/** The maximum or the mean of each window. */
export interface OnnxPool {
  readonly kind: 'maxPool' | 'averagePool';
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  /** Whether a mean includes the padding (ONNX's `count_include_pad`). Default: true, as in PyTorch. */
  readonly countsPads?: boolean;
}

/** A fully connected layer, `y = weight · x + bias`. */
export interface OnnxGemm {
  readonly kind: 'gemm';
  readonly name: string;
  /** `[out, in]` */
  readonly weight: Tensor;
  readonly bias?: Tensor;
}

/** x above zero, negativeSlope · x below. */
export interface OnnxLeakyRelu {
  readonly kind: 'leakyRelu';
  readonly negativeSlope: number;
}

/** A chain of operations and the shape of one input. */
export interface OnnxNetwork {
  readonly inputShape: Shape;
  readonly operations: readonly OnnxOperation[];
}

/**
 * The shape of one result.
 *
 * @throws FormatError when the operation does not fit the input
 */
export function outputShape(operation: OnnxOperation, input: Shape, where: string): Shape {
  switch (operation.kind) {
    case 'normalization':
      checkNormalization(operation, input, where);
      return input;
    case 'conv': {
      const [outChannels = 0, groupChannels = 0, ...kernel] = operation.weight.shape;
      const { groups = 1 } = operation;
      checkRank(kernel, input, where);
      if (!Number.isSafeInteger(groups) || groups < 1 || outChannels % groups !== 0) {
        refuse(where, `groups that divide the ${outChannels} output channels`, `${groups}`);
      }
      expectEqual('channels of the input', groups * groupChannels, input[0], where);
      checkBias(operation, outChannels, where);
      return [outChannels, ...windows(operation, kernel, input, where)];
    }
    case 'maxPool':
    case 'averagePool':
      checkRank(operation.window, input, where);
      if (operation.pads.some((pad, side) => pad >= operation.window[side % operation.window.length])) {
        refuse(
          where,
          `a border narrower than the window ${formatShape(operation.window)}`,
          formatShape(operation.pads),
        );
      }
      return [input[0], ...windows(operation, operation.window, input, where)];
    case 'globalAveragePool':
      checkRank(input.slice(1), input, where);
      return [input[0], ...input.slice(1).map(() => 1)];
    case 'flatten':
      return [sizeOf(input)];
    case 'gemm':
      if (input.length !== 1) refuse(where, 'a flat input', `one of the shape ${formatShape(input)}; flatten it first`);
      if (operation.weight.shape.length !== 2) refuse(where, 'a matrix', formatShape(operation.weight.shape));
      expectEqual('inputs', operation.weight.shape[1], input[0], where);
      checkBias(operation, operation.weight.shape[0], where);
      return [operation.weight.shape[0]];
    case 'softmax':
    case 'logSoftmax':
      if (input.length !== 1) refuse(where, 'a flat input', `one of the shape ${formatShape(input)}; flatten it first`);
      return input;
    default:
      return input;
  }
}

/**
 * Refuses a normalization that is not the first operation, and any operation but identities after a softmax.
 *
 * @param before the operations before it
 */
export function checkPosition(operation: OnnxOperation, before: readonly OnnxOperation[], where: string): void {
  if (operation.kind === 'normalization' && before.length > 0) {
    refuse(where, 'sums and products with constants at the input only', `one behind ${before[before.length - 1].kind}`);
  }
  const final = before.find(({ kind }) => kind === 'softmax' || kind === 'logSoftmax');
  if (final !== undefined && operation.kind !== 'identity') {
    refuse(where, `nothing behind ${final.kind}`, operation.kind);
  }
}

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
