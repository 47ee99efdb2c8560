/** What a network is made of, in figures: a row for each layer, and totals. */
import { type Shape, sizeOf } from '@longhand/tensor';
import type { Network } from './sequential';

/** One layer in figures. */
export interface SummaryRow {
  readonly name: string;
  readonly kind: string;
  /** How the text that the network is taken from writes what this layer gives, if it was said. */
  readonly symbol: string | undefined;
  /** Shape of one output. */
  readonly outputShape: Shape;
  readonly parameters: number;
  /** Of the forward pass, for one image. */
  readonly multiplyAdds: number;
}

/** A network in figures. */
export interface Summary {
  readonly inputShape: Shape;
  readonly rows: readonly SummaryRow[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/**
 * Every layer's output shape, parameters and multiply-adds.
 *
 * @example summary(lenetDocumented()).parameters // 3898
 */
export function summary(network: Network): Summary {
  const rows = network.layers.map(({ name, layer, inputShape, outputShape, parameters, symbol }) => {
    const { kind, activation, pooling } = layer.description;
    return {
      name,
      kind: ([activation, pooling].find((variant) => typeof variant === 'string') as string | undefined) ?? kind,
      symbol,
      outputShape,
      parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      multiplyAdds: layer.multiplyAdds(name, inputShape),
    };
  });
  return {
    inputShape: network.inputShape,
    rows,
    parameters: network.parameterCount,
    multiplyAdds: rows.reduce((sum, row) => sum + row.multiplyAdds, 0),
  };
}
