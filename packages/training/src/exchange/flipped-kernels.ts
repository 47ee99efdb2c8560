/**
 * Kernels flipped by 180°: the difference between a true convolution and a cross-correlation. Other programs only have the
 * latter, so the kernels of true convolutions are flipped when they are written, and flipped back when they are read.
 */
import { everyLayer, knownLayer, type LayerDescription, type Network } from '@longhand/layers';
import { sizeOf, type Tensor, tensor } from '@longhand/tensor';

/**
 * A function that flips the kernels of the network's true convolutions and returns every other parameter unchanged. It is
 * its own inverse.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const weight = parameters.get('conv1.weight');
 * flippedIfTrueConvolution(network)('conv1.weight', weight) === weight; // true (it is a cross-correlation)
 */
export function flippedIfTrueConvolution(network: Network): (path: string, values: Tensor) => Tensor {
  const paths = new Set(
    everyLayer(network.layers)
      .filter(({ layer }) => isTrueConvolution(knownLayer(layer)))
      .map(({ name }) => `${name}.weight`),
  );
  return (path, values) => (paths.has(path) ? flipped(values) : values);
}

function isTrueConvolution(description: LayerDescription | undefined): boolean {
  return (description?.kind === 'conv2d' || description?.kind === 'conv1d') && description.trueConvolution === true;
}

/** `[out, in, …kernel]` with every kernel in reverse order. */
function flipped({ shape, data, dtype }: Tensor): Tensor {
  const taps = sizeOf(shape.slice(2));
  const result = tensor(shape, undefined, dtype);
  for (let at = 0; at < data.length; at++) {
    const tap = at % taps;
    result.data[at - tap + (taps - 1 - tap)] = data[at];
  }
  return result;
}
