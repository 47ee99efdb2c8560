/**
 * Model files: safetensors with PyTorch's names and layouts, and in the metadata all that is needed to use them again:
 * the network, how pixels become numbers, the classes, and how it was trained.
 */
import type { Normalization } from '@longhand/datasets';
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { describeNetwork, type Network, networkFrom, type Parameters } from '@longhand/layers';
import { formatShape, sameShape, type Tensor } from '@longhand/tensor';

/** A network with its parameters and what belongs to using them. */
export interface Model {
  readonly network: Network;
  readonly parameters: Parameters;
  readonly normalization: Normalization;
  /** The names of the outputs, in order. */
  readonly classes: readonly string[];
  /** How it was trained: settings and results, for people to read. */
  readonly training?: Readonly<Record<string, unknown>>;
}

/** A file that holds no model of ours, or not the one it says. The message is one line and names the file. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

const version = 1;

/**
 * The bytes of a model file. The same model gives the same bytes.
 *
 * @throws ModelError when a parameter is no finite number: nobody could read the file
 */
export function encodeModel({ network, parameters, normalization, classes, training = {} }: Model): Uint8Array {
  for (const { path } of parameters.entries) checkNumbers('model', path, parameters.get(path));
  return writeSafetensors({
    tensors: new Map(parameters.entries.map(({ path }) => [path, parameters.get(path)])),
    metadata: {
      format: 'pt',
      longhand: JSON.stringify({ version, network: describeNetwork(network), normalization, classes, training }),
    },
  });
}

/**
 * The model of a file's bytes, in float32.
 *
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no safetensors file, ModelError when they hold no complete model
 */
export function decodeModel(bytes: Uint8Array, where: string): Model {
  const { tensors, metadata } = readSafetensors(bytes, where);
  const settings = readSettings(metadata.longhand, where);
  const network = readNetwork(settings.network, where);
  const entries = new Map(network.parameterEntries.map((entry) => [entry.path, entry]));
  for (const name of tensors.keys()) {
    if (!entries.has(name)) {
      throw new ModelError(`${where}: expected the parameters of its network, got the tensor '${name}' besides`);
    }
  }
  for (const { path, shape } of entries.values()) {
    const stored = tensors.get(path);
    if (stored === undefined)
      throw new ModelError(`${where}: expected the parameter '${path}' ${formatShape(shape)}, got none`);
    if (!sameShape(stored.shape, shape)) {
      throw new ModelError(`${where}: expected '${path}' as ${formatShape(shape)}, got ${formatShape(stored.shape)}`);
    }
    checkNumbers(where, path, stored);
  }
  // Allocated only now: what the file says is as large as what it holds.
  const parameters = network.zeros();
  for (const path of entries.keys()) parameters.get(path).data.set((tensors.get(path) as Tensor).data);
  return { network, parameters, ...readUse(settings, network, where) };
}

function checkNumbers(where: string, path: string, { data }: Tensor): void {
  if (!data.every(Number.isFinite)) {
    throw new ModelError(`${where}: expected numbers in '${path}', got NaN or infinity; train the network again`);
  }
}

function readSettings(text: string | undefined, where: string): Readonly<Record<string, unknown>> {
  if (text === undefined) {
    throw new ModelError(
      `${where}: expected a model saved by longhand, got a safetensors file without its 'longhand' metadata`,
    );
  }
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    throw new ModelError(`${where}: expected JSON in its 'longhand' metadata, got something else; the file is damaged`);
  }
  if (typeof settings !== 'object' || settings === null) {
    throw new ModelError(`${where}: expected an object in its 'longhand' metadata, got ${JSON.stringify(settings)}`);
  }
  const record = settings as Readonly<Record<string, unknown>>;
  if (record.version !== version) {
    throw new ModelError(
      `${where}: expected a model file of version ${version}, got ${JSON.stringify(record.version)}; use the longhand that wrote it`,
    );
  }
  return record;
}

function readNetwork(description: unknown, where: string): Network {
  try {
    const network = networkFrom(description);
    if (network.outputShape.length === 1) return network;
    throw new ModelError(`the network gives ${formatShape(network.outputShape)}, not a vector`);
  } catch (error) {
    throw new ModelError(`${where}: ${(error as Error).message}`);
  }
}

function readUse(
  { normalization, classes, training }: Readonly<Record<string, unknown>>,
  network: Network,
  where: string,
): Pick<Model, 'normalization' | 'classes' | 'training'> {
  const { mean, deviation } = (normalization ?? {}) as Readonly<Record<string, unknown>>;
  if (!Number.isFinite(mean) || !Number.isFinite(deviation) || (deviation as number) <= 0) {
    throw new ModelError(`${where}: expected a normalisation {mean, deviation}, got ${JSON.stringify(normalization)}`);
  }
  const outputs = network.outputShape[0];
  if (!Array.isArray(classes) || classes.length !== outputs || !classes.every((name) => typeof name === 'string')) {
    throw new ModelError(`${where}: expected the names of ${outputs} classes, got ${JSON.stringify(classes)}`);
  }
  return {
    normalization: { mean: mean as number, deviation: deviation as number },
    classes,
    training: (typeof training === 'object' && training !== null ? training : {}) as Readonly<Record<string, unknown>>,
  };
}
