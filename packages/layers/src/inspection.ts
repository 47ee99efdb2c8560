/** A network in figures and images: its layers, the statistics of its parameters, its weights as images. */
import type { Description } from '@longhand/schema';
import { type FloatArray, type Shape, sizeOf } from '@longhand/tensor';
import type { NamedLayer } from './layer';
import { everyLayer } from './layer-chain';
import { knownDescription } from './layer-kinds';
import type { Network } from './network';
import type { NetworkParameters, ParameterEntry } from './parameters';

/** One layer in figures. */
export interface SummaryRow {
  /** The layer's name, or its path within a block. */
  readonly name: string;
  /** The kind of the layer; of activations and pooling which one: `relu`, `max`. */
  readonly kind: string;
  /** The symbol of the layer's output in a text that the network is taken from, if it was given. */
  readonly symbol: string | undefined;
  /** Shape of one output. */
  readonly outputShape: Shape;
  /** Learned numbers. */
  readonly parameters: number;
  /** Numbers that are kept with the layer but not learned. */
  readonly buffers: number;
  /** Of the forward pass, for one image. */
  readonly multiplyAdds: number;
}

/** A network in figures. */
export interface Summary {
  /** The shape of one image: `[height, width, channels]`, or another input. */
  readonly inputShape: Shape;
  /** The layers of a block by their paths, before the block itself, which has no numbers of its own. */
  readonly rows: readonly SummaryRow[];
  /** The learned numbers of all layers. */
  readonly parameters: number;
  /** The numbers of all layers that are kept but not learned. */
  readonly buffers: number;
  /** The multiply-adds of a forward pass of one image. */
  readonly multiplyAdds: number;
}

/**
 * Every layer's output shape, parameters, buffers and multiply-adds.
 *
 * @example summary(lenetDocumented()).parameters; // 3898
 */
export function summary(network: Network): Summary {
  const rows = everyLayer(network.layers).map(
    ({ name, layer, inputShape, outputShape, parameters, buffers, symbol }) => {
      const common = { name, kind: shownKind(layer.description), symbol, outputShape };
      // The rows of its layers have all that a block has.
      if (layer.nested !== undefined) return { ...common, parameters: 0, buffers: 0, multiplyAdds: 0 };
      const counts = { parameters: sizeOfAll(parameters), buffers: sizeOfAll(buffers) };
      return { ...common, ...counts, multiplyAdds: layer.multiplyAdds(name, inputShape) };
    },
  );
  return {
    inputShape: network.inputShape,
    rows,
    parameters: network.parameterCount,
    buffers: network.bufferCount,
    multiplyAdds: rows.reduce((sum, row) => sum + row.multiplyAdds, 0),
  };
}

function sizeOfAll(specs: readonly { readonly shape: Shape }[]): number {
  return specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The kind of a layer, or for some what is more telling: `relu`, `max`. */
function shownKind(description: Description): string {
  const known = knownDescription(description);
  switch (known?.kind) {
    case 'activation':
      return known.activation;
    case 'pool2d':
      return known.pooling;
    default:
      return description.kind;
  }
}

/** One parameter or buffer in figures. */
export interface ParameterStatistics {
  /** `conv1.weight` */
  readonly path: string;
  /** The shape of the array. */
  readonly shape: Shape;
  /** How many numbers it has. */
  readonly count: number;
  /** Their mean. */
  readonly mean: number;
  /** The standard deviation, √(Σ (x − mean)² / count). */
  readonly deviation: number;
  /** The smallest of them. */
  readonly smallest: number;
  /** The largest of them. */
  readonly largest: number;
  /** The part of the numbers that is exactly zero. */
  readonly zeros: number;
}

/**
 * The statistics of every parameter, in the order of the network.
 *
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * parameterStatistics(lenet5().initialize(seededRandom(1)))[0].path; // 'conv1.weight'
 */
export function parameterStatistics(parameters: NetworkParameters): readonly ParameterStatistics[] {
  return statisticsOf(parameters, parameters.entries);
}

/**
 * The same as {@link parameterStatistics} of every buffer, such as `bn1.running_mean`.
 *
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * bufferStatistics(resnetSmall().initialize(seededRandom(1)))[0].path; // 'bn.running_mean'
 */
export function bufferStatistics(parameters: NetworkParameters): readonly ParameterStatistics[] {
  return statisticsOf(parameters, parameters.bufferEntries);
}

function statisticsOf(
  parameters: NetworkParameters,
  entries: readonly ParameterEntry[],
): readonly ParameterStatistics[] {
  return entries.map(({ path, shape }) => {
    const { data } = parameters.get(path);
    const count = data.length;
    let [sum, smallest, largest, zeros] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const value of data) {
      sum += value;
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      if (value === 0) zeros++;
    }
    const mean = sum / count;
    // A second walk: the mean square less the squared mean would lose all digits where the mean is large.
    let squares = 0;
    for (const value of data) squares += (value - mean) * (value - mean);
    return { path, shape, count, mean, deviation: Math.sqrt(squares / count), smallest, largest, zeros: zeros / count };
  });
}

/** The weights of a layer as images of one size, one for each output and each input channel that it sees. */
export interface WeightImages {
  /** The path of the weights: `conv1.weight`. */
  readonly path: string;
  /** The number of output channels or features. */
  readonly outputs: number;
  /** The number of input channels that each output sees. */
  readonly inputs: number;
  /** The height of one image. */
  readonly height: number;
  /** The width of one image. */
  readonly width: number;
  /** The weights, `[outputs, inputs, height, width]`. */
  readonly values: FloatArray;
}

/**
 * The weights of a layer as images, or undefined where they are none: those of convolutions, and those of a dense layer that
 * reads the flattened maps of the layer before it.
 *
 * @example
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenet5();
 * const images = weightImages(network, network.initialize(seededRandom(1)), 'conv1');
 * [images?.outputs, images?.inputs, images?.height, images?.width]; // [ 6, 1, 5, 5 ]
 */
export function weightImages(network: Network, parameters: NetworkParameters, name: string): WeightImages | undefined {
  const layers = everyLayer(network.layers);
  const at = layers.findIndex((layer) => layer.name === name);
  const shape = at === -1 ? undefined : shapeOfKernels(layers[at], layers[at - 1]);
  if (shape === undefined) return undefined;
  const [outputs, inputs, height, width] = shape;
  const path = `${name}.weight`;
  return { path, outputs, inputs, height, width, values: parameters.get(path).data };
}

type KernelShape = readonly [outputs: number, inputs: number, height: number, width: number];

function shapeOfKernels({ layer, parameters }: NamedLayer, before: NamedLayer | undefined): KernelShape | undefined {
  const [weight] = parameters;
  switch (knownDescription(layer.description)?.kind) {
    case 'conv2d':
      return [weight.shape[0], weight.shape[1], weight.shape[2], weight.shape[3]];
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
