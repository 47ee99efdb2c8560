/** Convolution layers; the formulas are in `@longhand/kernels`, `conv2d/conv2d.ts`. */
import { type Conv2dGeometry, conv2dGeometry, kernelSpecs, type Padding } from '@longhand/kernels';
import {
  boolean,
  builtIn,
  type Description,
  type Entries,
  either,
  kind,
  type Named,
  number,
  object,
  oneOf,
  optional,
  pair as pairOf,
} from '@longhand/schema';
import { formatShape, type Shape, ShapeError } from '@longhand/tensor';
import { checkedOptions } from './checked-options';
import { heUniform, type Initializer, initializerSchema, zeros } from './initializers';
import { allocateOutput, type Layer, nothing } from './layer';
import { type Pair, pair, pairSchema } from './options';

/** Options that one- and two-dimensional convolutions share. */
interface ConvolutionOptions {
  /** The number of output channels (feature maps). */
  readonly outChannels: number;
  /**
   * Into how many groups input and output channels are divided; each output channel sees the input channels of its own group
   * alone. As many groups as input channels make a depthwise convolution. Default: 1.
   */
  readonly groups?: number;
  /** Whether kernels are flipped by 180°, as in signal processing. Default: false, a cross-correlation. */
  readonly trueConvolution?: boolean;
  /** Whether each output channel has a bias. Default: true. */
  readonly bias?: boolean;
  /** How the weights start. Default: `heUniform`. */
  readonly initializer?: Initializer;
  /** How the biases start. Default: `zeros`. */
  readonly biasInitializer?: Initializer;
}

/** The options of {@link conv2d}. */
export interface Conv2dOptions extends ConvolutionOptions {
  /** The size of the kernels. */
  readonly kernel: Pair;
  /** Steps between windows. Default: 1. */
  readonly stride?: Pair;
  /** Steps between the taps of a kernel: 2 reads every other pixel. Default: 1. */
  readonly dilation?: Pair;
  /** Zeros around the image: `'valid'` (none), `'same'` (TensorFlow's rule), or a number. Default: `'valid'`. */
  readonly padding?: Padding;
}

/** The options of {@link conv1d}. */
export interface Conv1dOptions extends ConvolutionOptions {
  /** The length of the kernels. */
  readonly kernel: number;
  /** Steps between windows. Default: 1. */
  readonly stride?: number;
  /** Steps between the taps of a kernel. Default: 1. */
  readonly dilation?: number;
  /**
   * Zeros at both ends: `'valid'` (none), `'same'` (TensorFlow's rule), a number at each end, or `[before, after]`.
   * Default: `'valid'`.
   */
  readonly padding?: 'valid' | 'same' | number | readonly [before: number, after: number];
}

/**
 * A convolution over images `[height, width, channels]`:
 *
 * y[i, j, o] = bias[o] + Σ weight[o, c, u, v] · x[i · stride + u · dilation − padding, j · stride + v · dilation −
 * padding, c]
 *
 * with the sum over the kernel's rows u and columns v and the channels c of the group of o. `weight` is
 * `[outChannels, channels / groups, kernel height, kernel width]`, `bias` is `[outChannels]`. The output is
 * `[(height + padding − dilation · (kernel − 1) − 1) / stride + 1, …, outChannels]`, rounded down, with the padding
 * of both sides. As in PyTorch and Keras kernels are not flipped, unless `trueConvolution` is set. Gradients and
 * Winograd's forms of it (Lavin and Gray, 2016) are in `@longhand/kernels`, `conv2d`.
 *
 * @throws ShapeError, when prepared, if the input is no image, the groups do not divide the channels or the kernel does not fit
 * @example conv2d({ outChannels: 6, kernel: 5 }); // [28, 28, 1] → [24, 24, 6]
 * @example conv2d({ outChannels: 32, kernel: 3, padding: 'same', groups: 32 }); // [14, 14, 32] → [14, 14, 32] (depthwise)
 */
export function conv2d(given: Conv2dOptions): Layer<Named<'conv2d', Conv2dOptions>, 'weight' | 'bias'> {
  const options = checkedOptions<Conv2dOptions>(conv2dKind, given);
  return convolution(
    { kind: 'conv2d', ...options },
    options,
    (where, input, batch) => geometryOfConv2d(options, where, input, batch),
    (g) => [g.outHeight, g.outWidth, g.outChannels],
    (g) => [g.outChannels, g.inChannels / g.groups, g.kernelHeight, g.kernelWidth],
  );
}

/** The geometry of a {@link conv2d} layer at an input. */
export function geometryOfConv2d(options: Conv2dOptions, where: string, input: Shape, batch: number): Conv2dGeometry {
  if (input.length !== 3) {
    throw new ShapeError(`${where}: expected an image [height, width, channels], got ${formatShape(input)}`);
  }
  return conv2dGeometry(where, {
    batch,
    input: input as [number, number, number],
    outChannels: options.outChannels,
    kernel: pair(options.kernel),
    stride: pair(options.stride ?? 1),
    dilation: pair(options.dilation ?? 1),
    groups: options.groups ?? 1,
    padding: options.padding ?? 'valid',
    flipped: options.trueConvolution ?? false,
    bias: options.bias ?? true,
  });
}

/**
 * A convolution over sequences `[length, channels]`, with `weight` `[outChannels, channels / groups, kernel]` and `bias`
 * `[outChannels]`: a two-dimensional one of height one.
 *
 * @throws ShapeError, when prepared, if the input is no sequence, the groups do not divide the channels or the kernel does not fit
 * @example conv1d({ outChannels: 2, kernel: 3, padding: 'same' }); // [2, 1] → [2, 2]
 */
export function conv1d(given: Conv1dOptions): Layer<Named<'conv1d', Conv1dOptions>, 'weight' | 'bias'> {
  const options = checkedOptions<Conv1dOptions>(conv1dKind, given);
  return convolution(
    { kind: 'conv1d', ...options },
    options,
    (where, input, batch) => {
      const [length, channels] = input;
      if (input.length !== 2 || length === undefined || channels === undefined) {
        throw new ShapeError(`${where}: expected a sequence [length, channels], got ${formatShape(input)}`);
      }
      return conv2dGeometry(where, {
        batch,
        input: [1, length, channels],
        outChannels: options.outChannels,
        kernel: [1, options.kernel],
        stride: [1, options.stride ?? 1],
        dilation: [1, options.dilation ?? 1],
        groups: options.groups ?? 1,
        padding: ends(options.padding ?? 'valid'),
        flipped: options.trueConvolution ?? false,
        bias: options.bias ?? true,
      });
    },
    (g) => [g.outWidth, g.outChannels],
    (g) => [g.outChannels, g.inChannels / g.groups, g.kernelWidth],
  );
}

/** Padding at the ends of a sequence, none above and below it. */
function ends(padding: NonNullable<Conv1dOptions['padding']>): Padding {
  if (padding === 'valid' || padding === 'same') return padding;
  const [left, right] = pair(padding);
  return { top: 0, bottom: 0, left, right };
}

function convolution<Described extends Description>(
  description: Described,
  options: ConvolutionOptions,
  geometryOf: (where: string, input: Shape, batch: number) => Conv2dGeometry,
  outputShapeOf: (geometry: Conv2dGeometry) => Shape,
  weightShapeOf: (geometry: Conv2dGeometry) => Shape,
): Layer<Described, 'weight' | 'bias'> {
  return builtIn({
    description,
    outputShape: (where, input) => outputShapeOf(geometryOf(where, input, 1)),
    parameters(where, input) {
      const geometry = geometryOf(where, input, 1);
      const taps = geometry.kernelHeight * geometry.kernelWidth;
      // An input feeds the outputs of its own group alone. PyTorch's fan-out counts those of all groups, so that Glorot's rule makes
      // gradients of depthwise convolutions vanish.
      const { inChannels, outChannels, groups } = geometry;
      const fan = { fanIn: (inChannels / groups) * taps, fanOut: (outChannels / groups) * taps };
      const { initializer = heUniform, biasInitializer = zeros } = options;
      const weight = { name: 'weight' as const, shape: weightShapeOf(geometry), initializer, ...fan };
      const bias = { name: 'bias' as const, shape: [outChannels], initializer: biasInitializer, ...fan };
      return geometry.bias ? [weight, bias] : [weight];
    },
    multiplyAdds: (where, input) => kernelSpecs.conv2d.multiplyAdds(geometryOf(where, input, 1)),
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx, parameter, gradient } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, outputShapeOf(geometry));
      const weight = parameter('weight');
      return {
        y,
        dy,
        forward: kernels.prepare('conv2d', geometry, { x, weight, bias: parameter('bias'), y }),
        parameterGradients: dy
          ? kernels.prepare('conv2dWeightGrad', geometry, {
              x,
              dy,
              dWeight: gradient('weight'),
              dBias: gradient('bias'),
            })
          : nothing,
        inputGradient: dy && dx ? kernels.prepare('conv2dInputGrad', geometry, { dy, weight, dx }) : nothing,
      };
    },
  });
}

const sharedEntries = {
  outChannels: number,
  groups: optional(number),
  trueConvolution: optional(boolean),
  bias: optional(boolean),
  initializer: optional(initializerSchema),
  biasInitializer: optional(initializerSchema),
};

export const conv2dKind = {
  ...kind(
    'conv2d',
    {
      ...sharedEntries,
      kernel: pairSchema,
      stride: optional(pairSchema),
      dilation: optional(pairSchema),
      padding: optional(
        either(
          '"valid", "same", a number or {"top":1,"bottom":1,"left":1,"right":1}',
          oneOf('valid', 'same'),
          number,
          object({ top: number, bottom: number, left: number, right: number }),
        ),
      ),
    } satisfies Entries<Conv2dOptions>,
    conv2d,
  ),
  stem: 'conv',
};

export const conv1dKind = {
  ...kind(
    'conv1d',
    {
      ...sharedEntries,
      kernel: number,
      stride: optional(number),
      dilation: optional(number),
      padding: optional(
        either('"valid", "same", a number or [before, after]', oneOf('valid', 'same'), number, pairOf(number)),
      ),
    } satisfies Entries<Conv1dOptions>,
    conv1d,
  ),
  stem: 'conv',
};
