/** Which layer of another program's tensors is which layer of a network. */
import { everyLayer, type Network } from '@longhand/layers';
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { ModelError } from '../model-settings';

/** What the order of a file's tensors says: in which order layers were defined, or nothing beyond their names. */
export type TensorOrder = 'definition' | 'names';

/** The other program's layer for each layer of a network that has tensors. */
export interface LayerMatch {
  /** The layer of the network for each layer of the tensors, by name. */
  readonly layers: ReadonlyMap<string, string>;
  /**
   * Layers of the network that were taken for the other program's in the order of its names, or of its definition, where the names say
   * nothing of the order: of `bn` and `stem.bn`, either may come first.
   */
  readonly guessed: readonly string[];
}

/** A layer of a network, with the names and shapes of its parameters and buffers. */
export interface LayerTensors {
  readonly name: string;
  readonly tensors: readonly (readonly [name: string, shape: Shape])[];
}

/** The layers that have tensors of their own, those of blocks by their paths. */
export function layersWithTensors(network: Network): readonly LayerTensors[] {
  return everyLayer(network.layers)
    .filter(({ layer }) => layer.nested === undefined)
    .map(({ name, parameters, buffers }) => ({
      name,
      tensors: [...parameters, ...buffers].map((spec) => [spec.name, spec.shape] as const),
    }))
    .filter(({ tensors }) => tensors.length > 0);
}

/** @throws ModelError naming a tensor of no layer, or the layer without a match */
export function matchedLayers(
  tensors: ReadonlyMap<string, Tensor>,
  network: Network,
  where: string,
  order: TensorOrder,
): LayerMatch {
  const layers = layersWithTensors(network);
  const groups = groupedByLayer(tensors, { layers, where, order });
  const found = foundByName(groups, layers, asWritten) ?? foundByName(groups, layers, withoutBranches);
  return found === undefined ? foundByShape(groups, layers, where) : { layers: found, guessed: [] };
}

/** A layer's tensors by their names within it: `weight` and perhaps `bias`. */
type Groups = ReadonlyMap<string, ReadonlyMap<string, Tensor>>;

/** What tensors are grouped with. */
interface Grouping {
  readonly layers: readonly LayerTensors[];
  readonly where: string;
  readonly order: TensorOrder;
}

/** The tensors by layer, in the order of their definition, or in the natural one of the layers' names (`2` before `10`). */
function groupedByLayer(tensors: ReadonlyMap<string, Tensor>, { layers, where, order }: Grouping): Groups {
  const known = new Set(['weight', 'bias', ...layers.flatMap((layer) => layer.tensors.map(([name]) => name))]);
  const groups = new Map<string, Map<string, Tensor>>();
  for (const [path, values] of tensors) {
    const dot = path.lastIndexOf('.');
    const [layer, name] = [path.slice(0, Math.max(dot, 0)), path.slice(dot + 1)];
    if (layer === '' || !known.has(name)) {
      throw new ModelError(
        `${where}: expected the tensors of layers, each called ${[...known].join(', ')}, such as conv1.weight, got '${path}'`,
      );
    }
    groups.set(layer, (groups.get(layer) ?? new Map<string, Tensor>()).set(name, values));
  }
  if (order === 'definition') return groups;
  const counted = new Intl.Collator('en', { numeric: true });
  return new Map([...groups].sort(([a], [b]) => counted.compare(a, b)));
}

const asWritten = (name: string): string => name;

/** `layer1_0.body.conv1`, and `layer1.0.conv1` of a program whose blocks have no branches, as `layer1_0_conv1`. */
const withoutBranches = (name: string): string => name.replace(/\.(?:body|shortcut)(?=\.)/g, '').replaceAll('.', '_');

/**
 * Their layer for each of ours, if all names are equal except for a common prefix.
 *
 * @param form what of a name is compared
 */
function foundByName(
  groups: Groups,
  layers: readonly LayerTensors[],
  form: (name: string) => string,
): Map<string, string> | undefined {
  const theirs = new Map([...groups.keys()].map((name) => [form(name), name]));
  const ours = new Set(layers.map(({ name }) => form(name)));
  // Two names in one form say nothing.
  if (theirs.size < groups.size || ours.size < layers.length) return undefined;
  const [first = ''] = ours;
  for (const name of theirs.keys()) {
    const prefix = name.slice(0, name.length - first.length);
    if (name !== `${prefix}${first}` || !/(?:^|[._])$/.test(prefix)) continue;
    const found = layers.map((layer) => [layer.name, theirs.get(`${prefix}${form(layer.name)}`)] as const);
    const complete = found.flatMap(([own, other]) => (other === undefined ? [] : [[own, other] as const]));
    if (complete.length === layers.length) return new Map(complete);
  }
  return undefined;
}

function foundByShape(groups: Groups, layers: readonly LayerTensors[], where: string): LayerMatch {
  const left = new Map(
    [...groups].map(([layer, group]) => [layer, signature([...group].map(([name, { shape }]) => [name, shape]))]),
  );
  const guessed: string[] = [];
  const found = layers.map(({ name, tensors }) => {
    const wanted = signature(tensors);
    const [theirs, next] = [...left].flatMap(([layer, given]) => (given === wanted ? [layer] : []));
    if (theirs === undefined) {
      const rest = [...left].slice(0, 4).map(([layer, given]) => `${layer} with ${given}`);
      throw new ModelError(
        `${where}: expected a layer with ${wanted} for ${name}, got ${rest.length === 0 ? 'no more layers' : rest.join('; ')}`,
      );
    }
    if (next !== undefined && !areCounted(theirs, next)) guessed.push(name);
    left.delete(theirs);
    return [name, theirs] as const;
  });
  return { layers: new Map(found), guessed };
}

/** Whether two names first differ in a number: `layer1.0.bn2` and `layer1.1.bn1`, `0` and `3`. */
function areCounted(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.match(/\d+|\D+/g) ?? []);
  const differs = a.findIndex((part, at) => part !== b[at]);
  return [a[differs], b[differs]].every((part) => part !== undefined && /^\d+$/.test(part));
}

/** The names and shapes of a layer's tensors, to compare and to print: `bias [6], weight [6, 1, 5, 5]`. */
function signature(tensors: readonly (readonly [name: string, shape: Shape])[]): string {
  return tensors
    .map(([name, shape]) => `${name} ${formatShape(shape)}`)
    .sort()
    .join(', ');
}
