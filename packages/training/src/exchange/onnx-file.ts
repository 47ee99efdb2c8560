/**
 * Models as ONNX files, which other runtimes run. Files written here store in their metadata what ONNX itself cannot express
 * (classes, training settings, which convolutions are true ones), so that the same model comes back.
 */
import type { Normalization } from '@longhand/datasets';
import {
  decodeOnnx,
  encodeOnnx,
  type OnnxNetwork,
  type OnnxNormalization,
  type OnnxOperation,
  onnxOfOperations,
  operationsOfOnnx,
} from '@longhand/formats';
import { formatShape } from '@longhand/tensor';
import { checkNumbers, type Model, ModelError, readSettings, settingsText } from '../model-settings';
import { flippedIfTrueConvolution } from './flipped-kernels';
import { networkOfOperations, type WeightedNetwork } from './network-of-operations';
import { channelsFirst, operationsOfNetwork } from './operations-of-network';

/** What an ONNX file contains besides the layers. */
export interface OnnxModelOptions {
  /** Whether the output is probabilities instead of logits. Default: false. */
  readonly softmax?: boolean;
  /** Whether the network normalizes pixels itself and takes them from 0 to 1. Default: false. */
  readonly normalization?: boolean;
  /** The version of ONNX's operators. Default: 17. */
  readonly opset?: number;
}

/** A network of another program, with the parts of a model that its file contains. */
export interface ForeignModel extends WeightedNetwork, Partial<Pick<Model, 'normalization' | 'classes' | 'training'>> {}

/**
 * The bytes of an ONNX file: `input` is `[batch, channels, height, width]` with any number of images, `logits` or
 * `probabilities` is `[batch, classes]`.
 *
 * @throws ModelError naming the layer that ONNX has no operation for, FormatError for an opset that is too old
 * @example writeFileSync('digits.onnx', encodeOnnxModel(model, { softmax: true, normalization: true }))
 */
export function encodeOnnxModel(model: Model, options: OnnxModelOptions = {}): Uint8Array<ArrayBuffer> {
  const { network, parameters, normalization } = model;
  for (const { path } of parameters.entries) checkNumbers('model', path, parameters.get(path));
  const operations = operationsOfNetwork(network, parameters);
  const hasSoftmax = operations.at(-1)?.kind === 'softmax';
  const first: OnnxOperation[] = options.normalization
    ? [{ kind: 'normalization', mean: [normalization.mean], std: [normalization.std] }]
    : [];
  const last: OnnxOperation[] = options.softmax && !hasSoftmax ? [{ kind: 'softmax' }] : [];
  const onnx = onnxOfOperations([...first, ...operations, ...last], {
    inputShape: channelsFirst(network.inputShape),
    metadata: { longhand: settingsText(model) },
    ...(options.opset === undefined ? {} : { opset: options.opset }),
  });
  return encodeOnnx(onnx);
}

/**
 * The network of an ONNX file, of this project or of another program.
 *
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no ONNX file or have unknown operators, ModelError when they describe no network
 *   that Longhand can build
 */
export function decodeOnnxModel(bytes: Uint8Array, where: string): ForeignModel {
  const onnx = decodeOnnx(bytes, where);
  const { inputShape, operations } = operationsOfOnnx(onnx, where);
  const [first] = operations;
  const normalizing = first?.kind === 'normalization' ? first : undefined;
  const chain = { inputShape, operations: normalizing === undefined ? operations : operations.slice(1) };
  const foreign = networkOfOperations(chain, where);
  const settings = onnx.metadata.longhand === undefined ? undefined : readSettings(onnx.metadata.longhand, where);
  // Another program may have changed the network and kept our metadata, which then describe another one.
  const own = settings && sameChain(chain, settings.network) ? settings : undefined;
  if (own === undefined) {
    return { ...foreign, ...(normalizing === undefined ? {} : { normalization: normalizationOf(normalizing, where) }) };
  }
  const parameters = own.network.zeros();
  const flipped = flippedIfTrueConvolution(own.network);
  // The same parameters in the same order, under names that the other network may have had to change.
  for (const [at, { path }] of own.network.parameterEntries.entries()) {
    const { path: theirs } = foreign.parameters.entries[at];
    parameters.get(path).data.set(flipped(path, foreign.parameters.get(theirs)).data);
  }
  const isOurs = normalizing === undefined || sameNumbers(normalizing, own.normalization);
  return { ...own, parameters, ...(isOurs ? {} : { normalization: normalizationOf(normalizing, where) }) };
}

/** Whether both are the same in float32, the precision of the file. */
function sameNumbers({ mean, std }: OnnxNormalization, own: Normalization): boolean {
  return (
    mean.every((number) => number === Math.fround(own.mean)) && std.every((number) => number === Math.fround(own.std))
  );
}

/** Whether a network would be written as these operations. */
function sameChain({ inputShape, operations }: OnnxNetwork, network: Model['network']): boolean {
  const count = operations.reduce(
    (sum, operation) => sum + ('weight' in operation ? operation.weight.data.length : 0) + biasCount(operation),
    0,
  );
  // Checked before memory is allocated for a network that only the metadata claim.
  if (network.parameterCount !== count || formatShape(channelsFirst(network.inputShape)) !== formatShape(inputShape)) {
    return false;
  }
  let written: OnnxOperation[];
  try {
    written = operationsOfNetwork(network, network.zeros());
  } catch {
    return false;
  }
  const final = operations.slice(written.length);
  return (
    written.every((operation, at) => signature(operation) === signature(operations[at])) &&
    final.every(({ kind }) => kind === 'softmax')
  );
}

function biasCount(operation: OnnxOperation): number {
  return 'bias' in operation ? (operation.bias?.data.length ?? 0) : 0;
}

/** An operation without its weights: its kind, name, shapes and options, with numbers in the precision of the file. */
function signature(operation: OnnxOperation | undefined): string {
  return JSON.stringify(Object.entries({ ...operation }).sort(), (key, value) => {
    if (key === 'data' || key === 'dtype') return undefined;
    return typeof value === 'number' ? Math.fround(value) : value;
  });
}

/**
 * One mean and one standard deviation for pixels from 0 to 1. Such pixels have a standard deviation of at most 1/2, so a
 * network that divides by more than 1 takes pixels from 0 to 255.
 */
function normalizationOf({ mean, std }: OnnxNormalization, where: string): Normalization {
  if (new Set(mean).size > 1 || new Set(std).size > 1 || !(std[0] > 0)) {
    throw new ModelError(
      `${where}: expected one mean and one standard deviation above 0 for all pixels, got the means ${mean.join(', ')} and the standard deviations ${std.join(', ')}`,
    );
  }
  const scale = std[0] > 1 ? 255 : 1;
  return { mean: mean[0] / scale, std: std[0] / scale };
}
