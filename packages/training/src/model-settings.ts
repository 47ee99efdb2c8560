/**
 * What belongs to a network's weights to use them: the network, how pixels become numbers, the classes, and how it was
 * trained. Files keep it as one text of JSON among their metadata; what is read may come from anywhere, and is checked.
 */
import { type Normalization, storedNormalization } from '@longhand/datasets';
import { describeNetwork, type Network, networkFrom, type Parameters } from '@longhand/layers';
import { formatShape, sizeOf, type Tensor } from '@longhand/tensor';

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

/** What one image may become on its way through a network: more would fill a machine's memory. */
const mostNumbers = 50_000_000;

/** A model but for its weights, as the text that files keep. */
export function settingsText({ network, normalization, classes, training = {} }: Omit<Model, 'parameters'>): string {
  return JSON.stringify({ version, network: describeNetwork(network), normalization, classes, training });
}

/**
 * A model but for its weights.
 *
 * @param where the file's name, for messages
 * @throws ModelError when the text is not what {@link settingsText} writes
 */
export function readSettings(text: string, where: string): Omit<Model, 'parameters'> {
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
  const network = readNetwork(record.network, where);
  return { network, ...readUse(record, network, where) };
}

/**
 * The network of a description.
 *
 * @throws ModelError when it describes none, or none that gives a vector with the memory of one machine
 */
export function readNetwork(description: unknown, where: string): Network {
  try {
    const network = networkFrom(description);
    const wide = network.layers.find(({ outputShape }) => sizeOf(outputShape) > mostNumbers);
    if (wide !== undefined) {
      throw new ModelError(
        `${wide.name}: expected at most ${mostNumbers} numbers for one image, got ${formatShape(wide.outputShape)}`,
      );
    }
    if (network.outputShape.length === 1) return network;
    throw new ModelError(`the network gives ${formatShape(network.outputShape)}, not a vector`);
  } catch (error) {
    throw new ModelError(`${where}: ${(error as Error).message}`);
  }
}

/** @throws ModelError when a parameter is not a number: training has failed, or the file is damaged */
export function checkNumbers(where: string, path: string, { data }: Tensor): void {
  if (!data.every(Number.isFinite)) {
    throw new ModelError(`${where}: expected numbers in '${path}', got NaN or infinity; train the network again`);
  }
}

function readUse(
  { normalization, classes, training }: Readonly<Record<string, unknown>>,
  network: Network,
  where: string,
): Pick<Model, 'normalization' | 'classes' | 'training'> {
  const stored = storedNormalization(normalization);
  if (stored === undefined) {
    throw new ModelError(`${where}: expected a normalization {mean, std}, got ${JSON.stringify(normalization)}`);
  }
  const outputs = network.outputShape[0];
  if (!Array.isArray(classes) || classes.length !== outputs || !classes.every((name) => typeof name === 'string')) {
    throw new ModelError(`${where}: expected the names of ${outputs} classes, got ${JSON.stringify(classes)}`);
  }
  return {
    normalization: stored,
    classes,
    training: (typeof training === 'object' && training !== null ? training : {}) as Readonly<Record<string, unknown>>,
  };
}
