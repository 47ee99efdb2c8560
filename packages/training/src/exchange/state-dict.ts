/**
 * Weights of other programs, under the names that these give them: PyTorch's `state_dict` of a module (`conv1.weight`), of
 * a sequence (`0.weight`, `3.weight`), with anything in front (`module.`, `model.`, `features.`).
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
 * The parameters of a network from another program's tensors. Layers are found by their names, in front of which
 * anything may stand; where the names are others, by their shapes, those of one shape in the order of their names.
 *
 * @param where the file's name, for messages
 * @throws ModelError naming the layer that finds nothing, or the tensor that fits no layer
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
  const stranger = [...tensors.keys()].find((name) => !taken.has(name));
  if (stranger !== undefined) {
    throw new ModelError(
      `${where}: expected the weights of its network, got '${stranger}' besides, which fits no layer`,
    );
  }
  return parameters;
}

/** A preset that fits a file's tensors. */
export interface FoundPreset {
  readonly name: PresetName;
  readonly network: Network;
}

/**
 * The named network whose layers have the shapes of the tensors, for as many classes as these have outputs.
 *
 * @param only the name to look at, where it is known; any unless said
 * @throws ModelError when there is none, telling the shapes
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
    // A file of thousands of tensors is none of them, and need not be tried for each.
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

/** The tensors by the layer that their names tell, in the order in which a person would count those. */
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

/** Which of their layers is which of ours, where all are called as ours are but for what stands in front. */
function foundByName(groups: ReadonlyMap<string, LayerTensors>, network: Network): Map<string, string> | undefined {
  const layers = learning(network);
  const [first = ''] = layers;
  for (const theirs of groups.keys()) {
    if (theirs !== first && !theirs.endsWith(`.${first}`)) continue;
    const front = theirs.slice(0, theirs.length - first.length);
    if (layers.every((layer) => groups.has(`${front}${layer}`))) {
      return new Map(layers.map((layer) => [layer, `${front}${layer}`]));
    }
  }
  return undefined;
}

function foundByShape(groups: ReadonlyMap<string, LayerTensors>, network: Network, where: string): Map<string, string> {
  const left = new Map(
    [...groups].map(([layer, group]) => [layer, outline([...group].map(([name, { shape }]) => [name, shape]))]),
  );
  return new Map(
    learning(network).map((layer) => {
      const wanted = outline(namesOf(network, layer).map((name) => [name, shapeOf(network, `${layer}.${name}`)]));
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

/** What a layer's parameters are, for comparing and for people: `bias [6], weight [6, 1, 5, 5]`. */
function outline(parameters: readonly (readonly [name: string, shape: Shape])[]): string {
  return parameters
    .map(([name, shape]) => `${name} ${formatShape(shape)}`)
    .sort()
    .join(', ');
}

/** The names of the layers that learn. */
function learning(network: Network): string[] {
  return network.layers.filter(({ parameters }) => parameters.length > 0).map(({ name }) => name);
}

function namesOf(network: Network, layer: string): string[] {
  return network.layers.find(({ name }) => name === layer)?.parameters.map(({ name }) => name) ?? [];
}

function shapeOf(network: Network, path: string): Shape {
  return network.parameterEntries.find((entry) => entry.path === path)?.shape ?? [];
}

/** A name before its last dot, and behind it. */
function split(name: string): readonly [layer: string, parameter: string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
}
