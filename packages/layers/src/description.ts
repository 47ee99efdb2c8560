/**
 * Networks as plain data and back: what a model file keeps, and what a person can write by hand. Descriptions may come
 * from anywhere, so everything in them is checked, and what does not fit is named in one line.
 *
 * Written by hand, names of layers may be left out, and a layer without options may be its kind alone. An activation may
 * be its function: `"relu"` is `{ "kind": "activation", "activation": "relu" }`. Names are those that PyTorch's users
 * would choose: `conv1`, `pool`, `fc`.
 */
import {
  type Description,
  described,
  isModuleReference,
  isRecord,
  type JsonFault,
  type Kind,
  ModuleError,
  type ModuleOptions,
  type ModuleReference,
  type Modules,
  madeFrom,
  object,
  objectWithExtras,
  optional,
  type ParseOptions,
  parseJson,
  shown,
  string,
  unknown,
  where,
} from '@longhand/schema';
import { checkShape, type Shape } from '@longhand/tensor';
import { activationNames } from './activations';
import type { Layer, LayerKind } from './layer';
import { layerKinds } from './layer-kinds';
import type { Network } from './network';
import { sequential } from './sequential';

/** A layer as plain data: its kind and its options, or the module that makes it. */
type DescribedLayer = (Description | ModuleReference) & { readonly name: string; readonly symbol?: string };

/** A network as plain data. */
export interface NetworkDescription {
  /** The shape of one input. */
  readonly input: Shape;
  /** Each layer's description, with its name, in order. */
  readonly layers: readonly DescribedLayer[];
}

/** A description of no network. The message is one line and names the layer. */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
}

/**
 * The network as plain data, ready for `JSON.stringify`.
 *
 * @throws DescriptionError when a layer is neither a built-in one nor of a module, see `fromModule`: nothing could make it again
 */
export function describeNetwork(network: Network): NetworkDescription {
  return {
    input: network.inputShape,
    layers: network.layers.map(({ name, symbol, layer }) => {
      const description = described(layer);
      if (description === undefined) {
        throw new DescriptionError(
          `${name}: expected a built-in layer or one of a module, got an object of your own (${layer.description?.kind}), which cannot be written down; make it with fromModule`,
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
  // Without a prototype, so that a layer may be called "constructor" or "__proto__".
  const layers: Record<string, Layer> = Object.create(null);
  const symbols: Record<string, string> = Object.create(null);
  for (const [index, entry] of inFull(written).entries()) {
    const { name, symbol, ...written } = namedEntry(entry, index);
    if (Object.hasOwn(layers, name)) {
      throw new DescriptionError(`network: expected each layer name once, got '${name}' twice`);
    }
    layers[name] = isModuleReference(written)
      ? layerOfModule(name, written, options.modules)
      : layerFrom(name, written);
    if (symbol !== undefined) symbols[name] = symbol;
  }
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

const entrySchema = objectWithExtras({ name: string, kind: string, symbol: optional(string) });

const moduleSchema = object({
  name: string,
  symbol: optional(string),
  module: string,
  export: optional(string),
  options: optional(unknown),
});

/** A layer as written, with a name, and a kind or a module. */
function namedEntry(entry: unknown, index: number) {
  if (isModuleReference(entry)) {
    const error = (message: string): DescriptionError => new DescriptionError(message);
    return parseJson(moduleSchema, entry, { where: `network, layer ${index + 1}`, error });
  }
  const error = (_message: string, { path, got }: JsonFault): DescriptionError =>
    path === 'symbol' && isRecord(entry)
      ? new DescriptionError(`${entry.name}: expected a text as symbol, got ${got}`)
      : new DescriptionError(
          `network: expected a layer such as "relu" or {"kind":"dense","outFeatures":10} as number ${index + 1}, got ${shown(entry)}`,
        );
  return parseJson(entrySchema, entry, { where: 'network', error });
}

/** Every kind by name, whatever its options. */
const kinds: Readonly<Record<string, LayerKind>> = layerKinds;

function layerFrom(name: string, { kind: kindName, ...options }: Description): Layer {
  if (!Object.hasOwn(kinds, kindName)) {
    const names = [...Object.keys(kinds), ...activationNames].join(', ');
    throw new DescriptionError(`${name}: expected one of the kinds ${names}; got ${kindName}`);
  }
  const kind = kinds[kindName];
  return kind.make(kind.check(options, { where: name, error: optionError(name, kind) }));
}

/** A layer that somebody else's code makes: only of the modules that were given. */
function layerOfModule(name: string, reference: ModuleOptions, modules: Modules = {}): Layer {
  try {
    const layer = madeFrom<Layer>(reference, modules);
    if (typeof layer.prepare === 'function' && typeof layer.outputShape === 'function') return layer;
    throw new ModuleError(`module ${reference.module}: expected a layer, got ${shown(layer)}`);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    throw new DescriptionError(`${name}: ${error.message}`);
  }
}

function optionError(layer: string, kind: Kind): ParseOptions['error'] {
  return (_message, { kind: fault, path, expected, got }) => {
    switch (fault) {
      case 'value':
        return new DescriptionError(`${layer}: expected ${expected} as ${path}, got ${got}`);
      case 'missing':
        return new DescriptionError(`${layer}: expected ${expected} as ${path} of a ${kind.name} layer, got none`);
      case 'unknown': {
        const known = kind.options.length === 0 ? 'no options' : `the options ${kind.options.join(', ')}`;
        return new DescriptionError(
          `${layer}: expected ${known} for a ${kind.name} layer, got ${got.replaceAll("'", '')}`,
        );
      }
    }
  };
}

/**
 * The layers in full: every one an object, every one with a name. An entry that is no layer at all is left as it is.
 *
 * A stem that occurs once is the layer's name (`fc`); one that occurs several times is numbered (`conv1`, `conv2`).
 *
 * @example inFull(['flatten', { kind: 'dense', outFeatures: 10 }]) // named flatten and fc
 */
function inFull(layers: readonly unknown[]): readonly unknown[] {
  const written = layers.map(spelledOut);
  const taken = new Set(written.flatMap((layer) => (isRecord(layer) && 'name' in layer ? [layer.name] : [])));
  const unnamed = written.map(stemOf);
  return written.map((layer, index) => {
    const stem = unnamed[index];
    if (stem === undefined || !isRecord(layer)) return layer;
    const alone = unnamed.filter((other) => other === stem).length === 1;
    let name = alone && !taken.has(stem) ? stem : `${stem}1`;
    for (let number = 2; taken.has(name); number++) name = `${stem}${number}`;
    taken.add(name);
    return { name, ...layer };
  });
}

/** What a layer without a name is called, before it is numbered; undefined for one with a name, and for no layer. */
function stemOf(layer: unknown): string | undefined {
  if (!isRecord(layer) || 'name' in layer) return undefined;
  if (isModuleReference(layer)) return moduleStem({ ...layer });
  if (typeof layer.kind !== 'string') return undefined;
  const { kind, activation } = layer;
  if (kind === 'activation' && typeof activation === 'string') return activation;
  return (Object.hasOwn(kinds, kind) ? kinds[kind].stem : undefined) ?? kind;
}

/** A layer of a module is called after its export. */
function moduleStem({ export: name = 'default' }: Readonly<Record<string, unknown>>): string {
  return name === 'default' ? 'layer' : String(name);
}

/** An object for a layer that was written as its kind alone, and an activation for one written by its function. */
function spelledOut(layer: unknown): unknown {
  const { kind, ...options } = isRecord(layer) ? layer : { kind: layer };
  if (typeof kind !== 'string') return layer;
  const isFunction = activationNames.includes(kind) && !('activation' in options);
  return isFunction ? { ...options, kind: 'activation', activation: kind } : { ...options, kind };
}
