/** Where a model comes from: a file that longhand saved, the newest run, or safetensors, PyTorch, ONNX, TensorFlow.js and Keras files of other programs. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { channelNormalizations, type Normalization } from '@longhand/datasets';
import type { ActivationName } from '@longhand/kernels';
import { describeNetwork, type PresetName } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { described, modulesIn } from '@longhand/schema';
import { formatShape } from '@longhand/tensor';
import {
  decodeKerasModel,
  decodeModel,
  decodeOnnxModel,
  decodeTfjsModel,
  type LayerMatch,
  type Model,
  matchedTensors,
  matchStateDict,
  modulesOfModel,
  parametersOfStateDict,
  presetOfStateDict,
  readStateDict,
  type TensorMatch,
  type TensorOrder,
} from '@longhand/training';
import { RunFolder, runsFolder } from '../run/run-folder';
import { readRecord } from '../run/run-record';
import { recoverRunOf } from '../run/run-recovery';
import { currentBudget } from './budget';
import { commandLine, refusal, sayLine, shownName, unusable } from './failure';
import { readInput } from './input-files';
import { differentlyNamed, sayMatches } from './matched-tensors';
import { fileInFolder, folderText, kindOf, kindOfBeginning } from './model-kinds';
import { codeOfNetworkFile, readNetworkFile } from './network-source';
import { checkGiven, decodeOptions, importCode, moduleUrl, noCode, type OwnCode } from './own-modules';

/** What the options say of a file of another program; see `addForeignFileOptions`. */
export interface ForeignFileOptions {
  readonly network?: PresetName;
  /** A file that describes the network. */
  readonly model?: string;
  readonly activation?: ActivationName;
  readonly pooling?: 'max' | 'mean';
  readonly normalizeBy?: Normalization;
  readonly classNames?: readonly string[];
  /** The entry of a checkpoint of PyTorch that is read. */
  readonly entry?: string;
}

/** What the options say of a model's file. */
export interface ModelFileOptions extends ForeignFileOptions {
  /** The files of the user's own modules that may run. */
  readonly module?: readonly string[];
  /** Whether nothing is said of how names were matched. Default: false. */
  readonly quiet?: boolean;
}

/** A model, and how much of it its file had. */
export interface ReadModel {
  readonly model: Model;
  /** Whether the file is a model file of longhand. */
  readonly isOwn: boolean;
  /** The assumptions about what the file does not say, each with its option. */
  readonly assumed: readonly string[];
  /** Whether the last of them is the normalization. */
  readonly assumesNormalization?: boolean;
  /** What of the file is left out, in one line; empty if nothing is. */
  readonly leftOut: string;
  /** Which tensor of the file became which parameter; empty where all have the same name, and for files that describe their network. */
  readonly matched: readonly TensorMatch[];
}

/**
 * The model of a file of any kind. What was assumed is said in one line on stderr.
 *
 * @throws CommandError when there is no such file, it is of no kind that can be read, or it names a module that may not run,
 *   FormatError or ModelError when it is damaged or does not fit the network
 */
export async function readModel(file: string, options: ModelFileOptions = {}): Promise<Model> {
  return (await readModelAloud(file, options)).model;
}

/** The same, with the size of the file in bytes. */
export async function readModelAloud(
  file: string,
  options: ModelFileOptions = {},
): Promise<ReadModel & { readonly size: number }> {
  const read = await readAnyModel(file, options);
  sayAssumptions(file, read, options);
  return read;
}

/** Says in notes which names were matched, what of a file is left out, and what it does not say. */
export function sayAssumptions(
  file: string,
  { assumed, leftOut, matched }: ReadModel,
  { quiet = false }: Pick<ModelFileOptions, 'quiet'> = {},
): void {
  if (!quiet) sayMatches(file, matched);
  if (leftOut !== '') sayLine(`note: ${file}: ${leftOut}`);
  if (assumed.length > 0) sayLine(`note: ${file} does not say everything; assumed: ${assumed.join('; ')}`);
}

/** The same, for those who say themselves what was assumed. */
export async function readAnyModel(
  given: string,
  options: ModelFileOptions,
): Promise<ReadModel & { readonly size: number }> {
  const file = modelPath(given);
  const bytes = readModelFile(file);
  return { ...modelOfBytes(bytes, file, options, await codeOfModel(bytes, file, options)), size: bytes.length };
}

/** The code that a model runs: that of its network file, or what it names itself, as far as it may run. */
async function codeOfModel(bytes: Uint8Array, file: string, { model, module }: ModelFileOptions): Promise<OwnCode> {
  if (model !== undefined) return codeOfNetworkFile(model);
  const code = await importCode({ named: { urls: moduleUrlsOf(bytes, file), by: file }, given: module });
  checkGiven(module, file);
  return code;
}

/** The URLs of the modules that a model's file names, which none but longhand's own does. */
export function moduleUrlsOf(bytes: Uint8Array, file: string): readonly string[] {
  const limits = { budget: currentBudget() };
  const isOwn =
    kindOf(bytes, file) === 'safetensors' && readStateDict(bytes, file, limits).metadata.longhand !== undefined;
  return isOwn ? modulesOfModel(bytes, file, limits).map((name) => moduleUrl(name, dirname(file))) : [];
}

/** The URLs of the modules that a model runs. */
export function modulesOf({ network, loss }: Pick<Model, 'network' | 'loss'>): readonly string[] {
  return modulesIn([describeNetwork(network), loss && described(loss)]);
}

/** @throws CommandError when a model takes something else than pictures are made into */
export function checkTakesImages({ network: { inputShape } }: Model, file: string): void {
  if (inputShape.length === 3 && (inputShape[2] === 1 || inputShape[2] === 3)) return;
  throw unusable(
    `${file}: expected a model for images [height, width, 1 or 3], which pictures are made into, got one for ${formatShape(inputShape)}`,
  );
}

/**
 * The file of a model: what was given, or in the folder of a run its best model, or its last where there was no validation; in one of
 * TensorFlow.js its `model.json`.
 */
export function modelPath(given: string): string {
  if (!existsSync(join(given, 'config.json'))) return fileInFolder(given) ?? given;
  const models = ['best.safetensors', 'last.safetensors'].map((name) => join(given, name));
  return models.find((file) => existsSync(file)) ?? given;
}

/** The accuracy of a run's model on its test images, as its record has it; undefined for other files. */
export function recordedAccuracy(file: string): { readonly accuracy: number; readonly data: string } | undefined {
  if (!existsSync(join(dirname(file), 'config.json'))) return undefined;
  try {
    const { test } = readRecord(RunFolder.open(dirname(file)));
    return test !== undefined && basename(file) === `${test.model}.safetensors` ? test : undefined;
  } catch {
    // What is damaged in the run is no matter of its model.
    return undefined;
  }
}

/** @throws CommandError when there is no such file */
export function readModelFile(file: string): Uint8Array {
  recoverRunOf(file);
  return readInput(file, {
    expected: 'a model file',
    folderHint: () => modelHint(file),
    judge: (head) => judgeModel(head, file),
  });
}

/** @throws an error for what is no model by its first bytes: a stream of something else may never end */
function judgeModel(head: Uint8Array, file: string): void {
  const budget = currentBudget();
  switch (kindOfBeginning(head, file)) {
    case 'onnx':
      if (head[0] < 8) decodeOnnxModel(head, file, { budget });
      break;
    case 'safetensors':
      if (head[8] !== 0x7b) readStateDict(head, file, { budget });
      break;
    // A zip has its directory at the end and JSON its end, so their beginning says no more.
    case 'pytorch':
    case 'tfjs':
    case 'keras':
  }
}

/** Which model of a folder was meant, if it is that of a run. */
function modelHint(folder: string): string {
  const models = ['best.safetensors', 'last.safetensors'].map((name) => join(folder, name));
  const meant = models.find((file) => existsSync(file));
  if (meant !== undefined) return `; is it ${meant}?`;
  return folderText(folder) || '; give the file of a model, or the folder of a run that has one';
}

/** The model of a file's bytes. Nothing in them is run, and no code but the given. */
export function modelOfBytes(
  bytes: Uint8Array,
  file: string,
  options: ForeignFileOptions = {},
  code: OwnCode = noCode,
): ReadModel {
  const kind = kindOf(bytes, file);
  if (kind === 'onnx' || kind === 'tfjs' || kind === 'keras') return modelOfGraph(kind, bytes, file, options);
  const read = readStateDict(bytes, file, { budget: currentBudget(), entry: options.entry });
  const { tensors, metadata, skipped, otherWeights, order } = read;
  if (metadata.longhand !== undefined) {
    refuseOptions(options, ['network', 'model', 'activation', 'pooling', 'normalizeBy', 'classNames', 'entry'], file);
    const model = decodeModel(bytes, file, decodeOptions(code, dirname(file)));
    return { model, isOwn: true, assumed: [], leftOut: '', matched: [] };
  }
  if (metadata['longhand-checkpoint'] !== undefined) {
    const hint = modelHint(dirname(file));
    throw unusable(`${file}: expected a model file, but it is the checkpoint of a run${hint}`);
  }
  const { model: description, activation, pooling } = options;
  const assumed: string[] = [];
  let network: Model['network'];
  if (description === undefined) {
    const given = { ...(activation && { activation }), ...(pooling && { pooling }) };
    const found = presetOfStateDict(tensors, { ...given, ...(options.network && { only: options.network }) }, file);
    network = found.network;
    if (options.network === undefined) assumed.push(`the network ${found.name}, which its shapes fit (--network)`);
    if (activation === undefined) assumed.push('the activation relu (--activation)');
    if (pooling === undefined) assumed.push('the pooling max (--pooling)');
  } else {
    network = readNetworkFile(description, [28, 28, 1], code);
  }
  const match = matchStateDict(tensors, network, file, order);
  if (match.guessed.length > 0) assumed.push(guessText(match, order));
  const parameters = parametersOfStateDict(tensors, network, file, match);
  const matched = differentlyNamed(matchedTensors(network, match));
  return {
    ...completed({ network, parameters }, file, options, assumed),
    leftOut: skippedText(skipped, otherWeights),
    matched,
  };
}

/** Which layers were matched by nothing but the order of names. */
function guessText({ layers, guessed }: LayerMatch, order: TensorOrder): string {
  const pairs = guessed.slice(0, 3).map((name) => `${layers.get(name)} as ${name}`);
  const others = guessed.length > 3 ? ', …' : '';
  const ofWhat = order === 'definition' ? 'in which the module defines them' : 'of their names';
  return `layers of one shape in the order ${ofWhat}, ${pairs.join(', ')}${others} (--model, with names as in the file)`;
}

/** What of a file is no weight: counts of batches, and what else a checkpoint has. */
function skippedText(skipped: readonly string[], otherWeights: readonly string[]): string {
  const counts = skipped.filter((name) => name.endsWith('num_batches_tracked'));
  const others = skipped.filter((name) => !counts.includes(name));
  const first = others.slice(0, 6).map(shownName);
  return [
    counts.length > 0
      ? `num_batches_tracked of ${counts.length} layers left out, which is of use to PyTorch alone`
      : [],
    otherWeights.length > 0
      ? `other weights left out: ${otherWeights.slice(0, 6).map(shownName).join(', ')} (--entry ${shownName(otherWeights[0])} takes them)`
      : [],
    others.length > 0 ? `no weights and left out: ${first.join(', ')}${others.length > 6 ? ', …' : ''}` : [],
  ]
    .flat()
    .join('; ');
}

/** The readers of files that describe their network. */
const graphDecoders = { onnx: decodeOnnxModel, tfjs: decodeTfjsModel, keras: decodeKerasModel } as const;

function modelOfGraph(
  kind: keyof typeof graphDecoders,
  bytes: Uint8Array,
  file: string,
  options: ForeignFileOptions,
): ReadModel {
  refuseOptions(options, ['network', 'model', 'activation', 'pooling', 'entry'], file);
  const foreign = graphDecoders[kind](bytes, file, { budget: currentBudget(), external: filesBeside(file) });
  if (foreign.normalization !== undefined) refuseOptions(options, ['normalizeBy'], file);
  return completed(foreign, file, options, []);
}

/** Reads the files that a model refers to, which are in its folder: where a link leads out of it, the file is refused. */
function filesBeside(model: string): (location: string) => Uint8Array {
  return (location) => {
    const file = join(dirname(model), location);
    const reading = { expected: `the weights of ${model}, which it refers to`, folderHint: () => '' };
    if (existsSync(file)) {
      const folders = [dirname(realpathSync(model)), realpathSync(dirname(model))];
      const found = realpathSync(file);
      if (!folders.some((folder) => found.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
        throw unusable(
          `${file}: expected ${reading.expected} in its folder, got a link to ${found}; copy the file there`,
        );
      }
    }
    return readInput(file, reading);
  };
}

/** Adds normalization, class names and training record, from the file, the options or by assumption. */
function completed(
  foreign: ReturnType<typeof decodeOnnxModel>,
  file: string,
  { normalizeBy, classNames }: ForeignFileOptions,
  assumed: string[],
): ReadModel {
  const channels = foreign.network.inputShape.at(-1) ?? 1;
  const isGray = channels === 1;
  if (normalizeBy !== undefined) channelNormalizations("option '--normalize-by'", normalizeBy, channels);
  const usual = isGray ? mnistNormalization : { mean: 0, std: 1 };
  const normalization = foreign.normalization ?? normalizeBy ?? usual;
  const assumesNormalization = foreign.normalization === undefined && normalizeBy === undefined;
  if (assumesNormalization) {
    assumed.push(
      isGray
        ? `pixels normalized as MNIST’s, by the mean ${usual.mean} and the standard deviation ${usual.std} (--normalize-by)`
        : 'pixels from 0 to 1 (--normalize-by)',
    );
  }
  const outputs = foreign.network.outputShape[0];
  if (classNames !== undefined && (classNames.length !== outputs || new Set(classNames).size !== outputs)) {
    throw refusal(
      `option '--class-names': expected ${outputs} names, no two alike, one for each output of ${file}, got ${classNames.join(', ')}`,
    );
  }
  const classes = classNames ?? foreign.classes ?? Array.from({ length: outputs }, (_, label) => String(label));
  const training = foreign.training ?? { importedFrom: basename(file) };
  const model = { ...foreign, normalization, classes, training };
  return { model, isOwn: false, assumed, leftOut: '', matched: [], assumesNormalization };
}

const optionNames: Readonly<Record<keyof ForeignFileOptions, string>> = {
  network: '--network',
  model: '--model',
  activation: '--activation',
  pooling: '--pooling',
  normalizeBy: '--normalize-by',
  classNames: '--class-names',
  entry: '--entry',
};

/** An option that contradicts the file, or only seems to say something, is not passed over. */
function refuseOptions(options: ForeignFileOptions, names: readonly (keyof ForeignFileOptions)[], file: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw refusal(`option '${optionNames[given]}': ${file} says that itself; leave it out`);
}

/**
 * The best model of the run that was written last, or its last model where there was no validation split.
 *
 * @throws CommandError when there is no run with a model
 */
export function defaultModel(): string {
  const models = RunFolder.names().flatMap((name) => {
    const folder = RunFolder.open(name);
    // A run that was killed before its first model got its name.
    if (folder.has('last.next')) recoverRunOf(folder.file('last'));
    const kind = (['best', 'last'] as const).find((file) => folder.has(file));
    return kind === undefined ? [] : [{ file: folder.file(kind), time: statSync(folder.file(kind)).mtimeMs }];
  });
  const [newest] = models.sort((one, other) => other.time - one.time);
  if (newest === undefined) {
    throw refusal(
      `no model: expected a run in ${runsFolder}/, got none; train one with ${commandLine('train')}, or name a --model`,
    );
  }
  return newest.file;
}
