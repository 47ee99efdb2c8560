/**
 * Checkpoints: the state of a halted run in a safetensors file. The arrays are flat, in the order of the network's
 * parameters. The metadata hold, as JSON, the progress of the run and the caller's own record.
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
} from '@longhand/schema';
import { dtypeOf, type FloatArray, type Tensor } from '@longhand/tensor';
import type { TrainingState } from './training-options';

export interface Checkpoint {
  readonly state: TrainingState;
  /** The caller's own data, as JSON can hold them. */
  readonly record: Readonly<Record<string, unknown>>;
  /** The parameters of the best epoch so far, if they are to be kept too. */
  readonly best?: Pick<TrainingState, 'values' | 'buffers'>;
}

/** A file without a checkpoint, or with a damaged one. The message is one line and names the file. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const version = 1;
const slotPrefix = 'slots.';
const bestPrefix = 'best.';
/** Arrays that not every state has; they are stored under their names. */
const optionalArrays = ['average', 'buffers', 'averageBuffers'] as const satisfies readonly (keyof TrainingState)[];
type OptionalArray = (typeof optionalArrays)[number];

/** The stored JSON. The progress of the run has the key `place` since version 1. */
const metadataSchema = objectWithExtras({
  version: accepted<typeof version>(`version ${version}`, (value) => value === version),
  place: accepted<object>('an object', isRecord),
  // As it is: the schema of an object would drop keys such as `constructor`.
  record: accepted<Checkpoint['record']>('an object', isRecord),
});
const progressSchema = objectWithExtras({ steps: nonNegative, lossSum: nonNegative, correct: nonNegative });

/** The bytes of a checkpoint. The same state and record give the same bytes. */
export function encodeCheckpoint({ state, record, best }: Checkpoint): Uint8Array<ArrayBuffer> {
  const { steps, lossSum, correct, values, slots } = state;
  const arrays = new Map([['values', values]]);
  for (const name of optionalArrays) {
    const array = state[name];
    if (array !== undefined) arrays.set(name, array);
  }
  for (const [name, slot] of Object.entries(slots)) arrays.set(slotPrefix + name, slot);
  if (best !== undefined) arrays.set(`${bestPrefix}values`, best.values);
  if (best?.buffers !== undefined && best.buffers.length > 0) arrays.set(`${bestPrefix}buffers`, best.buffers);
  return writeSafetensors({
    tensors: Array.from(arrays, ([name, data]): [string, Tensor] => [name, flatTensor(data)]),
    metadata: { 'longhand-checkpoint': JSON.stringify({ version, place: { steps, lossSum, correct }, record }) },
  });
}

/**
 * The checkpoint in a file's bytes. Whether it fits a network and an optimizer is checked by the run that is resumed from it.
 *
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no safetensors file, CheckpointError when they hold no checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string, options: BudgetOptions = {}): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, where, options);
  const { progress, record } = readMetadata(metadata['longhand-checkpoint'], where, options);
  const slots: Record<string, FloatArray> = {};
  for (const [name, { data }] of tensors) if (name.startsWith(slotPrefix)) slots[name.slice(slotPrefix.length)] = data;
  const values = tensors.get('values')?.data;
  if (values === undefined) throw new CheckpointError(`${where}: expected a tensor 'values', got none`);
  const optional: { -readonly [Name in OptionalArray]?: FloatArray } = {};
  for (const name of optionalArrays) {
    const data = tensors.get(name)?.data;
    if (data !== undefined) optional[name] = data;
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
): { progress: Pick<TrainingState, 'steps' | 'lossSum' | 'correct'>; record: Checkpoint['record'] } {
  if (text === undefined) {
    throw new CheckpointError(`${where}: expected a checkpoint of a run, got a safetensors file of something else`);
  }
  const expected = `a checkpoint of version ${version}`;
  const { place, record } = parseJsonText(metadataSchema, text, {
    where,
    budget,
    expected,
    error: () => new CheckpointError(`${where}: expected ${expected}, got another or a damaged one`),
  });
  const error = (message: string): CheckpointError => new CheckpointError(message);
  const { steps, lossSum, correct } = parseJson(progressSchema, place, { where, error });
  return { progress: { steps, lossSum, correct }, record };
}
