/**
 * Checkpoints: a halted run in a safetensors file. The arrays are flat, in the order of the network's parameters; where
 * the run stands, and what its caller wants to remember, is JSON in the metadata.
 */
import { readSafetensors, writeSafetensors } from '@longhand/formats';
import { dtypeOf, type FloatArray, type Tensor } from '@longhand/tensor';
import type { TrainingState } from './training-options';

export interface Checkpoint {
  readonly state: TrainingState;
  /** Whatever else the caller remembers: plain data. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** A file that holds no checkpoint. The message is one line and names the file. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const version = 1;
const slotPrefix = 'slots.';

/** The bytes of a checkpoint. The same state and record give the same bytes. */
export function encodeCheckpoint({ state, record }: Checkpoint): Uint8Array {
  const { values, slots, average, ...place } = state;
  const arrays: [string, FloatArray][] = [
    ['values', values],
    ...(average === undefined ? [] : ([['average', average]] as [string, FloatArray][])),
    ...Object.entries(slots).map(([name, slot]): [string, FloatArray] => [slotPrefix + name, slot]),
  ];
  return writeSafetensors({
    tensors: new Map(arrays.map(([name, data]): [string, Tensor] => [name, tensorOf(data)])),
    metadata: { 'longhand-checkpoint': JSON.stringify({ version, place, record }) },
  });
}

/**
 * The checkpoint in a file's bytes. Whether it fits a network and an optimizer is found out by the run that takes it up.
 *
 * @param where the file's name, for messages
 * @throws FormatError when the bytes are no safetensors file, CheckpointError when they hold no checkpoint
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, where);
  const { place, record } = readPlace(metadata['longhand-checkpoint'], where);
  const slots: Record<string, FloatArray> = {};
  for (const [name, { data }] of tensors) if (name.startsWith(slotPrefix)) slots[name.slice(slotPrefix.length)] = data;
  const [values, average] = [tensors.get('values')?.data, tensors.get('average')?.data];
  if (values === undefined) throw new CheckpointError(`${where}: expected a tensor 'values', got none`);
  return { state: { ...place, values, slots, ...(average === undefined ? {} : { average }) }, record };
}

function tensorOf(data: FloatArray): Tensor {
  return { dtype: dtypeOf(data), shape: [data.length], data };
}

function readPlace(
  text: string | undefined,
  where: string,
): { place: Pick<TrainingState, 'steps' | 'lossSum' | 'correct'>; record: Checkpoint['record'] } {
  if (text === undefined) {
    throw new CheckpointError(`${where}: expected a checkpoint of a run, got a safetensors file of something else`);
  }
  const found = parsed(text);
  const { place, record } = isRecord(found) ? found : {};
  if (!isRecord(found) || found.version !== version || !isRecord(place) || !isRecord(record)) {
    throw new CheckpointError(`${where}: expected a checkpoint of version ${version}, got another or a damaged one`);
  }
  const { steps, lossSum, correct } = place;
  for (const [name, value] of Object.entries({ steps, lossSum, correct })) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new CheckpointError(`${where}: expected a number of at least 0 as '${name}', got ${JSON.stringify(value)}`);
    }
  }
  return { place: { steps, lossSum, correct } as Pick<TrainingState, 'steps' | 'lossSum' | 'correct'>, record };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
