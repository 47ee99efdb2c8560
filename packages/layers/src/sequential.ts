/** Layers one after another, each under a name. */
import { referenceKernels } from '@longhand/kernels';
import { checkShape, formatShape, type Shape, ShapeError, sizeOf } from '@longhand/tensor';
import { drawInitial } from './initializers';
import type { Layer } from './layer';
import type { NamedLayer, Network } from './network';
import { prepareNetwork } from './network-pass';
import { type ParameterEntry, Parameters } from './parameters';

export interface SequentialOptions {
  /** The shape of one input: `[height, width, channels]`, `[length, channels]` or `[features]`. */
  readonly input: Shape;
  /** The layers in their order, by name. */
  readonly layers: Readonly<Record<string, Layer>>;
  /** The symbol of each layer's output in a text that the network is taken from, by the layer's name, for summaries. */
  readonly symbols?: Readonly<Record<string, string>>;
}

/**
 * A network of layers one after another.
 *
 * @throws ShapeError naming the layer that cannot work on what the one before it gives
 * @example
 * const network = sequential({
 *   input: [28, 28, 1],
 *   layers: { conv: conv2d({ outChannels: 6, kernel: 5 }), relu: relu(), flatten: flatten(), fc: dense({ outFeatures: 10 }) },
 * });
 * const parameters = network.initialize(seededRandom(1));
 */
export function sequential({ input, layers, symbols = {} }: SequentialOptions): Network {
  checkShape('input', input);
  const named = nameLayers(input, layers, symbols);
  const entries: ParameterEntry[] = [];
  let parameterCount = 0;
  for (const { name, parameters } of named) {
    for (const { name: parameter, shape } of parameters) {
      const length = sizeOf(shape);
      entries.push({ path: `${name}.${parameter}`, layer: name, shape, offset: parameterCount, length });
      parameterCount += length;
    }
  }
  const network: Network = {
    inputShape: input,
    outputShape: named.at(-1)?.outputShape ?? input,
    layers: named,
    parameterEntries: entries,
    parameterCount,
    zeros: ({ kernels = referenceKernels, dtype = 'float32' } = {}) =>
      new Parameters(entries, kernels.allocate(dtype, parameterCount)),
    initialize(random, options) {
      const parameters = network.zeros(options);
      for (const { name, parameters: specs } of named) {
        for (const spec of specs) {
          const path = `${name}.${spec.name}`;
          drawInitial(spec.initializer, spec, random.fork(path), parameters.get(path).data);
        }
      }
      return parameters;
    },
    prepare: (options) => prepareNetwork(network, options),
  };
  return network;
}

function nameLayers(
  input: Shape,
  layers: Readonly<Record<string, Layer>>,
  symbols: Readonly<Record<string, string>>,
): NamedLayer[] {
  let inputShape = input;
  let previous = 'the input';
  return Object.entries(layers).map(([name, layer]) => {
    // Objects list names that look like numbers first, whatever the order they were written in.
    if (!/^[A-Za-z_][\w-]*$/.test(name)) {
      throw new Error(
        `sequential: expected layer names of letters, digits, - and _ that start with a letter or _, got '${name}'`,
      );
    }
    const result = {
      name,
      layer,
      inputShape,
      outputShape: outputShapeAfter(previous, name, layer, inputShape),
      parameters: layer.parameters(name, inputShape),
      symbol: Object.hasOwn(symbols, name) ? symbols[name] : undefined,
    };
    inputShape = result.outputShape;
    previous = name;
    return result;
  });
}

/** The layer's output shape; a failure also says where the input that does not fit came from. */
function outputShapeAfter(previous: string, name: string, layer: Layer, inputShape: Shape): Shape {
  try {
    return layer.outputShape(name, inputShape);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ShapeError(`${error.message}; ${previous} gives ${formatShape(inputShape)}`);
  }
}
