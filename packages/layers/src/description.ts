/** Networks as plain data and back: what a model file keeps, and what a person can write by hand; see `layer-list.ts`. */
import { described, isRecord, type JsonFault, type Modules, object, parseJson, where } from '@longhand/schema';
import { checkShape, type Shape } from '@longhand/tensor';
import { everyLayer } from './layer-chain';
import { layerKinds } from './layer-kinds';
import { type DescribedLayer, DescriptionError, layersOfList } from './layer-list';
import type { Network } from './network';
import { sequential } from './sequential';

/** A network as plain data. */
export interface NetworkDescription {
  /** The shape of one input. */
  readonly input: Shape;
  /** Each layer's description, with its name, in order. */
  readonly layers: readonly DescribedLayer[];
}

/**
 * The network as plain data, ready for `JSON.stringify`.
 *
 * @throws DescriptionError when a layer is neither a built-in one nor of a module, see `fromModule`: nothing could make it again
 */
export function describeNetwork(network: Network): NetworkDescription {
  return {
    input: network.inputShape,
    layers: network.layers.map((named) => {
      const { name, symbol, layer } = named;
      const description = described(layer);
      if (description === undefined) {
        // Of a block, the layer within that it is because of.
        const own = everyLayer([named]).find((within) => described(within.layer) === undefined) ?? named;
        throw new DescriptionError(
          `${own.name}: expected a built-in layer or one of a module, got an object of your own (${own.layer.description?.kind}), which cannot be written down; make it with fromModule`,
        );
      }
      return { name, ...(symbol === undefined ? {} : { symbol }), ...description };
    }),
  };
}

/** What {@link networkFrom} needs besides the description. */
export interface NetworkFromOptions {
  /** The shape of an input, for a description without one. */
  readonly input?: Shape;
  /** The imported modules that layers may be of, see `importModules`. Default: none, no code but Longhand's is run. */
  readonly modules?: Modules;
}

/**
 * The network of a description.
 *
 * @param description the result of {@link describeNetwork}, or the same written by hand and parsed. There names may be
 *   left out, and layers without options written as their kind alone: `"relu"`, `"flatten"`
 * @throws DescriptionError when it has another form or names a module that was not given, ShapeError when the layers do not fit
 *   together
 * @example networkFrom({ input: [2, 2, 1], layers: ['flatten', { kind: 'dense', outFeatures: 2 }] })
 */
export function networkFrom(description: unknown, options: NetworkFromOptions = {}): Network {
  const { input, layers: written } = parseJson(
    networkSchema,
    isRecord(description) && options.input !== undefined ? { input: options.input, ...description } : description,
    { where: 'network', error: networkError },
  );
  const { layers, symbols } = layersOfList(written, { kinds: layerKinds, modules: options.modules });
  checkShape('network: input', input);
  return sequential({ input, layers, symbols });
}

const lists = 'an object with the lists "input" and "layers"';

const networkSchema = object(
  { input: where<Shape>(lists, Array.isArray), layers: where<readonly unknown[]>(lists, Array.isArray) },
  lists,
);

function networkError(_message: string, { kind, got }: JsonFault): DescriptionError {
  if (kind !== 'unknown') return new DescriptionError(`network: expected ${lists}`);
  const key = got.replace(/^'|'$/g, '"');
  return new DescriptionError(`network: expected "input" and "layers" alone, got ${key} besides`);
}
