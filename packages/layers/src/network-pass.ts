/** A network at work: every layer's pass, chained. */
import type { Kernels } from '@longhand/kernels';
import { dtypeOf, type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import { fuseLayers } from './fusion';
import type { LayerPass } from './layer';
import type { Parameters } from './parameters';
import type { Network } from './sequential';

export interface PassOptions {
  readonly kernels: Kernels;
  /** The values to work with; they are read anew at every run, so an optimizer may change them in place. */
  readonly parameters: Parameters;
  /** How many images the arrays hold side by side. */
  readonly capacity: number;
  /** Whether `backward()` will be run; yes unless said. Without it no gradients are allocated. */
  readonly training?: boolean;
  /** Whether the gradient of the network's input is wanted too; no unless said. */
  readonly inputGradient?: boolean;
  /**
   * Whether layers that one kernel can do at once become one, with less work; no unless said. The results are the same
   * up to rounding, but the arrays between them are not there to be looked at.
   */
  readonly fuse?: boolean;
}

/**
 * A network prepared for `capacity` images. Its arrays are allocated once; nothing is allocated by running it.
 *
 * Images lie side by side, innermost: entry `(row, column, channel)` of image `n` is
 * `input[((row · width + column) · channels + channel) · capacity + n]`. With fewer images than the capacity the
 * spare lanes hold zeros, and `dOutput` is zero there.
 */
export interface NetworkPass {
  readonly network: Network;
  readonly kernels: Kernels;
  readonly capacity: number;
  readonly parameters: Parameters;
  /** `[...inputShape, capacity]`, for the caller to fill. */
  readonly input: FloatArray;
  /** `[...outputShape, capacity]`, as the last `forward()` left it. */
  readonly output: FloatArray;
  /** The gradient at the output, for a loss to fill; absent when not training. */
  readonly dOutput: FloatArray | undefined;
  /** The gradient at the input; absent unless asked for. */
  readonly dInput: FloatArray | undefined;
  /** The gradients of the parameters, in the same layout; overwritten by every `backward()`. */
  readonly gradients: Parameters | undefined;
  /** Every layer's own pass, by name, for who wants to look or to run the halves of backward apart; fused layers share one. */
  readonly layers: ReadonlyMap<string, LayerPass>;
  forward(): void;
  backward(): void;
}

/** Prepares every layer on the output of the one before it. */
export function prepareNetwork(network: Network, options: PassOptions): NetworkPass {
  const { kernels, parameters, capacity, training = true, inputGradient = false, fuse = false } = options;
  const dtype = dtypeOf(parameters.values);
  const allocate = (shape: Shape): FloatArray => kernels.allocate(dtype, sizeOf(shape) * capacity);
  const input = allocate(network.inputShape);
  const dInput = training && inputGradient ? allocate(network.inputShape) : undefined;
  const gradients = training ? network.zeros({ kernels, dtype }) : undefined;
  const none = kernels.allocate(dtype, 0);
  const stretch = (of: Parameters | undefined, path: string): FloatArray => (of?.has(path) ? of.get(path).data : none);

  const layers = new Map<string, LayerPass>();
  let x = input;
  let dx = dInput;
  // The gradient of a layer's input is worth computing only if something before it learns.
  let someoneLearns = inputGradient;
  for (const placed of fuse ? fuseLayers(network.layers) : network.layers) {
    const pass = placed.layer.prepare({
      where: placed.name,
      kernels,
      dtype,
      capacity,
      inputShape: placed.inputShape,
      x,
      dx: someoneLearns ? dx : undefined,
      training,
      parameter: (name) => stretch(parameters, `${placed.name}.${name}`),
      gradient: (name) => stretch(gradients, `${placed.name}.${name}`),
    });
    layers.set(placed.name, pass);
    x = pass.y;
    dx = pass.dy;
    someoneLearns ||= placed.parameters.length > 0;
  }

  const inOrder = [...layers.values()];
  const reversed = [...inOrder].reverse();
  return {
    network,
    kernels,
    capacity,
    parameters,
    input,
    output: x,
    dOutput: training ? dx : undefined,
    dInput,
    gradients,
    layers,
    forward() {
      for (const layer of inOrder) layer.forward();
    },
    backward() {
      for (const layer of reversed) {
        layer.parameterGradients();
        layer.inputGradient();
      }
    },
  };
}
