/** Layers one after another, each under a name. */
import { referenceKernels } from '@longhand/kernels';
import { builtIn, optional, recordOf, string, where } from '@longhand/schema';
import { checkShape, type Shape, sizeOf } from '@longhand/tensor';
import { checkEntries } from './checked-options';
import { drawInitial } from './initializers';
import { layerSchema, type NamedLayer } from './layer';
import { nameLayers } from './layer-chain';
import type { LayerName, LayersByName, ParameterPath } from './names';
import type { Network } from './network';
import { prepareNetwork } from './network-pass';
import { NetworkParameters, type ParameterEntry, resetBuffers } from './parameters';

/** The options of {@link sequential}. */
export interface SequentialOptions<Layers extends LayersByName = LayersByName> {
  /** The shape of one input: `[height, width, channels]`, `[length, channels]` or `[features]`. */
  readonly input: Shape;
  /** The layers in their order, by name. */
  readonly layers: Layers;
  /**
   * The symbol of each layer's output in a text that the network is taken from, by the layer's name, for summaries.
   * Default: none.
   */
  readonly symbols?: Readonly<Partial<Record<LayerName<Layers>, string>>>;
}

const entries = {
  input: where<Shape>('a shape such as [28, 28, 1]', Array.isArray),
  layers: recordOf(layerSchema, 'layers by name'),
  symbols: optional(recordOf(string, 'texts by name')),
};

/**
 * A network of layers one after another. The compiler knows the names of its layers and parameters.
 *
 * @throws ShapeError naming the layer that cannot work on what the one before it gives
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * const network = sequential({
 *   input: [28, 28, 1],
 *   layers: { conv: conv2d({ outChannels: 6, kernel: 5 }), relu: relu(), flatten: flatten(), fc: dense({ outFeatures: 10 }) },
 * });
 * network.initialize(seededRandom(1)).get('fc.weight').shape; // [ 10, 3456 ]
 */
export function sequential<const Layers extends LayersByName>(
  options: SequentialOptions<Layers>,
): Network<LayerName<Layers>, ParameterPath<Layers>> {
  checkEntries<SequentialOptions>('sequential', entries, options);
  const { input, layers, symbols = {} } = options as SequentialOptions;
  checkShape('input', input);
  const chain = nameLayers({ where: 'sequential', prefix: '', input, layers, source: 'the input' });
  const named = chain.map((layer) =>
    Object.hasOwn(symbols, layer.name) ? { ...layer, symbol: symbols[layer.name] } : layer,
  );
  const learned = laidOut(named, ({ parameters }) => parameters);
  const kept = laidOut(named, ({ buffers }) => buffers);
  const [parameterCount, bufferCount] = [learned.count, kept.count];
  const bufferEntries = kept.entries.map(({ spec: { initial }, ...entry }) => ({ ...entry, initial }));
  const network: Network = builtIn({
    inputShape: input,
    outputShape: named.at(-1)?.outputShape ?? input,
    layers: named,
    parameterEntries: learned.entries.map(({ spec: _, ...entry }) => entry),
    parameterCount,
    bufferEntries,
    bufferCount,
    zeros({ kernels = referenceKernels, dtype = 'float32' } = {}) {
      const values = kernels.allocate(dtype, parameterCount);
      return new NetworkParameters(network, values, resetBuffers(bufferEntries, kernels.allocate(dtype, bufferCount)));
    },
    initialize(random, options) {
      const parameters = network.zeros(options);
      for (const { path, spec } of learned.entries) {
        drawInitial(spec.initializer, spec, random.fork(path), parameters.get(path).data);
      }
      return parameters;
    },
    prepare: ((options) => prepareNetwork(network, options)) as Network['prepare'],
  });
  return network as Network<LayerName<Layers>, ParameterPath<Layers>>;
}

/** One after another: the arrays of all layers, each with its path and its place in one flat array. */
function laidOut<Spec extends { readonly name: string; readonly shape: Shape }>(
  layers: readonly NamedLayer[],
  specsOf: (layer: NamedLayer) => readonly Spec[],
): { readonly entries: readonly (ParameterEntry & { readonly spec: Spec })[]; readonly count: number } {
  let count = 0;
  const entries = layers.flatMap((layer) =>
    specsOf(layer).map((spec) => {
      const length = sizeOf(spec.shape);
      const offset = count;
      count += length;
      return { path: `${layer.name}.${spec.name}`, layer: layer.name, shape: spec.shape, offset, length, spec };
    }),
  );
  return { entries, count };
}
