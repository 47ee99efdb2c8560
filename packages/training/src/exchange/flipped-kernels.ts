/**
 * Kernels turned by 180°: what a true convolution and a cross-correlation have different. Other programs know the latter
 * only, so the kernels of a true convolution are turned when they leave, and turned back when they come home.
 */
import type { Network } from '@longhand/layers';
import { sizeOf, type Tensor, tensor } from '@longhand/tensor';

/**
 * What turns the kernels of the network's true convolutions and gives back every other parameter as it is. Doing it twice
 * changes nothing.
 *
 * @example flippedIfTrueConvolution(network)('conv1.weight', parameters.get('conv1.weight'))
 */
export function flippedIfTrueConvolution(network: Network): (path: string, values: Tensor) => Tensor {
  const paths = new Set(
    network.layers
      .filter(({ layer }) => layer.description.trueConvolution === true)
      .map(({ name }) => `${name}.weight`),
  );
  return (path, values) => (paths.has(path) ? flipped(values) : values);
}

/** `[out, in, …kernel]` with every kernel read from its end. */
function flipped({ shape, data, dtype }: Tensor): Tensor {
  const taps = sizeOf(shape.slice(2));
  const result = tensor(shape, undefined, dtype);
  for (let at = 0; at < data.length; at++) {
    const tap = at % taps;
    result.data[at - tap + (taps - 1 - tap)] = data[at];
  }
  return result;
}
