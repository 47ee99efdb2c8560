/** What an ONNX graph takes, as Longhand gives it: images of three axes, pixels from 0 to 1 with a normalization. */
import { channelNormalizations, type Normalization, normalizationOfChannels } from '@longhand/datasets';
import type { OnnxLayer, OnnxNetwork, OnnxNormalization } from '@longhand/formats';
import { tensor } from '@longhand/tensor';
import { ModelError } from '../model-settings';

/** A network without its normalization, and the normalization of pixels from 0 to 1, if the graph has one. */
export interface NetworkInput {
  readonly body: OnnxNetwork;
  readonly normalization?: Normalization;
  /** The same as the graph has it. */
  readonly stated?: OnnxNormalization;
}

/**
 * The network's input.
 *
 * A list of 784 numbers is an image of 28 × 28. Whole numbers are pixels from 0 to 255. Pixels from 0 to 1 have a standard deviation of at
 * most 1/2, so a network that divides by more than 1 takes pixels from 0 to 255 too. A network that takes inverted pixels, `1 − x`,
 * takes them as they are with the first weights negated.
 *
 * @throws ModelError for standard deviations below zero that no weights can make up for
 */
export function networkInput(network: OnnxNetwork, where: string): NetworkInput {
  const { inputShape, layers, takesBytes = false } = asImage(network);
  const [first] = layers;
  const stated = first?.kind === 'normalization' ? first : undefined;
  const body = { inputShape, layers: stated === undefined ? layers : layers.slice(1) };
  if (stated === undefined && !takesBytes) return { body };
  const { mean, std } = stated ?? { mean: [0], std: [1] };
  if (!std.every((number) => number < 0)) {
    return { body, normalization: normalizationOf(mean, std, takesBytes, where), ...(stated && { stated }) };
  }
  const opposite = std.map((number) => -number);
  const negated = { inputShape, layers: withNegatedInput(body.layers, where) };
  return {
    body: negated,
    normalization: normalizationOf(mean, opposite, takesBytes, where),
    ...(stated && { stated }),
  };
}

function asImage(network: OnnxNetwork): OnnxNetwork {
  const { inputShape, layers } = network;
  if (inputShape.length !== 1 || inputShape[0] !== 784) return network;
  const [first] = layers;
  const flatten = { kind: 'flatten' } as const;
  const inOrder = first?.kind === 'normalization' ? [first, flatten, ...layers.slice(1)] : [flatten, ...layers];
  return { ...network, inputShape: [1, 28, 28], layers: inOrder };
}

function normalizationOf(
  mean: readonly number[],
  std: readonly number[],
  takesBytes: boolean,
  where: string,
): Normalization {
  if (!std.every((number) => number > 0)) {
    throw new ModelError(`${where}: expected standard deviations above 0 for all pixels, got ${std.join(', ')}`);
  }
  const scale = takesBytes || std.some((number) => number > 1) ? 255 : 1;
  const channels = channelNormalizations(where, { mean, std }, Math.max(mean.length, std.length));
  const scaled = channels.map(({ mean, std }) => ({ mean: rounded(mean / scale), std: rounded(std / scale) }));
  return normalizationOfChannels(scaled);
}

/** Constants of a file are float32, so a product of two has seven digits: 1 for 0.99999994. */
function rounded(value: number): number {
  for (let digits = 1; digits <= 7; digits++) {
    const brief = Number(value.toPrecision(digits));
    if (Math.abs(brief - value) <= 2 ** -22 * Math.abs(value)) return brief;
  }
  return value;
}

/** The layers for −x instead of x: the first weights are negated. */
function withNegatedInput(layers: readonly OnnxLayer[], where: string): readonly OnnxLayer[] {
  const at = layers.findIndex(({ kind }) => !['flatten', 'identity', 'dropout'].includes(kind));
  const layer = layers[at];
  if (layer?.kind !== 'conv' && layer?.kind !== 'gemm') {
    throw new ModelError(
      `${where}: expected a convolution or a dense layer behind inverted pixels, got ${layer?.kind ?? 'none'}; export it without`,
    );
  }
  const weight = tensor(
    layer.weight.shape,
    layer.weight.data.map((value) => -value),
  );
  return [...layers.slice(0, at), { ...layer, weight }, ...layers.slice(at + 1)];
}
