/**
 * What a model needs besides its weights: the network, the normalization, the names of the classes, and how it was trained.
 * Files store it as one JSON text in their metadata. Such text may come from anywhere, so it is checked.
 */
import {
  channelNormalizations,
  type DataLayout,
  type ImageSize,
  mnistLayout,
  type Normalization,
  normalizationToStore,
  storedLayout,
  storedNormalization,
} from '@longhand/datasets';
import {
  DescriptionError,
  describeNetwork,
  type Loss,
  lossFrom,
  type Network,
  type NetworkParameters,
  networkFrom,
} from '@longhand/layers';
import {
  where as accepted,
  type BudgetOptions,
  count,
  type Description,
  described,
  finiteNumber,
  isModuleReference,
  isRecord,
  type JsonFault,
  list,
  type Modules,
  madeFrom,
  modulesIn,
  numberWhere,
  objectWithExtras,
  optional,
  parseJson,
  parseJsonText,
  type Schema,
  shown,
  string,
  unknown,
  withModuleNames,
} from '@longhand/schema';
import { formatShape, sameShape, sizeOf, type Tensor } from '@longhand/tensor';
import type { Calibration } from './calibration';

/** A trained network with all that is needed to use it. */
export interface Model {
  /** The network. */
  readonly network: Network;
  /** Its parameters and buffers. */
  readonly parameters: NetworkParameters;
  /** The normalization that it was trained with, for every image that it is given. */
  readonly normalization: Normalization;
  /** The names of the outputs, in order. */
  readonly classes: readonly string[];
  /** The loss that it was trained with, for evaluation. Default: softmax with cross-entropy. */
  readonly loss?: Loss;
  /** When its predictions are sure, see `calibrate`. Default: not known, which leaves 80 %. */
  readonly calibration?: Calibration;
  /** What it has learned from, which pictures are prepared like. Default: not known, taken for MNIST's. */
  readonly data?: ModelData;
  /** Settings and results of its training, for people to read. */
  readonly training?: Readonly<Record<string, unknown>>;
}

/** The data of a model's training. */
export interface ModelData {
  /** The name of the data set, without that of a part: `MNIST`. */
  readonly name: string;
  /** The fingerprint of the test images, see `dataFingerprint`: by it an evaluation knows whether they are those of the training. */
  readonly test?: string;
  /** How the images lie: their background, orientation and framing. */
  readonly layout: DataLayout;
}

/**
 * How images lie that a model takes. A model of a file that does not say was trained on digits like MNIST's, if it takes such images, and
 * else on whole pictures.
 *
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { seededRandom } from '@longhand/tensor';
 * const network = lenetDocumented();
 * const parameters = network.initialize(seededRandom(1));
 * const model = { network, parameters, normalization, classes: [...'0123456789'] };
 * layoutOfModel(model).background; // 'dark'
 */
export function layoutOfModel({ data, network }: Pick<Model, 'data' | 'network'>): DataLayout {
  if (data !== undefined) return data.layout;
  const isLikeMnist = network.inputShape.join() === '28,28,1';
  return isLikeMnist ? mnistLayout : { ...mnistLayout, background: 'varied', framing: { kind: 'whole' } };
}

/** How pictures become images that a model takes: their size, and how they lie. It is the plan that `preparePicture` wants. */
export interface ModelPlan {
  /** The size of its images. */
  readonly size: ImageSize;
  /** How its training images lie. */
  readonly layout: DataLayout;
}

/**
 * What `preparePicture` of `@longhand/handwriting` has to know of a model.
 *
 * @throws ModelError when the model takes no images `[height, width, channels]`
 * @example
 * import { lenetDocumented } from '@longhand/layers';
 * const { size, layout } = planOfModel({ network: lenetDocumented() });
 * [size.height, size.width, size.channels, layout.background]; // [ 28, 28, 1, 'dark' ]
 */
export function planOfModel(model: Pick<Model, 'data' | 'network'>): ModelPlan {
  const { inputShape } = model.network;
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw new ModelError(
      `model: expected one for images [height, width, channels], which pictures are made into, got one for ${formatShape(inputShape)}`,
    );
  }
  return { size: { height, width, channels }, layout: layoutOfModel(model) };
}

/** A file without a model, or with a damaged one. The message is one line and names the file. */
export class ModelError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'ModelError';
}

const version = 1;

const dataSchema = objectWithExtras({
  name: string,
  test: optional(string),
  layout: accepted<DataLayout>(
    'a layout {orientation, background, framing, firstLabel}',
    (value) => storedLayout(value) !== undefined,
  ),
});

const calibrationSchema = objectWithExtras({
  version: accepted<1>('a calibration of version 1', (value) => value === 1),
  temperature: numberWhere('a calibration with a temperature above 0', (value) => value > 0 && Number.isFinite(value)),
  threshold: numberWhere('a calibration with a threshold from 0 to 1', (value) => value >= 0 && value <= 1),
  similarity: optional(
    objectWithExtras({
      least: finiteNumber,
      directions: list(list(finiteNumber), 'a calibration with a direction for each class'),
    }),
  ),
  images: count,
  data: string,
}) satisfies Schema<Calibration>;

/** The stored JSON. `networkFrom` checks the description of the network; `training` is for people only. */
const settingsSchema = objectWithExtras(
  {
    version: accepted<typeof version>(`a model file of version ${version}`, (value) => value === version),
    network: optional(unknown),
    normalization: accepted<object>('a normalization {mean, std}', (value) => storedNormalization(value) !== undefined),
    classes: list(string, 'the names of the classes'),
    loss: optional(unknown),
    data: optional(dataSchema),
    calibration: optional(calibrationSchema),
    training: optional(unknown),
  },
  "an object in its 'longhand' metadata",
);

/** What {@link encodeModel} is told besides the model. */
export interface EncodeOptions {
  /** What the file calls the module of a layer, such as its path from the file's folder. Default: its URL. */
  readonly moduleName?: (url: string) => string;
  /** `int8`: weights as integers with a scale for each output channel, a quarter of the size. Default: float32. */
  readonly quantize?: 'int8';
}

/** What {@link decodeModel} may do besides reading. */
export interface DecodeOptions extends BudgetOptions {
  /**
   * The imported modules that layers and losses may be of, by URL: `importModules(modulesOfModel(bytes, where))`. Their code runs.
   * Default: none, and a file that needs one is refused.
   */
  readonly modules?: Modules;
  /** The URL of a module that the file calls by another name. Default: names are URLs. */
  readonly moduleUrl?: (name: string) => string;
}

/** A model without its weights, of whatever origin; the rest of it is checked by {@link checkModel}. */
const modelSchema = objectWithExtras({
  classes: list(string, 'the names of the classes'),
  normalization: accepted<object>('a normalization {mean, std}', isRecord),
  data: optional(dataSchema),
  calibration: optional(calibrationSchema),
  training: optional(accepted<object>('an object', isRecord)),
});

/**
 * A model without its weights, as the text that files store.
 *
 * @throws ModelError for what {@link readSettings} would refuse, and when a layer or the loss is an object of the user's own that is of
 *   no module
 */
export function settingsText(
  { network, normalization, classes, loss, data, calibration, training = {} }: Omit<Model, 'parameters'>,
  { moduleName }: EncodeOptions = {},
): string {
  const error = (message: string): ModelError => new ModelError(message);
  const optionals = { ...(data && { data }), ...(calibration && { calibration }) };
  parseJson(modelSchema, { classes, normalization, training, ...optionals }, { where: 'model', error });
  checkModel('model', { network, classes, normalization, ...(calibration && { calibration }) });
  const named = <Described>(description: Described): Described =>
    moduleName === undefined ? description : withModuleNames(description, moduleName);
  return jsonOf({
    version,
    network: named(describedNetwork(network)),
    normalization: normalizationToStore(normalization),
    classes,
    ...(loss && { loss: named(describedLoss(loss)) }),
    ...optionals,
    training,
  });
}

function jsonOf(settings: object): string {
  try {
    return JSON.stringify(settings);
  } catch (error) {
    throw new ModelError(
      `model: expected JSON data as training, got the error: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}

function describedLoss(loss: Loss): object {
  const description = described(loss);
  if (description !== undefined) return description;
  throw new ModelError(
    `model: expected a built-in loss or one of a module, got an object of your own (${loss.description?.kind}), which cannot be written down; make it with fromModule`,
  );
}

function describedNetwork(network: Network): object {
  try {
    return describeNetwork(network);
  } catch (error) {
    throw error instanceof DescriptionError ? new ModelError(`model: ${error.message}`) : error;
  }
}

/** The modules that the stored network and loss name, by the names that they have in the file. */
export function modulesOfSettings(text: string, where: string, options: BudgetOptions = {}): readonly string[] {
  const { network, loss } = parsed(text, where, options);
  return modulesIn([network, loss]);
}

/**
 * A model without its weights.
 *
 * @param where the file's name, for messages
 * @throws ModelError when the text is not what {@link settingsText} writes, or names another module
 */
export function readSettings(text: string, where: string, options: DecodeOptions = {}): Omit<Model, 'parameters'> {
  const { modules = {}, moduleUrl } = options;
  const settings = parsed(text, where, options);
  const { classes, training, data, calibration } = settings;
  const located = (description: unknown): unknown =>
    moduleUrl === undefined ? description : withModuleNames(description, moduleUrl);
  const network = readNetwork(located(settings.network), where, options);
  const normalization = storedNormalization(settings.normalization) as Normalization;
  checkModel(where, { network, classes, normalization, ...(calibration && { calibration }) });
  const loss = settings.loss === undefined ? undefined : readLoss(located(settings.loss), where, modules);
  return {
    network,
    normalization,
    classes,
    ...(loss && { loss }),
    ...(data && { data: { ...data, layout: storedLayout(data.layout) as DataLayout } }),
    ...(calibration && { calibration }),
    training: isRecord(training) ? training : {},
  };
}

/**
 * Whether the parts of a model fit each other: before they are written, and after they are read.
 *
 * @throws ModelError when the output is no vector, or the classes, the normalization or the calibration do not fit the network
 */
function checkModel(
  where: string,
  {
    network,
    classes,
    normalization,
    calibration,
  }: Pick<Model, 'network' | 'classes' | 'normalization' | 'calibration'>,
): void {
  checkOutput(where, network);
  const [outputs] = network.outputShape;
  if (classes.length !== outputs) {
    throw new ModelError(`${where}: expected the names of ${outputs} classes, got ${shown(classes)}`);
  }
  const directions = calibration?.similarity?.directions;
  if (directions !== undefined && [directions, ...directions].some(({ length }) => length !== outputs)) {
    throw new ModelError(
      `${where}: expected a calibration with ${outputs} directions of ${outputs} numbers, got others`,
    );
  }
  checkNormalization(where, normalization, network);
}

function checkOutput(where: string, { outputShape }: Network): void {
  if (outputShape.length === 1) return;
  throw new ModelError(`${where}: the network gives ${formatShape(outputShape)}, not a vector`);
}

/** @throws ModelError when it describes no loss, or names another module */
function readLoss(description: unknown, where: string, modules: Modules): Loss {
  try {
    return isModuleReference(description) ? madeFrom<Loss>(description, modules) : lossFrom(description as Description);
  } catch (error) {
    throw new ModelError(`${where}: loss: ${(error as Error).message}`);
  }
}

/** @throws ModelError when the normalization is not one for the channels of the network's input */
export function checkNormalization(where: string, normalization: Normalization, { inputShape }: Network): void {
  try {
    channelNormalizations(where, normalization, inputShape.at(-1) ?? 1);
  } catch (error) {
    throw new ModelError((error as Error).message);
  }
}

function parsed(text: string, where: string, { budget }: BudgetOptions = {}) {
  return parseJsonText(settingsSchema, text, {
    budget,
    where,
    expected: "JSON in its 'longhand' metadata",
    hint: 'the file is damaged',
    error: (message, fault) => new ModelError(fault === undefined ? message : faultText(where, fault)),
  });
}

function faultText(where: string, { path, expected, got }: JsonFault): string {
  return `${where}: expected ${expected}, got ${got}${path === 'version' || path === 'calibration.version' ? '; use the longhand that wrote it' : ''}`;
}

/**
 * The network of a description.
 *
 * @throws ModelError when it describes none, or one whose output is no vector or that goes beyond the budget
 */
export function readNetwork(description: unknown, where: string, options: DecodeOptions = {}): Network {
  let network: Network;
  try {
    network = networkFrom(description, options);
  } catch (error) {
    throw new ModelError(`${where}: ${(error as Error).message}`);
  }
  checkOutput(where, network);
  return network;
}

/**
 * The arrays of a model, as files store them.
 *
 * @throws ModelError when they are those of another network, or a number is NaN or infinite
 */
export function checkParameters({ network, parameters }: Pick<Model, 'network' | 'parameters'>): void {
  for (const { path, shape } of [...network.parameterEntries, ...network.bufferEntries]) {
    const found = parameters.has(path) ? parameters.get(path) : undefined;
    if (found === undefined || !sameShape(found.shape, shape) || found.data.length !== sizeOf(shape)) {
      throw new ModelError(
        `model: expected '${path}' as ${formatShape(shape)} among the parameters, got ${found === undefined ? 'none' : formatShape(found.shape)}; give the parameters of this network`,
      );
    }
    checkNumbers('model', path, found);
  }
  const count = network.parameterEntries.length + network.bufferEntries.length;
  const surplus = parameters.entries.length + parameters.bufferEntries.length - count;
  if (surplus > 0) {
    throw new ModelError(`model: expected the parameters of this network, got ${surplus} arrays more`);
  }
}

/** @throws ModelError when a parameter is NaN or infinite: training has diverged, or the file is damaged */
export function checkNumbers(where: string, path: string, { data }: Tensor): void {
  for (let k = 0; k < data.length; k++) {
    if (Number.isFinite(data[k])) continue;
    const got = Number.isNaN(data[k]) ? 'NaN' : 'infinity';
    throw new ModelError(`${where}: expected numbers in '${path}', got ${got}; train the network again`);
  }
}
