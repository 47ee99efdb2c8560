/** Networks as plain data and back: what a model file keeps, and what a person can write by hand; see `layer-list.ts`. */
import {
  type Budget,
  type BudgetOptions,
  checkBudget,
  described,
  isRecord,
  type JsonFault,
  type Modules,
  object,
  parseJson,
  where,
} from '@longhand/schema';
import { checkShape, type Shape, sizeOf } from '@longhand/tensor';
import type { NamedLayer } from './layer';
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
 * @example describeNetwork(sequential({ input: [4], layers: { fc: dense({ outFeatures: 2 }) } })).layers; // [ { name: 'fc', kind: 'dense', outFeatures: 2 } ]
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
export interface NetworkFromOptions extends BudgetOptions {
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
 * @throws DescriptionError when it has another form, names a module that was not given or goes beyond the budget, ShapeError when
 *   the layers do not fit together
 * @example networkFrom({ input: [2, 2, 1], layers: ['flatten', { kind: 'dense', outFeatures: 2 }] }).parameterCount; // 10
 */
export function networkFrom(description: unknown, options: NetworkFromOptions = {}): Network {
  checkSize(description, options.budget);
  const { input, layers: written } = parseJson(
    networkSchema,
    isRecord(description) && options.input !== undefined ? { input: options.input, ...description } : description,
    { where: 'network', error: networkError },
  );
  const { layers, symbols } = layersOfList(written, { kinds: layerKinds, modules: options.modules });
  checkShape('network: input', input);
  const network = sequential({ input, layers, symbols });
  checkNetwork(network, options);
  return network;
}

/** Where a description has layers. */
const listKeys = ['layers', 'body', 'shortcut'];

/** Counts layers and levels, before anything is made of them. */
function checkSize(description: unknown, budget: Partial<Budget> | undefined): void {
  const refusal = { where: 'network', error: (message: string) => new DescriptionError(message) };
  const open = [{ value: description, depth: 1 }];
  let layers = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    checkBudget({ nesting: depth }, budget, { ...refusal, of: 'levels of lists and objects' });
    for (const [key, part] of Object.entries(value)) {
      if (listKeys.includes(key) && Array.isArray(part)) layers += part.length;
      open.push({ value: part, depth: depth + 1 });
    }
    checkBudget({ layers }, budget, { ...refusal, of: 'layers' });
  }
}

/**
 * Checks what a network asks for: parameters, the numbers that its layers put out for an image, and multiply-adds. Nothing of
 * that size is allocated yet.
 *
 * @throws DescriptionError when that is beyond the budget; the line names the layer that asks for most
 * @example
 * const network = lenet5();
 * checkNetwork(network); // undefined
 * checkNetwork(network, { budget: { parameters: 1000 } }); // throws: …
 */
export function checkNetwork(network: Network, { budget }: BudgetOptions = {}): void {
  const layers = everyLayer(network.layers);
  // What a block has, its layers have.
  const own = layers.filter(({ layer }) => layer.nested === undefined);
  const parametersOf = ({ parameters, buffers }: NamedLayer): number =>
    [...parameters, ...buffers].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const amounts = {
    parameters: ['parameters', own.map(parametersOf), own],
    elements: [
      'numbers that all layers put out for one image',
      layers.map(({ outputShape }) => sizeOf(outputShape)),
      layers,
    ],
    multiplyAdds: [
      'multiply-adds for one image',
      own.map(({ name, layer, inputShape }) => layer.multiplyAdds(name, inputShape)),
      own,
    ],
  } as const;
  for (const [limit, [of, counts, counted]] of Object.entries(amounts)) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const largest = counts.reduce((most, count, at) => (count > counts[most] ? at : most), 0);
    checkBudget({ [limit]: total }, budget, {
      where: 'network',
      of,
      hint: `make ${counted[largest]?.name} smaller`,
      error: (message) => new DescriptionError(message),
    });
  }
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
