/** A network's pass: every layer's own, chained. */
import { dtypeOf, type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import { fuseLayers } from './fusion';
import type { LayerPass } from './layer';
import type { Network, NetworkPass, PassOptions } from './network';
import type { Parameters } from './parameters';

/** Prepares every layer on the output of the one before it. */
export function prepareNetwork(network: Network, options: PassOptions): NetworkPass {
  const { kernels, parameters, capacity, training = true, inputGradient = false, fuse = false } = options;
  const dtype = dtypeOf(parameters.values);
  const allocate = (shape: Shape): FloatArray => kernels.allocate(dtype, sizeOf(shape) * capacity);
  const input = allocate(network.inputShape);
  const dInput = training && inputGradient ? allocate(network.inputShape) : undefined;
  const gradients = training ? network.zeros({ kernels, dtype }) : undefined;
  const empty = kernels.allocate(dtype, 0);
  const slice = (of: Parameters | undefined, path: string): FloatArray => (of?.has(path) ? of.get(path).data : empty);

  const layers = new Map<string, LayerPass>();
  let x = input;
  let dx = dInput;
  // The gradient of a layer's input is worth computing only if something before it learns.
  let wantsGradient = inputGradient;
  for (const named of fuse ? fuseLayers(network.layers) : network.layers) {
    const pass = named.layer.prepare({
      where: named.name,
      kernels,
      dtype,
      capacity,
      inputShape: named.inputShape,
      x,
      dx: wantsGradient ? dx : undefined,
      training,
      parameter: (name) => slice(parameters, `${named.name}.${name}`),
      gradient: (name) => slice(gradients, `${named.name}.${name}`),
    });
    layers.set(named.name, pass);
    x = pass.y;
    dx = pass.dy;
    wantsGradient ||= named.parameters.length > 0;
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
