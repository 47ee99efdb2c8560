/**
 * Checkpoints: the state of a halted run in a safetensors file. The arrays are flat, in the order of the network's
 * parameters. The metadata hold, as JSON, the progress of the run and the caller's own record, and a checksum over the whole
 * file, whose own digits count as zeros.
 */
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import {
  where as accepted,
  type BudgetOptions,
  isRecord,
  nonNegative,
  objectWithExtras,
  parseJson,
  parseJsonText,
  wholeNumber,
} from '@longhand/schema';
import { dtypeOf, type FloatArray, type Tensor } from '@longhand/tensor';
import { checksumText, xxHash32 } from './checksum';
import type { TrainingState } from './training-options';

/** All that resumes a training run. */
export interface Checkpoint {
  /** The state of the run: parameters, the optimizer's arrays, the position. */
  readonly state: TrainingState;
  /** The caller's own data, as JSON can hold them. */
  readonly record: Readonly<Record<string, unknown>>;
  /** The parameters of the best epoch so far, if they are to be kept too. */
  readonly best?: Pick<TrainingState, 'values' | 'buffers'>;
}

/** A file without a checkpoint, or with a damaged one. The message is one line and names the file. */
export class CheckpointError extends Error {
  /** Tells it from other errors where `instanceof` cannot: across threads and bundles. */
  override readonly name = 'CheckpointError';
}

/** Version 1, of longhand 0.1.0, had no checksum. */
const version = 2;
const firstVersion = 1;
const [checkpointKey, checksumKey] = ['longhand-checkpoint', 'longhand-checksum'];
const noChecksum = checksumText(0);
const encoder = new TextEncoder();
const slotPrefix = 'slots.';
const bestPrefix = 'best.';
/** Arrays that not every state has; they are stored under their names. */
const optionalArrays = [
  'average',
  'buffers',
  'averageBuffers',
  'imageLosses',
  'roundLosses',
] as const satisfies readonly (keyof TrainingState)[];
/** Those of them with the losses of images. */
const lossArrays: ReadonlySet<string> = new Set<OptionalArray>(['imageLosses', 'roundLosses']);
type OptionalArray = (typeof optionalArrays)[number];

// As it is: the schema of an object would drop keys such as `constructor`.
const plainRecord = accepted<Checkpoint['record']>('an object', isRecord);

/** The stored JSON. The progress of the run has the key `place` since version 1. */
const metadataSchema = objectWithExtras({
  version: accepted<number>(`version ${version}`, (value) => value === version || value === firstVersion),
  place: accepted<object>('an object', isRecord),
  record: plainRecord,
});
const progressSchema = objectWithExtras({ steps: wholeNumber, lossSum: nonNegative, correct: wholeNumber });

/**
 * The bytes of a checkpoint. The same state and record give the same bytes.
 *
 * @throws CheckpointError or FormatError for what {@link decodeCheckpoint} would refuse
 * @example
 * import { subset } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * import { adamw } from '@longhand/optimizers';
 * const dataset = subset(loadMnist({ split: 'test' }), { from: 0, to: 256 });
 * const [network, optimizer] = [lenetDocumented(), adamw({ learningRate: 0.01 })];
 * const options = { network, dataset, normalization, optimizer, epochs: 1, batchSize: 64, seed: 1 };
 * const run = new TrainingRun(options);
 * for await (const { step } of run.steps(2)) console.log(step); // 1
 * // 2
 * const bytes = encodeCheckpoint({ state: await run.state(), record: { note: 'halfway' } });
 * await run.end();
 * decodeCheckpoint(bytes, 'run.checkpoint').state.steps; // 2
 */
export function encodeCheckpoint({ state, record, best }: Checkpoint): Uint8Array<ArrayBuffer> {
  const error = (message: string): CheckpointError => new CheckpointError(message);
  const { steps, lossSum, correct } = parseJson(progressSchema, state, { where: 'encodeCheckpoint: state', error });
  const { values, slots } = state;
  parseJson(objectWithExtras({ record: plainRecord }), { record }, { where: 'encodeCheckpoint', error });
  const arrays = new Map([['values', values]]);
  for (const name of optionalArrays) {
    const array = state[name];
    if (array !== undefined) arrays.set(name, array);
  }
  for (const [name, slot] of Object.entries(slots)) arrays.set(slotPrefix + name, slot);
  if (best !== undefined) arrays.set(`${bestPrefix}values`, best.values);
  if (best?.buffers !== undefined && best.buffers.length > 0) arrays.set(`${bestPrefix}buffers`, best.buffers);
  const bytes = writeSafetensors({
    tensors: Array.from(arrays, ([name, data]): [string, Tensor] => [name, flatTensor(data)]),
    metadata: {
      [checksumKey]: noChecksum,
      [checkpointKey]: JSON.stringify({ version, place: { steps, lossSum, correct }, record }),
    },
  });
  const { at, headerEnd } = findDigits(bytes);
  bytes.set(encoder.encode(checksumOfParts(bytes.subarray(0, headerEnd), bytes.subarray(headerEnd))), at);
  return bytes;
}

/**
 * The checkpoint in a file's bytes. Whether it fits a network and an optimizer is checked by the run that is resumed from it.
 *
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no safetensors file, CheckpointError when they hold no checkpoint
 * @example decodeCheckpoint(new Uint8Array(8), 'run.checkpoint'); // throws: run.checkpoint: …
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string, options: BudgetOptions = {}): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, where, options);
  const { progress, record, hasChecksum } = readMetadata(metadata[checkpointKey], where, options);
  if (hasChecksum && metadata[checksumKey] !== checksumOf(bytes)) {
    throw new CheckpointError(`${where}: expected the bytes that were written, got others: the file is damaged`);
  }
  const slots: Record<string, FloatArray> = {};
  for (const [name, { data }] of tensors) if (name.startsWith(slotPrefix)) slots[name.slice(slotPrefix.length)] = data;
  const values = tensors.get('values')?.data;
  if (values === undefined) throw new CheckpointError(`${where}: expected a tensor 'values', got none`);
  const optional: { -readonly [Name in OptionalArray]?: FloatArray } = {};
  for (const name of optionalArrays) {
    const data = tensors.get(name)?.data;
    if (data !== undefined) optional[name] = data;
  }
  for (const [name, { data }] of tensors) {
    // An optimizer may let numbers of its own grow to infinity, which steps of size 0 follow from, and images that were not seen have −∞.
    const mayBeInfinite = name.startsWith(slotPrefix) || lossArrays.has(name);
    const isNumber = mayBeInfinite ? (value: number) => !Number.isNaN(value) : Number.isFinite;
    if (!data.every(isNumber))
      throw new CheckpointError(`${where}: expected numbers in '${name}', got NaN or infinity`);
  }
  const [bestValues, bestBuffers] = [
    tensors.get(`${bestPrefix}values`)?.data,
    tensors.get(`${bestPrefix}buffers`)?.data,
  ];
  return {
    state: { ...progress, values, slots, ...optional },
    record,
    ...(bestValues && { best: { values: bestValues, ...(bestBuffers && { buffers: bestBuffers }) } }),
  };
}

function flatTensor(data: FloatArray): Tensor {
  return { dtype: dtypeOf(data), shape: [data.length], data };
}

function readMetadata(
  text: string | undefined,
  where: string,
  { budget }: BudgetOptions,
): {
  progress: Pick<TrainingState, 'steps' | 'lossSum' | 'correct'>;
  record: Checkpoint['record'];
  hasChecksum: boolean;
} {
  if (text === undefined) {
    throw new CheckpointError(`${where}: expected a checkpoint of a run, got a safetensors file of something else`);
  }
  const expected = `a checkpoint of version ${version}`;
  const {
    version: written,
    place,
    record,
  } = parseJsonText(metadataSchema, text, {
    where,
    budget,
    expected,
    error: () => new CheckpointError(`${where}: expected ${expected}, got another or a damaged one`),
  });
  const error = (message: string): CheckpointError => new CheckpointError(message);
  const { steps, lossSum, correct } = parseJson(progressSchema, place, { where, error });
  return { progress: { steps, lossSum, correct }, record, hasChecksum: written !== firstVersion };
}

/** The checksum of a file whose own digits count as zeros, and the place of the digits in its bytes. */
function checksumOf(bytes: Uint8Array): string {
  const { at, headerEnd } = findDigits(bytes);
  const header = bytes.slice(0, headerEnd);
  header.fill('0'.charCodeAt(0), at, at + noChecksum.length);
  return checksumOfParts(header, bytes.subarray(headerEnd));
}

function checksumOfParts(header: Uint8Array, rest: Uint8Array): string {
  return checksumText(xxHash32(rest, xxHash32(header)));
}

// Within a text of JSON, quotes have backslashes: these bytes are nowhere else.
const beforeDigits = encoder.encode(`"${checksumKey}":"`);

/** Where the digits of the checksum are, and where the header ends. */
function findDigits(bytes: Uint8Array): { readonly at: number; readonly headerEnd: number } {
  const headerEnd = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return { at: indexOf(bytes.subarray(0, headerEnd), beforeDigits) + beforeDigits.length, headerEnd };
}

/** Where some bytes begin in others; −1 if nowhere. */
function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.indexOf(part[0]); at >= 0; at = bytes.indexOf(part[0], at + 1)) {
    if (part.every((byte, k) => bytes[at + k] === byte)) return at;
  }
  return -1;
}
