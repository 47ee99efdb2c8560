/**
 * What a person may leave out of a network written by hand: the names of layers, and for layers without options all
 * but the kind. `"relu"` is `{ "kind": "activation", "activation": "relu" }`, under the name that it would have in PyTorch.
 */
import { activationFunctions } from '@longhand/kernels';

/** A layer as it may be written: nothing in it has been checked. */
type Written = Readonly<Record<string, unknown>>;

/** How layers are called after their kind; others are called by the kind itself. */
const stems: Readonly<Record<string, string>> = { conv2d: 'conv', conv1d: 'conv', pool2d: 'pool', dense: 'fc' };

/**
 * The layers in full: every one an object, every one with a name. What is no layer at all is left as it is.
 *
 * A kind that comes once gives its name to the layer (`fc`), one that comes several times is numbered (`conv1`, `conv2`).
 *
 * @example inFull(['flatten', { kind: 'dense', outFeatures: 10 }]) // named flatten and fc
 */
export function inFull(layers: readonly unknown[]): readonly unknown[] {
  const written = layers.map(spelledOut);
  const taken = new Set(written.flatMap((layer) => (isRecord(layer) && 'name' in layer ? [layer.name] : [])));
  const stemOf = (layer: unknown): string | undefined => {
    if (!isRecord(layer) || 'name' in layer || typeof layer.kind !== 'string') return undefined;
    const stem = layer.kind === 'activation' ? layer.activation : layer.kind;
    return typeof stem === 'string' ? (Object.hasOwn(stems, stem) ? stems[stem] : stem) : layer.kind;
  };
  const unnamed = written.map(stemOf);
  return written.map((layer, at) => {
    const stem = unnamed[at];
    if (stem === undefined) return layer;
    const alone = unnamed.filter((other) => other === stem).length === 1;
    let name = alone && !taken.has(stem) ? stem : `${stem}1`;
    for (let number = 2; taken.has(name); number++) name = `${stem}${number}`;
    taken.add(name);
    return { name, ...(layer as Written) };
  });
}

/** An object for a layer that was written as its kind alone, and an activation for one that was written by its function. */
function spelledOut(layer: unknown): unknown {
  const { kind, ...options } = isRecord(layer) ? layer : { kind: layer };
  if (typeof kind !== 'string') return layer;
  const isFunction = Object.hasOwn(activationFunctions, kind) && !('activation' in options);
  return isFunction ? { ...options, kind: 'activation', activation: kind } : { ...options, kind };
}

function isRecord(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
