/**
 * The contract of layers.
 *
 * A *layer* says what is learned and what shapes go in and out; it owns no memory. A *pass* is one layer prepared for
 * a number of images on one set of kernels: its arrays are allocated once. Then `forward()` and the two halves of the
 * backward pass, the gradients of the parameters and the gradient of the input, run as often as needed and allocate
 * nothing. Backward overwrites: there is nothing to reset between steps.
 */
import type { Expression, Kernels } from '@longhand/kernels';
import { type Description, isRecord, type Kind, type Modules, where } from '@longhand/schema';
import { type DType, type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import type { BatchGradient } from './batch-gradient';
import type { Fan, Initializer } from './initializers';
import type { Operation } from './operation';
import type { PassContext } from './pass-context';

/** A parameter of a layer: its name within the layer, and how it starts. */
export interface ParameterSpec<Name extends string = string> extends Fan {
  /** Its name within the layer: `weight`. */
  readonly name: Name;
  /** In PyTorch's order: `[out, in, kernel height, kernel width]`, `[out, in]`, `[out]`. */
  readonly shape: Shape;
  /** The rule by which it is drawn. */
  readonly initializer: Initializer;
}

/**
 * A buffer of a layer: numbers that belong to it and are saved with it, but are not learned, such as a running mean. The
 * optimizer and weight decay do not see them.
 */
export interface BufferSpec<Name extends string = string> {
  /** Within the layer: `running_mean`. */
  readonly name: Name;
  /** The shape of the buffer. */
  readonly shape: Shape;
  /** What each number is at first. */
  readonly initial: number;
}

/**
 * What is learned and what shapes go in and out. Shapes are those of one image: `[height, width, channels]`,
 * `[length, channels]` or `[features]`. `where` is the layer's name in its network, for messages. `Own` are the names of its
 * parameters and buffers, where the compiler is to know them.
 */
export interface Layer<Described extends Description = Description, Own extends string = string> {
  /** The layer as plain data: its kind and the options that make it again. */
  readonly description: Described;
  /**
   * The shape of one output for the shape of one input.
   *
   * @throws ShapeError when the layer cannot work on the input
   */
  outputShape(where: string, input: Shape): Shape;
  /**
   * What is learned for inputs of a shape, in the order in which it is laid out; `where` names the layer in
   * messages.
   */
  parameters(where: string, input: Shape): readonly ParameterSpec<Own>[];
  /** Default: none. */
  buffers?(where: string, input: Shape): readonly BufferSpec<Own>[];
  /** Multiply-adds of the forward pass for one image. */
  multiplyAdds(where: string, input: Shape): number;
  /** A pass of the layer: its arrays are allocated and its kernels bound, once. */
  prepare(binding: LayerBinding): LayerPass;
  /**
   * A parameter whose gradient may also be computed over the whole batch: where `gradient()` gives an array of length zero for it, a
   * pass leaves its part (`LayerPass.leave`). Default: none.
   */
  batchGradient?(where: string, input: Shape): BatchGradient | undefined;
  /**
   * The layers that this one is made of, with names such as `body.conv1`. Its own parameters and buffers include theirs. Default:
   * none.
   */
  nested?(where: string, input: Shape): readonly NamedLayer[];
  /** The same with nested layers fused where one kernel can do several at once. Default: the layer itself. */
  fused?(): Layer;
}

/** A layer of whatever origin. A factory that was not called is none. */
export const layerSchema = where<Layer>(
  'a layer such as relu()',
  (value) => isRecord(value) && typeof value.prepare === 'function' && typeof value.outputShape === 'function',
);

/** A layer in a network: its name, and what its shapes, parameters and buffers are there. */
export interface NamedLayer<Name extends string = string> {
  /** Its name, or its path within a block. */
  readonly name: Name;
  /** The layer itself. */
  readonly layer: Layer;
  /** The shape of one input at its position. */
  readonly inputShape: Shape;
  /** The shape of one output at its position. */
  readonly outputShape: Shape;
  /** What it learns there. */
  readonly parameters: readonly ParameterSpec[];
  /** What is kept with it but not learned. */
  readonly buffers: readonly BufferSpec[];
  /** The symbol of its output in a text that the network is taken from. Absent without one. */
  readonly symbol: string | undefined;
}

/**
 * How a layer works that differs between training and use, such as dropout. It says nothing about gradients: an evaluation
 * may want them too.
 */
export type Mode = 'train' | 'evaluate';

/** A kind of layer: one entry of the registry in `layer-kinds.ts`. */
export interface LayerKind<Name extends string = string, Options extends object = object>
  extends Kind<Name, Options, Layer> {
  /** What a layer of the kind is called in a network that leaves names out. Default: the name of the kind. */
  readonly stem?: string;
  make(options: Options, place?: LayerPlace): Layer;
}

/** Where a described layer is made: for those that have layers of their own. */
export interface LayerPlace {
  /** Its name in its network, for messages. */
  readonly where: string;
  /** The imported modules that layers may be of. Default: none. */
  readonly modules?: Modules | undefined;
}

/** What a layer is given when it is prepared. */
export interface LayerBinding {
  /** The layer's name in its network, for messages. */
  readonly where: string;
  /** The kernel set to allocate in and to bind kernels of. */
  readonly kernels: Kernels;
  /** The precision of all arrays. */
  readonly dtype: DType;
  /** The number of images that the arrays hold side by side. */
  readonly capacity: number;
  /** The shape of one image's input. */
  readonly inputShape: Shape;
  /** The input, `[...inputShape, capacity]`. */
  readonly x: FloatArray;
  /** The gradient of the input, to be written; absent when nothing before the layer learns. */
  readonly dx: FloatArray | undefined;
  /** Whether the layer works as in training or as in use. */
  readonly mode: Mode;
  /** Whether a backward pass will be run. */
  readonly gradients: boolean;
  /** A parameter's values, by its name within the layer; an array of length zero if the layer has no such parameter. */
  readonly parameter: (name: string) => FloatArray;
  /** A parameter's gradient, to be written; of length zero where it is computed over the whole batch. */
  readonly gradient: (name: string) => FloatArray;
  /** A buffer's values, by its name within the layer, to be read and written. */
  readonly buffer: (name: string) => FloatArray;
  /** The images in the lanes, the step, and a random stream for each image. */
  readonly context: PassContext;
}

/** A prepared layer: its arrays, forward, and the two halves of backward. */
export interface LayerPass {
  /** The output, `[...outputShape, capacity]`, as the last `forward()` left it: x itself where a layer changes nothing. */
  readonly y: FloatArray;
  /** The gradient at the output, to be written before a backward half runs: dx itself where y is x. Absent without gradients. */
  readonly dy: FloatArray | undefined;
  /** From x to y, where this pass holds the whole batch. */
  forward(): void;
  /** Writes the gradients of the layer's parameters from x and dy. */
  parameterGradients(): void;
  /** Writes dx from dy and the parameters as they are now; does nothing without a dx. */
  inputGradient(): void;
  /**
   * `forward()` in operations, for a layer whose micro-batches have to meet, see {@link Operation}; `forward` is then
   * `runAlone(forwardOperations)`. Default: `forward()` is one operation.
   */
  readonly forwardOperations?: readonly Operation[];
  /** Both halves of backward in operations. Default: `parameterGradients()` and `inputGradient()`. */
  readonly backwardOperations?: readonly Operation[];
  /**
   * Binds this pass to where its micro-batch leaves its part of a gradient over the whole batch, after both halves of backward. Only
   * where a gradient is computed so ({@link Layer.batchGradient}).
   */
  leave?(into: Readonly<Record<string, FloatArray>>): () => void;
  /** The passes of nested layers, by name: `body.conv1`. */
  readonly nested?: ReadonlyMap<string, LayerPass>;
  /**
   * What the pass writes itself, without kernels, for derivations. Default: of a built-in layer nothing; of a layer of your own all that it
   * writes, and its derivation is not known.
   */
  readonly terms?: PassTerms;
}

/**
 * What the numbers are made of that a pass writes itself, in a batch of which this pass holds all. Derivations follow from it, as
 * they do from the terms beside the kernels.
 *
 * @example
 * import { entry, product } from '@longhand/kernels';
 * // y = gain · x
 * const [x, gain, y, dy, dx] = [1, 1, 1, 1, 1].map((length) => new Float64Array(length));
 * const terms: PassTerms = {
 *   arrays: { x, gain, y, dy, dx },
 *   forward: { y: (index) => product([entry('gain', 0), entry('x', index)]) },
 *   backward: { dx: (index) => product([entry('gain', 0), entry('dy', index)]) },
 * };
 * terms.forward.y?.(0).kind; // 'product'
 */
export interface PassTerms {
  /** The arrays that the expressions read and write, by name. */
  readonly arrays: Readonly<Record<string, FloatArray>>;
  /** For each array that forward writes, by name and in their order: what its entry at an index is made of. */
  readonly forward: Readonly<Record<string, EntryTerms>>;
  /** The same of backward. Default: nothing. */
  readonly backward?: Readonly<Record<string, EntryTerms>>;
}

/** What the entry at an index in memory is made of. */
export type EntryTerms = (index: number) => Expression;

/** The parameter gradients of a layer without parameters, and the input gradient of one whose input learns nothing. */
export const nothing = (): void => {};

/** The arrays `y` and, with gradients, `dy` of a layer with the output shape. */
export function allocateOutput(
  { kernels, dtype, capacity, gradients }: LayerBinding,
  outputShape: Shape,
): { y: FloatArray; dy: FloatArray | undefined } {
  const length = sizeOf(outputShape) * capacity;
  return {
    y: kernels.allocate(dtype, length),
    dy: gradients ? kernels.allocate(dtype, length) : undefined,
  };
}

/** The pass of a layer that changes nothing: y is x, and dy is dx. It costs no time and no memory. */
export function identityPass({ kernels, dtype, x, dx, gradients }: LayerBinding): LayerPass {
  // A loss writes dy also where nothing before it learns.
  const dy = dx ?? (gradients ? kernels.allocate(dtype, x.length) : undefined);
  return { y: x, dy, forward: nothing, parameterGradients: nothing, inputGradient: nothing };
}
