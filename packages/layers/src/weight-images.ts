/** The weights of a layer as images: what each of its kernels looks for. */
import type { FloatArray } from '@longhand/tensor';
import type { Parameters } from './parameters';
import type { NamedLayer, Network } from './sequential';

/** Images of one size, one for each output and each input of a layer. */
export interface WeightImages {
  /** Where the weights are: `conv1.weight`. */
  readonly path: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly height: number;
  readonly width: number;
  /** The weights, `[outputs, inputs, height, width]`. */
  readonly values: FloatArray;
}

/**
 * The weights of a layer as images, or undefined where they are none: those of convolutions, and those of a dense layer that
 * reads the flattened maps of the layer before it.
 *
 * @example weightImages(network, parameters, 'conv1') // of lenet5: 6 outputs, 1 input, 5 × 5
 */
export function weightImages(network: Network, parameters: Parameters, name: string): WeightImages | undefined {
  const at = network.layers.findIndex((placed) => placed.name === name);
  const shape = at === -1 ? undefined : shapeOfKernels(network.layers[at], network.layers[at - 1]);
  if (shape === undefined) return undefined;
  const [outputs, inputs, height, width] = shape;
  const path = `${name}.weight`;
  return { path, outputs, inputs, height, width, values: parameters.get(path).data };
}

type KernelShape = readonly [outputs: number, inputs: number, height: number, width: number];

function shapeOfKernels({ layer, parameters }: NamedLayer, before: NamedLayer | undefined): KernelShape | undefined {
  const [weight] = parameters;
  switch (layer.description.kind) {
    case 'conv2d':
      return weight.shape as KernelShape;
    case 'conv1d':
      return [weight.shape[0], weight.shape[1], 1, weight.shape[2]];
    case 'dense': {
      // Flattening puts the maps one after another, as PyTorch does: a row of the weight is an image for each of them.
      if (before?.layer.description.kind !== 'flatten' || before.inputShape.length !== 3) return undefined;
      const [height, width, channels] = before.inputShape;
      return [weight.shape[0], channels, height, width];
    }
    default:
      return undefined;
  }
}
