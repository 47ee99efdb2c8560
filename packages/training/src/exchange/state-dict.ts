/**
 * Weights of other programs under their own keys: PyTorch's `state_dict` of a module (`conv1.weight`) or of a `Sequential`
 * (`0.weight`, `3.weight`), with any prefix (`module.`, `model.`, `features.`).
 */
import { type Network, type Parameters, type PresetName, type PresetOptions, presets } from '@longhand/layers';
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { checkNumbers, ModelError } from '../model-settings';
import { flippedIfTrueConvolution } from './flipped-kernels';

/** Tensors by name, as `readSafetensors` gives them. */
export type StateDict = ReadonlyMap<string, Tensor>;

/** A layer's tensors by their names within it: `weight` and perhaps `bias`. */
type LayerTensors = ReadonlyMap<string, Tensor>;

/**
 * The parameters of a network from another program's tensors. Layers are matched by name, with any common prefix; if the
 * names differ, by shape, where layers of equal shapes are taken in the order of their names.
 *
 * @param where the file's name, for messages
 * @throws ModelError naming the layer without a match, or the tensor that fits no layer
 * @example parametersOfStateDict(readSafetensors(bytes, file).tensors, lenet5(), file)
 */
export function parametersOfStateDict(tensors: StateDict, network: Network, where: string): Parameters {
  const groups = groupedByLayer(tensors, where);
  const found = foundByName(groups, network) ?? foundByShape(groups, network, where);
  const parameters = network.zeros();
  const flipped = flippedIfTrueConvolution(network);
  for (const { path, shape } of network.parameterEntries) {
    const [layer, parameter] = split(path);
    const theirs = `${found.get(layer)}.${parameter}`;
    const values = tensors.get(theirs);
    if (values === undefined) {
      throw new ModelError(`${where}: expected '${theirs}' ${formatShape(shape)}, got none`);
    }
    if (formatShape(values.shape) !== formatShape(shape)) {
      throw new ModelError(`${where}: expected '${theirs}' as ${formatShape(shape)}, got ${formatShape(values.shape)}`);
    }
    parameters.get(path).data.set(flipped(path, values).data);
    checkNumbers(where, theirs, parameters.get(path));
  }
  const taken = new Set(
    [...found].flatMap(([layer, theirs]) => namesOf(network, layer).map((name) => `${theirs}.${name}`)),
  );
  const unmatched = [...tensors.keys()].find((name) => !taken.has(name));
  if (unmatched !== undefined) {
    throw new ModelError(
      `${where}: expected the weights of its network, got '${unmatched}' besides, which fits no layer`,
    );
  }
  return parameters;
}

/** A preset whose shapes are those of a file's tensors. */
export interface FoundPreset {
  readonly name: PresetName;
  readonly network: Network;
}

/**
 * The named network whose layers have the shapes of the tensors, for as many classes as these have outputs.
 *
 * @param options `only` restricts the search to one preset. Default: all presets.
 * @throws ModelError with the shapes when there is none
 */
export function presetOfStateDict(
  tensors: StateDict,
  options: Pick<PresetOptions, 'activation' | 'pooling'> & { readonly only?: PresetName },
  where: string,
): FoundPreset {
  const { only, ...others } = options;
  const names = only === undefined ? (Object.keys(presets) as PresetName[]) : [only];
  const outputs = new Set([...tensors.values()].flatMap(({ shape }) => (shape.length === 2 ? [shape[0]] : [])));
  const given = shapesText([...tensors.values()].map(({ shape }) => shape));
  for (const name of names) {
    // A file with another number of tensors is not this preset: no network is built for it.
    if (presets[name]().parameterEntries.length !== tensors.size) continue;
    for (const classes of outputs) {
      const network = presets[name]({ ...others, classes });
      if (shapesText(network.parameterEntries.map(({ shape }) => shape)) === given) return { name, network };
    }
  }
  const listed = [...tensors].slice(0, 4).map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
  throw new ModelError(
    `${where}: expected the weights of ${names.join(', ')}, got ${listed.join(', ')}${tensors.size > 4 ? ', …' : ''}; describe its network in a file and give that as --model`,
  );
}

/** The same text for the same shapes in any order. */
function shapesText(shapes: readonly Shape[]): string {
  return shapes.map(formatShape).sort().join(' ');
}

/** The tensors by layer, in the natural order of the layers' names (`2` before `10`). */
function groupedByLayer(tensors: StateDict, where: string): Map<string, LayerTensors> {
  const groups = new Map<string, Map<string, Tensor>>();
  for (const [name, values] of tensors) {
    const [layer, parameter] = split(name);
    if (layer === '' || (parameter !== 'weight' && parameter !== 'bias')) {
      throw new ModelError(
        `${where}: expected tensors called like conv1.weight and conv1.bias, got '${name}'; only layers with weights and biases can be read`,
      );
    }
    groups.set(layer, (groups.get(layer) ?? new Map<string, Tensor>()).set(parameter, values));
  }
  const counted = new Intl.Collator('en', { numeric: true });
  return new Map([...groups].sort(([a], [b]) => counted.compare(a, b)));
}

/** Their layer for each of ours, if all names are equal except for a common prefix. */
function foundByName(groups: ReadonlyMap<string, LayerTensors>, network: Network): Map<string, string> | undefined {
  const layers = layersWithParameters(network);
  const [first = ''] = layers;
  for (const theirs of groups.keys()) {
    if (theirs !== first && !theirs.endsWith(`.${first}`)) continue;
    const prefix = theirs.slice(0, theirs.length - first.length);
    if (layers.every((layer) => groups.has(`${prefix}${layer}`))) {
      return new Map(layers.map((layer) => [layer, `${prefix}${layer}`]));
    }
  }
  return undefined;
}

function foundByShape(groups: ReadonlyMap<string, LayerTensors>, network: Network, where: string): Map<string, string> {
  const left = new Map(
    [...groups].map(([layer, group]) => [layer, signature([...group].map(([name, { shape }]) => [name, shape]))]),
  );
  return new Map(
    layersWithParameters(network).map((layer) => {
      const wanted = signature(namesOf(network, layer).map((name) => [name, shapeOf(network, `${layer}.${name}`)]));
      const theirs = [...left].find(([, given]) => given === wanted)?.[0];
      if (theirs === undefined) {
        const rest = [...left].slice(0, 4).map(([name, given]) => `${name} with ${given}`);
        throw new ModelError(
          `${where}: expected a layer with ${wanted} for ${layer}, got ${rest.length === 0 ? 'no more layers' : rest.join('; ')}`,
        );
      }
      left.delete(theirs);
      return [layer, theirs];
    }),
  );
}

/** The names and shapes of a layer's parameters, to compare and to print: `bias [6], weight [6, 1, 5, 5]`. */
function signature(parameters: readonly (readonly [name: string, shape: Shape])[]): string {
  return parameters
    .map(([name, shape]) => `${name} ${formatShape(shape)}`)
    .sort()
    .join(', ');
}

/** The names of the layers with parameters. */
function layersWithParameters(network: Network): string[] {
  return network.layers.filter(({ parameters }) => parameters.length > 0).map(({ name }) => name);
}

function namesOf(network: Network, layer: string): string[] {
  return network.layers.find(({ name }) => name === layer)?.parameters.map(({ name }) => name) ?? [];
}

function shapeOf(network: Network, path: string): Shape {
  return network.parameterEntries.find((entry) => entry.path === path)?.shape ?? [];
}

/** The parts of a name before and after its last dot. */
function split(name: string): readonly [layer: string, parameter: string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
}
