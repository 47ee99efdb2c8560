/**
 * Weights of other programs under their own keys: PyTorch's `state_dict` of a module (`conv1.weight`, `bn1.running_mean`), of a
 * `Sequential` (`0.weight`, `3.weight`) or of modules within modules (`layer1.0.conv1.weight`), with any prefix (`module.`,
 * `model.`, `features.`).
 *
 * PyTorch's `num_batches_tracked`, the count of batches that a batch normalization has seen, is not read: it serves PyTorch
 * alone, and only without a momentum. It is not written either: `load_state_dict(strict=True)` does without it, since it was not in
 * files of PyTorch before 0.4.1.
 */
import { isPytorchFile, type ReadPytorchOptions, readPytorch, readSafetensors } from '@longhand/formats';
import { type Network, type NetworkParameters, type PresetName, type PresetOptions, presets } from '@longhand/layers';
import { formatShape, type Shape, type Tensor } from '@longhand/tensor';
import { checkNumbers, ModelError } from '../model-settings';
import { flippedIfTrueConvolution } from './flipped-kernels';
import { type LayerMatch, layersWithTensors, matchedLayers, type TensorOrder } from './state-dict-layers';

/** Tensors by name, as {@link readStateDict} gives them. */
export type StateDict = ReadonlyMap<string, Tensor>;

/** The tensors of a file of weights. */
export interface StateDictFile {
  readonly tensors: Map<string, Tensor>;
  /** The texts that a safetensors file has besides. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The names of what is left out: integers such as `num_batches_tracked`, and of a checkpoint all but the weights. */
  readonly skipped: readonly string[];
  /** The entries of a checkpoint that are weights too, of which `entry` reads one. */
  readonly otherWeights: readonly string[];
  /** What the order of the tensors is: that in which a module of PyTorch was defined, or one of names. */
  readonly order: TensorOrder;
}

/**
 * The weights in a safetensors file, or in one of `torch.save`: a state dict, or a checkpoint that holds one. Integers beside weights
 * are left out, unless they are called a weight or a bias.
 *
 * @throws FormatError unless the file is complete and well-formed, and for one that names more of Python than tensors
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * readStateDict(encodeModel(model), 'digits.safetensors').tensors.get('conv1.weight')?.shape; // [ 6, 1, 5, 5 ]
 */
export function readStateDict(bytes: Uint8Array, where: string, options: ReadPytorchOptions = {}): StateDictFile {
  if (isPytorchFile(bytes)) {
    const { tensors, skipped, otherWeights } = readPytorch(bytes, where, options);
    return { tensors, metadata: Object.create(null), skipped, otherWeights, order: 'definition' };
  }
  const { entry, ...others } = options;
  if (entry !== undefined) {
    throw new ModelError(
      `${where}: expected a checkpoint of PyTorch with the entry '${entry}', got safetensors; name no entry`,
    );
  }
  return { ...readSafetensors(bytes, where, { ...others, skip: isNoWeight }), otherWeights: [], order: 'names' };
}

/** A count of batches, or another tensor of integers that is no weight. */
function isNoWeight(name: string, elementType: unknown): boolean {
  const isInteger = typeof elementType === 'string' && /^(?:[IU]\d+|BOOL)$/.test(elementType);
  return isBatchCount(name) || (isInteger && !/(?:^|\.)(?:weight|bias)$/.test(name));
}

function isBatchCount(name: string): boolean {
  return name.endsWith('num_batches_tracked');
}

/**
 * Which layer of another program is which of a network's. Layers are matched by name: with any common prefix, and as if the branches
 * of blocks were no modules (`layer1.0.conv1` is `layer1_0.body.conv1`). If the names differ, layers are matched by shape, and
 * those of equal shapes taken in the order of their names, or in that of the tensors where it is the one of their definition.
 *
 * @param where the file's name, for messages
 * @param order what the order of the tensors is. Default: one of names.
 * @throws ModelError naming the layer without a match, or the tensor that fits no layer
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const { tensors } = readStateDict(encodeModel(model), 'digits.safetensors');
 * matchStateDict(tensors, network, 'digits.safetensors').layers.get('conv1'); // 'conv1'
 */
export function matchStateDict(
  tensors: StateDict,
  network: Network,
  where: string,
  order: TensorOrder = 'names',
): LayerMatch {
  return matchedLayers(withoutBatchCounts(tensors), network, where, order);
}

/** A tensor of another program, and what it is in a network. */
export interface TensorMatch {
  /** The path of the network's parameter or buffer: `conv1.weight`. */
  readonly parameter: string;
  /** The name of the other program's tensor: `features.0.weight`. */
  readonly tensor: string;
  /** The shape of both. */
  readonly shape: Shape;
}

/**
 * Which tensor of another program is which parameter or buffer of a network, layer by layer.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const { tensors } = readStateDict(encodeModel(model), 'digits.safetensors');
 * const [first] = matchedTensors(network, matchStateDict(tensors, network, 'digits.safetensors'));
 * first; // { parameter: 'conv1.weight', tensor: 'conv1.weight', shape: [ 6, 1, 5, 5 ] }
 */
export function matchedTensors(network: Network, { layers }: LayerMatch): readonly TensorMatch[] {
  return layersWithTensors(network).flatMap(({ name, tensors }) =>
    tensors.map(([own, shape]) => ({ parameter: `${name}.${own}`, tensor: `${layers.get(name)}.${own}`, shape })),
  );
}

/**
 * The parameters and buffers of a network from another program's tensors.
 *
 * @param where the file's name, for messages
 * @param match Default: that of {@link matchStateDict}.
 * @throws ModelError naming the layer without a match, or the tensor that fits no layer
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const { tensors } = readStateDict(encodeModel(model), 'digits.safetensors');
 * parametersOfStateDict(tensors, network, 'digits.safetensors').values.length; // 3898
 */
export function parametersOfStateDict(
  tensors: StateDict,
  network: Network,
  where: string,
  match: LayerMatch = matchStateDict(tensors, network, where),
): NetworkParameters {
  const parameters = network.zeros();
  const flipped = flippedIfTrueConvolution(network);
  const taken = new Set<string>();
  for (const { parameter, tensor, shape } of matchedTensors(network, match)) {
    const values = tensors.get(tensor);
    if (values === undefined) throw new ModelError(`${where}: expected '${tensor}' ${formatShape(shape)}, got none`);
    if (formatShape(values.shape) !== formatShape(shape)) {
      throw new ModelError(`${where}: expected '${tensor}' as ${formatShape(shape)}, got ${formatShape(values.shape)}`);
    }
    parameters.get(parameter).data.set(flipped(parameter, values).data);
    checkNumbers(where, tensor, parameters.get(parameter));
    taken.add(tensor);
  }
  const unmatched = [...withoutBatchCounts(tensors).keys()].find((name) => !taken.has(name));
  if (unmatched !== undefined) {
    throw new ModelError(
      `${where}: expected the weights of its network, got '${unmatched}' besides, which fits no layer`,
    );
  }
  return parameters;
}

/** A preset whose shapes are those of a file's tensors. */
export interface FoundPreset {
  /** Its name. */
  readonly name: PresetName;
  /** The preset, with the classes and the image size that the tensors say. */
  readonly network: Network;
}

/**
 * The named network whose layers have the shapes of the tensors, for as many classes as these have outputs.
 *
 * @param options `only` restricts the search to one preset. Default: all presets.
 * @throws ModelError with the shapes when there is none
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const { tensors } = readStateDict(encodeModel(model), 'digits.safetensors');
 * presetOfStateDict(tensors, {}, 'digits.safetensors').name; // 'lenet-documented'
 */
export function presetOfStateDict(
  given: StateDict,
  options: Pick<PresetOptions, 'activation' | 'pooling'> & { readonly only?: PresetName },
  where: string,
): FoundPreset {
  const { only, ...others } = options;
  const tensors = withoutBatchCounts(given);
  // What has the shapes of PyTorch's example most likely is it, with its dropout.
  const all = new Set<PresetName>(['pytorch-mnist', ...(Object.keys(presets) as PresetName[])]);
  const names = only === undefined ? [...all] : [only];
  const outputs = new Set([...tensors.values()].flatMap(({ shape }) => (shape.length === 2 ? [shape[0]] : [])));
  const shapes = shapesText([...tensors.values()].map(({ shape }) => shape));
  for (const name of names) {
    // A file with another number of tensors is not this preset: no network is built for it.
    if (entriesOf(presets[name]()).length !== tensors.size) continue;
    for (const classes of outputs) {
      const network = presets[name]({ ...others, classes });
      if (shapesText(entriesOf(network).map(({ shape }) => shape)) === shapes) return { name, network };
    }
  }
  const listed = [...tensors].slice(0, 4).map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
  throw new ModelError(
    `${where}: expected the weights of ${names.join(', ')}, got ${listed.join(', ')}${tensors.size > 4 ? ', …' : ''}; describe its network in a file and give that as --model`,
  );
}

function withoutBatchCounts(tensors: StateDict): StateDict {
  return new Map([...tensors].filter(([name]) => !isBatchCount(name)));
}

function entriesOf({ parameterEntries, bufferEntries }: Network): readonly { readonly shape: Shape }[] {
  return [...parameterEntries, ...bufferEntries];
}

/** The same text for the same shapes in any order. */
function shapesText(shapes: readonly Shape[]): string {
  return shapes.map(formatShape).sort().join(' ');
}
