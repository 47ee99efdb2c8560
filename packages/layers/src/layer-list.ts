/**
 * Lists of layers as plain data: in networks, and in the branches of blocks. Descriptions may come from anywhere, so everything
 * in them is checked, and what does not fit is named in one line.
 *
 * Written by hand, names of layers may be left out, and a layer without options may be its kind alone. An activation may
 * be its function: `"relu"` is `{ "kind": "activation", "activation": "relu" }`. Names are those that PyTorch's users
 * would choose: `conv1`, `pool`, `fc`.
 */
import {
  type Description,
  didYouMean,
  isModuleReference,
  isRecord,
  type JsonFault,
  type Kind,
  ModuleError,
  type ModuleOptions,
  type ModuleReference,
  type Modules,
  madeFrom,
  nearestName,
  object,
  objectWithExtras,
  optional,
  type ParseOptions,
  parseJson,
  shown,
  string,
  unknown,
} from '@longhand/schema';
import { activationNames } from './activations';
import type { Layer, LayerKind } from './layer';
import { layerHere, optionHere } from './other-names';

/** A layer as plain data: its kind and its options, or the module that makes it. */
export type DescribedLayer = (Description | ModuleReference) & { readonly name: string; readonly symbol?: string };

/** A description of no network. The message is one line and names the layer. */
export class DescriptionError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'DescriptionError';
}

/** Every kind by name, whatever its options. */
type LayerKinds = Readonly<Record<string, LayerKind>>;

/** What layers are made from. */
export interface LayerListOptions {
  readonly kinds: LayerKinds;
  /** The path of the branch that has the list, such as `block1.body`. Default: the list of the network itself. */
  readonly where?: string;
  /** The imported modules that layers may be of. Default: none. */
  readonly modules?: Modules | undefined;
}

/** Layers of a list by name, with the symbols of those that have one. */
export interface ListedLayers {
  readonly layers: Readonly<Record<string, Layer>>;
  readonly symbols: Readonly<Record<string, string>>;
}

/**
 * The layers of a list.
 *
 * @throws DescriptionError when an entry is no layer, or has options that its kind does not take
 */
export function layersOfList(entries: readonly unknown[], options: LayerListOptions): ListedLayers {
  const { kinds, where, modules } = options;
  // Without a prototype, so that a layer may be called "constructor" or "__proto__".
  const layers: Record<string, Layer> = Object.create(null);
  const symbols: Record<string, string> = Object.create(null);
  const whose = where ?? 'network';
  for (const [index, entry] of inFull(kinds, entries).entries()) {
    const { name, symbol, ...written } = namedEntry(whose, entry, index);
    if (Object.hasOwn(layers, name)) {
      throw new DescriptionError(`${whose}: expected each layer name once, got '${name}' twice`);
    }
    const path = where === undefined ? name : `${where}.${name}`;
    layers[name] = isModuleReference(written)
      ? layerOfModule(path, written, modules)
      : layerFrom(path, written, options);
    if (symbol !== undefined) symbols[name] = symbol;
  }
  return { layers, symbols };
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
function namedEntry(whose: string, entry: unknown, index: number) {
  if (isModuleReference(entry)) {
    const error = (message: string): DescriptionError => new DescriptionError(message);
    return parseJson(moduleSchema, entry, { where: `${whose}, layer ${index + 1}`, error });
  }
  const error = (_message: string, { path, got }: JsonFault): DescriptionError =>
    path === 'symbol' && isRecord(entry)
      ? new DescriptionError(`${entry.name}: expected a text as symbol, got ${got}`)
      : new DescriptionError(
          `${whose}: expected a layer such as "relu" or {"kind":"dense","outFeatures":10} as number ${index + 1}, got ${shown(entry)}`,
        );
  return parseJson(entrySchema, entry, { where: whose, error });
}

function layerFrom(
  name: string,
  { kind: kindName, ...options }: Description,
  { kinds, modules }: LayerListOptions,
): Layer {
  if (!Object.hasOwn(kinds, kindName)) {
    const names = [...Object.keys(kinds), ...activationNames];
    const here = layerHere(kindName);
    const meant = here === undefined ? didYouMean(nearestName(kindName, names)) : `, which is ${here} here`;
    throw new DescriptionError(`${name}: expected one of the kinds ${names.join(', ')}; got ${kindName}${meant}`);
  }
  const kind = kinds[kindName];
  return kind.make(kind.check(options, { where: name, error: optionError(name, kind) }), { where: name, modules });
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
  return (_message, { kind: fault, path, expected, got, nearest }) => {
    switch (fault) {
      case 'value':
        return new DescriptionError(`${layer}: expected ${expected} as ${path}, got ${got}`);
      case 'missing':
        return new DescriptionError(`${layer}: expected ${expected} as ${path} of a ${kind.name} layer, got none`);
      case 'unknown': {
        const name = got.replaceAll("'", '');
        const here = optionHere(name, kind.options);
        const known = kind.options.length === 0 ? 'no options' : `the options ${kind.options.join(', ')}`;
        return new DescriptionError(
          `${layer}: expected ${known} for a ${kind.name} layer, got ${name}${here === undefined ? didYouMean(nearest) : `; ${here}`}`,
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
function inFull(kinds: LayerKinds, layers: readonly unknown[]): readonly unknown[] {
  const written = layers.map(spelledOut);
  const taken = new Set(written.flatMap((layer) => (isRecord(layer) && 'name' in layer ? [layer.name] : [])));
  const unnamed = written.map((layer) => stemOf(kinds, layer));
  const counts = new Map<string, number>();
  for (const stem of unnamed) if (stem !== undefined) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  /** The number of each stem to try next. */
  const numbers = new Map<string, number>();
  return written.map((layer, index) => {
    const stem = unnamed[index];
    if (stem === undefined || !isRecord(layer)) return layer;
    let name = stem;
    if (counts.get(stem) !== 1 || taken.has(stem)) {
      let number = numbers.get(stem) ?? 1;
      while (taken.has(`${stem}${number}`)) number++;
      name = `${stem}${number}`;
      numbers.set(stem, number + 1);
    }
    taken.add(name);
    return { name, ...layer };
  });
}

/** What a layer without a name is called, before it is numbered; undefined for one with a name, and for no layer. */
function stemOf(kinds: LayerKinds, layer: unknown): string | undefined {
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
