/** A network's pass: every layer's own, chained. */
import { dtypeOf, type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import { fuseLayers } from './fusion';
import { type LayerPass, nothing } from './layer';
import type { Network, NetworkPass, PassOptions } from './network';
import { type Operation, runAlone } from './operation';
import { Parameters } from './parameters';
import { contextAlone } from './pass-context';

/** Prepares every layer on the output of the one before it. */
export function prepareNetwork(network: Network, options: PassOptions): NetworkPass {
  const { kernels, parameters, capacity, mode = 'train', inputGradient = false, fuse = false } = options;
  const { gradients: wantsGradients = mode === 'train' } = options;
  const dtype = dtypeOf(parameters.values);
  const context = options.context ?? contextAlone(kernels, dtype, capacity);
  const allocate = (shape: Shape): FloatArray => kernels.allocate(dtype, sizeOf(shape) * capacity);
  const input = allocate(network.inputShape);
  const dInput = wantsGradients && inputGradient ? allocate(network.inputShape) : undefined;
  const { parameterEntries } = network;
  const gradients = wantsGradients
    ? new Parameters({ parameterEntries }, options.gradientValues ?? kernels.allocate(dtype, network.parameterCount))
    : undefined;
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
      mode,
      gradients: wantsGradients,
      parameter: (name) => slice(parameters, `${named.name}.${name}`),
      gradient: (name) => slice(gradients, `${named.name}.${name}`),
      buffer: (name) => slice(parameters, `${named.name}.${name}`),
      context,
    });
    layers.set(named.name, pass);
    x = pass.y;
    dx = pass.dy;
    wantsGradient ||= named.parameters.length > 0;
  }

  const inOrder = [...layers.values()];
  const forwardOperations = inOrder.flatMap(forwardOperationsOf);
  const backwardOperations = wantsGradients ? [...inOrder].reverse().flatMap(backwardOperationsOf) : [];
  return {
    network,
    kernels,
    capacity,
    parameters,
    mode,
    context,
    input,
    output: x,
    dOutput: wantsGradients ? dx : undefined,
    dInput,
    gradients,
    layers,
    forward: runAlone(forwardOperations),
    backward: runAlone(backwardOperations),
    forwardOperations,
    backwardOperations,
  };
}

function forwardOperationsOf(pass: LayerPass): readonly Operation[] {
  return pass.forwardOperations ?? [{ run: () => pass.forward() }];
}

function backwardOperationsOf(pass: LayerPass): readonly Operation[] {
  if (pass.backwardOperations !== undefined) return pass.backwardOperations;
  const { parameterGradients, inputGradient } = pass;
  return [
    ...(parameterGradients === nothing ? [] : [{ run: () => pass.parameterGradients() }]),
    ...(inputGradient === nothing ? [] : [{ run: () => pass.inputGradient() }]),
  ];
}
