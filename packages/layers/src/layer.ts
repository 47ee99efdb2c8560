/**
 * The contract of layers.
 *
 * A *layer* says what is learned and what shapes go in and out; it owns no memory. A *pass* is one layer prepared for
 * a number of images on one set of kernels: its arrays are allocated once, then `forward()` and the two halves of the
 * backward pass, the gradients of the parameters and the gradient of the input, run as often as needed and allocate
 * nothing. Backward overwrites: there is nothing to reset between steps.
 */
import type { Kernels } from '@longhand/kernels';
import type { DType, FloatArray, Shape } from '@longhand/tensor';
import type { Fan, Initializer } from './initializers';

/** A parameter of a layer: its name within the layer, and how it starts. */
export interface ParameterSpec extends Fan {
  readonly name: string;
  /** In PyTorch's order: `[out, in, kernel height, kernel width]`, `[out, in]`, `[out]`. */
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/** A layer as plain data: its kind and the options that make it again. */
export interface LayerDescription {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/**
 * What is learned and what shapes go in and out. Shapes are those of one image: `[height, width, channels]`,
 * `[length, channels]` or `[features]`. `where` is the layer's name in its network, for messages.
 */
export interface Layer {
  readonly description: LayerDescription;
  /** @throws ShapeError when the layer cannot work on the input */
  outputShape(where: string, input: Shape): Shape;
  parameters(where: string, input: Shape): readonly ParameterSpec[];
  /** Multiply-adds of the forward pass for one image. */
  multiplyAdds(where: string, input: Shape): number;
  prepare(binding: LayerBinding): LayerPass;
}

/** What a layer is given when it is prepared. */
export interface LayerBinding {
  readonly where: string;
  readonly kernels: Kernels;
  readonly dtype: DType;
  /** How many images the arrays hold side by side. */
  readonly capacity: number;
  readonly inputShape: Shape;
  /** The input, `[...inputShape, capacity]`. */
  readonly x: FloatArray;
  /** Where the gradient of the input goes; absent when nobody needs it. */
  readonly dx: FloatArray | undefined;
  /** Whether a backward pass will be run. */
  readonly training: boolean;
  /** A parameter's values, by its name within the layer; none of length zero if the layer has no such parameter. */
  readonly parameter: (name: string) => FloatArray;
  /** Where a parameter's gradient goes. */
  readonly gradient: (name: string) => FloatArray;
}

/** A layer at work: its arrays, forward, and the two halves of backward. */
export interface LayerPass {
  /** The output, `[...outputShape, capacity]`, as the last `forward()` left it. */
  readonly y: FloatArray;
  /** The gradient at the output, to be written before a backward half runs; absent when not training. */
  readonly dy: FloatArray | undefined;
  forward(): void;
  /** Writes the gradients of the layer's parameters from x and dy. */
  parameterGradients(): void;
  /** Writes dx from dy and the parameters as they are now; does nothing where nobody needs dx. */
  inputGradient(): void;
}

/** What a layer without parameters does when asked for their gradients. */
export const nothing = (): void => {};
