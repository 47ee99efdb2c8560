/**
 * Models as ONNX files, which other runtimes run. Files written here keep in their metadata what ONNX has no place for
 * (classes, how it was trained, which convolutions are true ones), so that a model comes back as it left.
 */
import type { Normalization } from '@longhand/datasets';
import {
  decodeOnnx,
  encodeOnnx,
  type OnnxNetwork,
  type OnnxNormalisation,
  type OnnxOperation,
  onnxOfOperations,
  operationsOfOnnx,
} from '@longhand/formats';
import { formatShape } from '@longhand/tensor';
import { checkNumbers, type Model, ModelError, readSettings, settingsText } from '../model-settings';
import { networkOfOperations, type WeightedNetwork } from './network-of-operations';
import { channelsFirst, operationsOfNetwork } from './operations-of-network';
import { turnedIfConvolved } from './turned-kernels';

/** What an ONNX file is to have besides the network. */
export interface OnnxModelOptions {
  /** Whether it gives probabilities in place of logits; no unless said. */
  readonly softmax?: boolean;
  /** Whether it normalises pixels itself, and takes them from 0 to 1; no unless said. */
  readonly normalisation?: boolean;
  /** The version of ONNX's operators; 17 unless said. */
  readonly opset?: number;
}

/** A network of another program: what its file does not tell is left out. */
export interface ForeignModel extends WeightedNetwork, Partial<Pick<Model, 'normalization' | 'classes' | 'training'>> {}

/**
 * The bytes of an ONNX file: `input` is `[batch, channels, height, width]` with any number of images, `logits` or
 * `probabilities` is `[batch, classes]`.
 *
 * @throws ModelError naming the layer that ONNX has no operation for, FormatError for an opset that is too old
 * @example writeFileSync('digits.onnx', encodeOnnxModel(model, { softmax: true, normalisation: true }))
 */
export function encodeOnnxModel(model: Model, options: OnnxModelOptions = {}): Uint8Array {
  const { network, parameters, normalization } = model;
  for (const { path } of parameters.entries) checkNumbers('model', path, parameters.get(path));
  const operations = operationsOfNetwork(network, parameters);
  const hasSoftmax = operations.at(-1)?.kind === 'softmax';
  const first: OnnxOperation[] = options.normalisation
    ? [{ kind: 'normalisation', mean: [normalization.mean], std: [normalization.std] }]
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
 * @throws FormatError when the bytes are no ONNX file or have operators that are not known, ModelError when no network of
 *   ours can be made of them
 */
export function decodeOnnxModel(bytes: Uint8Array, where: string): ForeignModel {
  const onnx = decodeOnnx(bytes, where);
  const { inputShape, operations } = operationsOfOnnx(onnx, where);
  const [first] = operations;
  const inside = first?.kind === 'normalisation' ? first : undefined;
  const chain = { inputShape, operations: inside === undefined ? operations : operations.slice(1) };
  const foreign = networkOfOperations(chain, where);
  const settings = onnx.metadata.longhand === undefined ? undefined : readSettings(onnx.metadata.longhand, where);
  // Who changed the network after we wrote it did not change what we said of it.
  const own = settings && sameChain(chain, settings.network) ? settings : undefined;
  if (own === undefined) {
    return { ...foreign, ...(inside === undefined ? {} : { normalization: normalizationOf(inside, where) }) };
  }
  const parameters = own.network.zeros();
  const turned = turnedIfConvolved(own.network);
  // The same parameters in the same order, under names that the other network may have had to change.
  for (const [at, { path }] of own.network.parameterEntries.entries()) {
    const { path: theirs } = foreign.parameters.entries[at];
    parameters.get(path).data.set(turned(path, foreign.parameters.get(theirs)).data);
  }
  const isOurs = inside === undefined || sameNumbers(inside, own.normalization);
  return { ...own, parameters, ...(isOurs ? {} : { normalization: normalizationOf(inside, where) }) };
}

/** A file keeps float32. */
function sameNumbers({ mean, std }: OnnxNormalisation, own: Normalization): boolean {
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
  // Before memory is made for what the metadata only say.
  if (network.parameterCount !== count || formatShape(channelsFirst(network.inputShape)) !== formatShape(inputShape)) {
    return false;
  }
  let written: OnnxOperation[];
  try {
    written = operationsOfNetwork(network, network.zeros());
  } catch {
    return false;
  }
  const closing = operations.slice(written.length);
  return (
    written.every((operation, at) => outline(operation) === outline(operations[at])) &&
    closing.every(({ kind }) => kind === 'softmax')
  );
}

function biasCount(operation: OnnxOperation): number {
  return 'bias' in operation ? (operation.bias?.data.length ?? 0) : 0;
}

/** An operation but for its numbers. */
function outline(operation: OnnxOperation | undefined): string {
  const plain: Readonly<Record<string, unknown>> = { ...operation };
  const shapes = [plain.weight, plain.bias].map((values) => (values as { shape?: unknown } | undefined)?.shape);
  return JSON.stringify([plain.kind, plain.name, ...shapes, plain.window, plain.strides, plain.pads]);
}

/**
 * One mean and one standard deviation for pixels from 0 to 1. No image of such pixels has a standard deviation above 1/2; who divides by more
 * than 1 takes pixels from 0 to 255.
 */
function normalizationOf({ mean, std }: OnnxNormalisation, where: string): Normalization {
  const [means, stds] = [new Set(mean), new Set(std)];
  if (means.size > 1 || stds.size > 1 || !(std[0] > 0)) {
    throw new ModelError(
      `${where}: expected one mean and one standard deviation above 0 for all pixels, got the means ${mean.join(', ')} and the standard deviations ${std.join(', ')}`,
    );
  }
  const scale = std[0] > 1 ? 255 : 1;
  return { mean: mean[0] / scale, std: std[0] / scale };
}
