/** The contract of networks: a network owns no numbers, a pass is a network prepared for a number of images. */
import type { Kernels, Releasable } from '@longhand/kernels';
import type { DType, FloatArray, Random, Shape } from '@longhand/tensor';
import type { LayerPass, Mode, NamedLayer } from './layer';
import type { Operation } from './operation';
import type { BufferEntry, NetworkParameters, ParameterEntry } from './parameters';
import type { PassContext } from './pass-context';
import type { PixelBytes } from './pixel-dense';

/**
 * Named layers one after another. A network is a description: it owns no numbers. `Name` are the names of its layers and `Path` those
 * of its parameters and buffers, where the compiler knows them: of a network from a file it does not.
 */
export interface Network<Name extends string = string, Path extends string = string> {
  /** The shape of one input: `[height, width, channels]`, `[length, channels]` or `[features]`. */
  readonly inputShape: Shape;
  /** The shape of one output: `[10]` of a classifier of digits. */
  readonly outputShape: Shape;
  /** The layers in their order, with their names and shapes. */
  readonly layers: readonly NamedLayer<Name>[];
  /** Where each parameter lies in the flat array of all. */
  readonly parameterEntries: readonly ParameterEntry<Path>[];
  /** The number of learned values. */
  readonly parameterCount: number;
  /** Where each buffer lies in the flat array of all. */
  readonly bufferEntries: readonly BufferEntry<Path>[];
  /** How many numbers belong to the network without being learned. */
  readonly bufferCount: number;
  /** Parameters of zeros, for a set of kernels, and buffers with their initial values. */
  zeros(options?: ParameterOptions): NetworkParameters<Path>;
  /**
   * Parameters and buffers as training starts from. Each parameter is drawn from its own stream of `random`, named by its path, so changing
   * one layer leaves the others' first values alone.
   */
  initialize(random: Random, options?: ParameterOptions): NetworkParameters<Path>;
  /**
   * A pass: the network prepared for a number of images on one set of kernels. In the mode `'train'`, which is the default, and with
   * `gradients: true` it has gradients.
   */
  prepare(options: GradientPassOptions & { readonly inputGradient: true }): InputGradientPass<Name, Path>;
  prepare(options: GradientPassOptions): GradientPass<Name, Path>;
  prepare(options: PassOptions): NetworkPass<Name, Path>;
}

/** Which kernels the parameters are for, and in which precision. */
export interface ParameterOptions {
  /** Default: the reference kernels. */
  readonly kernels?: Kernels;
  /** Default: `float32`. */
  readonly dtype?: DType;
}

/** How a network is prepared. */
export interface PassOptions {
  /** The kernel set that the pass runs on: `referenceKernels`, or what `simdKernels` gives. */
  readonly kernels: Kernels;
  /** The values to work with, read at every run: an optimizer may change them in place. */
  readonly parameters: NetworkParameters;
  /** The number of images that the arrays hold side by side. */
  readonly capacity: number;
  /** Whether layers work as in training or as in use. Default: `'train'`. */
  readonly mode?: Mode;
  /** Whether `backward()` will be run; without it no gradients are allocated. Default: true in the mode `'train'`. */
  readonly gradients?: boolean;
  /** Where the gradients are written, flat, in the layout of `gradientEntries`. Default: an array of their own. */
  readonly gradientValues?: FloatArray;
  /**
   * The parameters whose gradients the pass writes, with their offsets in `gradientValues`. Only those that `batchGradients` gives may be
   * left out. Default: all, in the layout of the parameters.
   */
  readonly gradientEntries?: readonly ParameterEntry[];
  /** Whether the gradient of the network's input is wanted too. Default: false. */
  readonly inputGradient?: boolean;
  /**
   * Whether layers that one kernel can do at once become one, with less work. The results are the same up to rounding,
   * but the arrays between them do not exist. Default: false.
   */
  readonly fuse?: boolean;
  /**
   * The bytes of the images: with `fuse` and without `inputGradient`, a network that begins with a dense layer reads them, if the images
   * have one channel, and `input` has no numbers. Default: the input is normalized by the caller.
   */
  readonly pixels?: PixelBytes;
  /**
   * The images in the lanes, the step and its randomness: what `trainingContext` gives. Default: every lane has an image, and a layer that
   * draws, such as dropout in training, refuses.
   */
  readonly context?: PassContext;
}

/** The options of a pass with gradients. */
export type GradientPassOptions = PassOptions &
  ({ readonly mode?: 'train'; readonly gradients?: true } | { readonly gradients: true });

/**
 * A network prepared for `capacity` images. Its arrays are allocated once; nothing is allocated by running it.
 *
 * Images lie side by side, innermost: entry `(row, column, channel)` of image `n` is
 * `input[((row · width + column) · channels + channel) · capacity + n]`. With fewer images than the capacity the
 * spare lanes hold zeros, and `dOutput` is zero there.
 *
 * `release()` gives its memory back, and that of the losses prepared on it: after that the pass refuses to run, and its arrays must not
 * be used.
 */
export interface NetworkPass<Name extends string = string, Path extends string = string> extends Releasable {
  /** The network that was prepared. */
  readonly network: Network<Name, Path>;
  /** What belongs to the pass allocates here, and is released with it. */
  readonly kernels: Kernels;
  /** The number of images that the arrays hold side by side. */
  readonly capacity: number;
  /** The values that it works with, read at every run. */
  readonly parameters: NetworkParameters;
  /** Whether layers work as in training or as in use. */
  readonly mode: Mode;
  /** The images in the lanes, the step and its randomness. */
  readonly context: PassContext;
  /** `[...inputShape, capacity]`, for the caller to fill; of length zero where {@link takesPixels}. */
  readonly input: FloatArray;
  /** Whether the pass reads the bytes of `pixels` in place of `input`. */
  readonly takesPixels: boolean;
  /** `[...outputShape, capacity]`, as the last `forward()` left it. */
  readonly output: FloatArray;
  /** The gradient at the output, for a loss to fill; absent without gradients. */
  readonly dOutput: FloatArray | undefined;
  /** The gradient at the input; absent unless asked for. */
  readonly dInput: FloatArray | undefined;
  /** The gradients of the parameters, in the same layout unless other entries were given; overwritten by every `backward()`. */
  readonly gradients: NetworkParameters<Path> | undefined;
  /** Every layer's own pass, by name, to look at or to run the halves of backward apart; fused layers share one. */
  readonly layers: ReadonlyMap<Name, LayerPass>;
  /** Every layer's `forward()` in order, where this pass holds the whole batch. */
  forward(): void;
  /** Both halves of every layer's backward pass, from the last layer to the first. */
  backward(): void;
  /** `forward()` in operations, for a pass that holds a part of the batch. */
  readonly forwardOperations: readonly Operation[];
  /** `backward()` in operations; empty without gradients. */
  readonly backwardOperations: readonly Operation[];
}

/** A pass with gradients. */
export interface GradientPass<Name extends string = string, Path extends string = string>
  extends NetworkPass<Name, Path> {
  readonly dOutput: FloatArray;
  readonly gradients: NetworkParameters<Path>;
}

/** A pass that has the gradient at its input, too. */
export interface InputGradientPass<Name extends string = string, Path extends string = string>
  extends GradientPass<Name, Path> {
  readonly dInput: FloatArray;
}
