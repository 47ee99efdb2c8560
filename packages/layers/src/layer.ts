/**
 * The contract of layers.
 *
 * A *layer* says what is learned and what shapes go in and out; it owns no memory. A *pass* is one layer prepared for
 * a number of images on one set of kernels: its arrays are allocated once. Then `forward()` and the two halves of the
 * backward pass, the gradients of the parameters and the gradient of the input, run as often as needed and allocate
 * nothing. Backward overwrites: there is nothing to reset between steps.
 */
import type { Kernels } from '@longhand/kernels';
import type { Description, Kind } from '@longhand/schema';
import { type DType, type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import type { Fan, Initializer } from './initializers';

/** A parameter of a layer: its name within the layer, and how it starts. */
export interface ParameterSpec extends Fan {
  readonly name: string;
  /** In PyTorch's order: `[out, in, kernel height, kernel width]`, `[out, in]`, `[out]`. */
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/**
 * What is learned and what shapes go in and out. Shapes are those of one image: `[height, width, channels]`,
 * `[length, channels]` or `[features]`. `where` is the layer's name in its network, for messages.
 */
export interface Layer<Described extends Description = Description> {
  /** The layer as plain data: its kind and the options that make it again. */
  readonly description: Described;
  /** @throws ShapeError when the layer cannot work on the input */
  outputShape(where: string, input: Shape): Shape;
  parameters(where: string, input: Shape): readonly ParameterSpec[];
  /** Multiply-adds of the forward pass for one image. */
  multiplyAdds(where: string, input: Shape): number;
  prepare(binding: LayerBinding): LayerPass;
}

/** A kind of layer: one entry of the registry in `layer-kinds.ts`. */
export interface LayerKind<Name extends string = string, Options extends object = object>
  extends Kind<Name, Options, Layer> {
  /** What a layer of the kind is called in a network that leaves names out. Default: the name of the kind. */
  readonly stem?: string;
}

/** What a layer is given when it is prepared. */
export interface LayerBinding {
  readonly where: string;
  readonly kernels: Kernels;
  readonly dtype: DType;
  /** The number of images that the arrays hold side by side. */
  readonly capacity: number;
  readonly inputShape: Shape;
  /** The input, `[...inputShape, capacity]`. */
  readonly x: FloatArray;
  /** The gradient of the input, to be written; absent when nothing before the layer learns. */
  readonly dx: FloatArray | undefined;
  /** Whether a backward pass will be run. */
  readonly training: boolean;
  /** A parameter's values, by its name within the layer; an array of length zero if the layer has no such parameter. */
  readonly parameter: (name: string) => FloatArray;
  /** A parameter's gradient, to be written. */
  readonly gradient: (name: string) => FloatArray;
}

/** A prepared layer: its arrays, forward, and the two halves of backward. */
export interface LayerPass {
  /** The output, `[...outputShape, capacity]`, as the last `forward()` left it. */
  readonly y: FloatArray;
  /** The gradient at the output, to be written before a backward half runs; absent when not training. */
  readonly dy: FloatArray | undefined;
  forward(): void;
  /** Writes the gradients of the layer's parameters from x and dy. */
  parameterGradients(): void;
  /** Writes dx from dy and the parameters as they are now; does nothing without a dx. */
  inputGradient(): void;
}

/** The parameter gradients of a layer without parameters, and the input gradient of one whose input learns nothing. */
export const nothing = (): void => {};

/** The arrays `y` and, when training, `dy` of a layer with the output shape. */
export function allocateOutput(
  { kernels, dtype, capacity, training }: LayerBinding,
  outputShape: Shape,
): { y: FloatArray; dy: FloatArray | undefined } {
  const length = sizeOf(outputShape) * capacity;
  return {
    y: kernels.allocate(dtype, length),
    dy: training ? kernels.allocate(dtype, length) : undefined,
  };
}
