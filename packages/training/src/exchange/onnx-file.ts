/**
 * Models as ONNX files, which other runtimes run. Files written here store in their metadata what ONNX itself cannot express
 * (classes, training settings, which convolutions are true ones), so that the same model comes back.
 */
import type { Normalization } from '@longhand/datasets';
import {
  decodeOnnx,
  encodeOnnx,
  layersOfOnnx,
  type OnnxLayer,
  type OnnxModel,
  type OnnxNetwork,
  type OnnxNormalization,
  type OnnxSource,
  onnxOfLayers,
} from '@longhand/formats';
import { outputRange } from '@longhand/layers';
import { type BudgetOptions, boolean, type Entries, number, oneOf, optional } from '@longhand/schema';
import { formatShape, type Tensor } from '@longhand/tensor';
import { checkParameters, type Model, readSettings, settingsText } from '../model-settings';
import { checkRunOptions } from '../run-schemas';
import { flippedIfTrueConvolution } from './flipped-kernels';
import { networkOfOnnxLayers, type WeightedNetwork } from './network-of-onnx-layers';
import { networkInput } from './onnx-input';
import { channelsFirst, onnxLayersOfNetwork } from './onnx-layers-of-network';

/** What an ONNX file contains besides the layers. */
export interface OnnxModelOptions {
  /** Whether the output is probabilities instead of logits. Default: false. */
  readonly softmax?: boolean;
  /** Whether the network normalizes pixels itself and takes them from 0 to 1. Default: false. */
  readonly normalization?: boolean;
  /** The version of ONNX's operators. Default: 17. */
  readonly opset?: number;
  /** `int8`: weights as integers, in the form of QDQ, with a scale for each output channel. Default: float32. */
  readonly quantize?: 'int8';
}

const optionEntries = {
  softmax: optional(boolean),
  normalization: optional(boolean),
  opset: optional(number),
  quantize: optional(oneOf('int8')),
} satisfies Entries<OnnxModelOptions>;

/** A network of another program, with the parts of a model that its file contains. */
export interface ForeignModel extends WeightedNetwork, Partial<Pick<Model, 'normalization' | 'classes' | 'training'>> {}

/**
 * The bytes of an ONNX file: `input` is `[batch, channels, height, width]` with any number of images, `logits` or
 * `probabilities` is `[batch, classes]`.
 *
 * @throws ModelError naming the layer that ONNX has no layer for, FormatError for an opset that is too old
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * const bytes = encodeOnnxModel(model, { softmax: true, normalization: true });
 * decodeOnnxModel(bytes, 'digits.onnx').network.parameterCount; // 3898
 */
export function encodeOnnxModel(model: Model, options: OnnxModelOptions = {}): Uint8Array<ArrayBuffer> {
  checkRunOptions<OnnxModelOptions>('encodeOnnxModel', optionEntries, options);
  const { network, normalization, classes, training = {} } = model;
  checkParameters(model);
  const onnx = onnxOfLayers(layersWithEnds(model, options), {
    inputShape: channelsFirst(network.inputShape),
    metadata: { longhand: settingsText({ network, normalization, classes, training }) },
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    ...(options.quantize === undefined ? {} : { quantize: options.quantize }),
  });
  return encodeOnnx(onnx);
}

/** The layers of a model, with the normalization before and the softmax behind them that the options ask for. */
export function layersWithEnds(
  { network, parameters, normalization }: Model,
  options: Pick<OnnxModelOptions, 'softmax' | 'normalization'>,
): readonly OnnxLayer[] {
  const range = outputRange(network)?.range;
  const givesProbabilities = range === 'softmax' || range === 'sigmoid';
  const first: OnnxLayer[] = options.normalization ? [{ kind: 'normalization', ...listed(normalization) }] : [];
  const last: OnnxLayer[] = options.softmax && !givesProbabilities ? [{ kind: 'softmax' }] : [];
  return [...first, ...onnxLayersOfNetwork(network, parameters), ...last];
}

/**
 * The network of an ONNX file, of this project or of another program.
 *
 * @param where the file's name, for messages
 * @param source how to read the file of weights beside it, which some exporters write
 * @throws FormatError when the bytes are no ONNX file or have unknown operators, ModelError when they describe no network
 *   that Longhand can build
 * @example decodeOnnxModel(new Uint8Array(8), 'digits.onnx'); // throws: digits.onnx: …
 */
export function decodeOnnxModel(bytes: Uint8Array, where: string, source: OnnxSource = {}): ForeignModel {
  return foreignModelOfOnnx(decodeOnnx(bytes, where, source), where, { budget: source.budget });
}

/**
 * The same for a graph that is already decoded, or that another format was made into.
 *
 * @throws FormatError, ModelError as {@link decodeOnnxModel}
 */
export function foreignModelOfOnnx(onnx: OnnxModel, where: string, options: BudgetOptions = {}): ForeignModel {
  const settings =
    onnx.metadata.longhand === undefined ? undefined : readSettings(onnx.metadata.longhand, where, options);
  const likely = settings && { inputShape: channelsFirst(settings.network.inputShape) };
  const { body, normalization, stated } = networkInput(layersOfOnnx(onnx, where, likely), where);
  const foreign = networkOfOnnxLayers(body, where, options);
  // Another program may have changed the network and kept our metadata, which then describe another one.
  const own = settings && sameLayers(body, settings.network) ? settings : undefined;
  if (own === undefined) return { ...foreign, ...(normalization && { normalization }) };
  const parameters = own.network.zeros();
  const flipped = flippedIfTrueConvolution(own.network);
  // The same numbers in the same order, under names that the other network may have had to change.
  const theirs = [...foreign.parameters.entries, ...foreign.parameters.bufferEntries];
  for (const [at, { path }] of [...parameters.entries, ...parameters.bufferEntries].entries()) {
    parameters.get(path).data.set(flipped(path, foreign.parameters.get(theirs[at].path)).data);
  }
  const isOurs = stated === undefined || sameNumbers(stated, own.normalization);
  return { ...own, parameters, ...(!isOurs && normalization && { normalization }) };
}

/** The numbers as lists: one number for all channels, or one for each. */
function listed({ mean, std }: Normalization): { mean: readonly number[]; std: readonly number[] } {
  const listOf = (numbers: number | readonly number[]): readonly number[] =>
    typeof numbers === 'number' ? [numbers] : numbers;
  return { mean: listOf(mean), std: listOf(std) };
}

/** Whether both are the same in float32, the precision of the file. */
function sameNumbers({ mean, std }: OnnxNormalization, own: Normalization): boolean {
  const expected = listed(own);
  const at = (numbers: readonly number[], channel: number): number => numbers[numbers.length === 1 ? 0 : channel];
  const same = (theirs: readonly number[], ours: readonly number[]): boolean =>
    (theirs.length > ours.length ? theirs : ours).every((_, k) => at(theirs, k) === Math.fround(at(ours, k)));
  return same(mean, expected.mean) && same(std, expected.std);
}

/** Whether a network would be written as these layers. */
function sameLayers({ inputShape, layers }: OnnxNetwork, network: Model['network']): boolean {
  const count = layers.reduce((sum, layer) => sum + numberCount(layer), 0);
  // Checked before memory is allocated for a network that only the metadata claim.
  if (
    network.parameterCount + network.bufferCount !== count ||
    formatShape(channelsFirst(network.inputShape)) !== formatShape(inputShape)
  ) {
    return false;
  }
  let written: readonly OnnxLayer[];
  try {
    written = onnxLayersOfNetwork(network, network.zeros());
  } catch {
    return false;
  }
  const final = layers.slice(written.length);
  return (
    written.every((layer, at) => signature(layer) === signature(layers[at])) &&
    final.every(({ kind }) => kind === 'softmax')
  );
}

/** How many numbers a layer has, learned or kept. */
function numberCount(layer: OnnxLayer): number {
  if (layer.kind === 'residual') {
    return [...layer.body, ...layer.shortcut].reduce((sum, within) => sum + numberCount(within), 0);
  }
  return Object.values(layer).reduce((sum, value) => sum + (isTensor(value) ? value.data.length : 0), 0);
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'data' in value;
}

/** A layer without its weights: its kind, name, shapes and options, with numbers in the precision of the file. */
function signature(layer: OnnxLayer | undefined): string {
  return JSON.stringify(layer, (key, value) => {
    if (key === 'data' || key === 'dtype') return undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const { countsPads, ...others } = value;
      // Zeros that are counted or not matter where there are some.
      const matters = countsPads !== undefined && others.pads.some((pad: number) => pad > 0);
      return Object.fromEntries(Object.entries(matters ? value : others).sort());
    }
    return typeof value === 'number' ? Math.fround(value) : value;
  });
}
