/** How the run of a model was trained, as far as its folder says, and the state from which it goes on. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeSafetensors } from '@longhand/formats';
import { softmaxCrossEntropy } from '@longhand/layers';
import {
  adamw,
  type OptimizerDescription,
  oneCycle,
  plainScheduleKinds,
  type ScheduleDescription,
} from '@longhand/optimizers';
import { parseJson } from '@longhand/schema';
import type { FloatArray, Tensor } from '@longhand/tensor';
import { adaptiveRate, type Checkpoint, flippedIfTrueConvolution, type Model } from '@longhand/training';
import { unusable } from '../../command/failure';
import { RunFolder } from '../../run/run-folder';
import { readCheckpoint, readConfig } from '../../run/run-record';
import { type RunSettings, runSettings } from '../../run/run-settings';
import { optimizerOf } from '../../train/training-options';

/** What a program needs to train as a run did. */
export interface RunTraining {
  readonly optimizer: OptimizerDescription;
  readonly schedule: ScheduleDescription;
  readonly loss: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly labelSmoothing: number;
  readonly clipping: { readonly norm?: number; readonly value?: number };
  readonly averageDecay: number;
  readonly closeAugmentation: number;
  readonly augmentation: Readonly<Record<'shift' | 'rotation' | 'scale' | 'shear' | 'elastic' | 'flip', number>>;
  /** The optimizer's state of the last step, if that is the model's. */
  readonly state?: { readonly steps: number; readonly bytes: Uint8Array };
  /** What is not the run's own, in a few words each. */
  readonly remarks: readonly string[];
}

/**
 * The training of the run that a model's file lies in.
 *
 * @param file the model's
 */
export function trainingOf(model: Model, file: string): RunTraining {
  const remarks: string[] = [];
  const settings = settingsOf(file);
  if (settings === undefined) remarks.push('the file is of no run, so optimizer and schedule are the recommended ones');
  const isOurs = <Value>(value: Value | object, what: string): value is Value & string => {
    if (typeof value === 'string') return true;
    remarks.push(`the run's ${what} is code of your own, in whose place a usual one stands`);
    return false;
  };
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0, flip = 0, augmentation } = settings ?? {};
  if (augmentation !== undefined) isOurs(augmentation, 'augmentation');
  const usual = adamw({ learningRate: adaptiveRate() });
  const optimizer = settings !== undefined && isOurs(settings.optimizer, 'optimizer') ? optimizerOf(settings) : usual;
  const schedule =
    settings !== undefined && isOurs(settings.schedule, 'schedule')
      ? plainScheduleKinds[settings.schedule as keyof typeof plainScheduleKinds].make({})
      : oneCycle();
  const before = schedule.description as ScheduleDescription;
  const { kind: loss } = (model.loss ?? softmaxCrossEntropy()).description as { readonly kind?: string };
  if (settings?.loss !== undefined) isOurs(settings.loss, 'loss');
  if (settings?.teacher !== undefined)
    remarks.push('the run learned from a teacher too, the program from labels alone');
  const state = optimizer === usual && settings !== undefined ? undefined : stateOf(model, file);
  if (settings !== undefined && state === undefined) {
    remarks.push('the model is not that of the last step, so the optimizer begins anew');
  }
  return {
    optimizer: optimizer.description as OptimizerDescription,
    schedule: settings?.warmUp ? { kind: 'warm-up', steps: settings.warmUp, before } : before,
    loss: settings?.loss === undefined && loss !== undefined ? loss : 'softmax-cross-entropy',
    epochs: settings?.epochs ?? 3,
    batchSize: settings?.batchSize ?? 64,
    labelSmoothing: settings?.labelSmoothing ?? 0,
    clipping: {
      ...(settings?.clipNorm !== undefined && { norm: settings.clipNorm }),
      ...(settings?.clipValue !== undefined && { value: settings.clipValue }),
    },
    averageDecay: settings?.averageDecay ?? 0,
    closeAugmentation: settings?.closeAugmentation ?? 0,
    augmentation: { shift, rotation, scale, shear, elastic, flip },
    ...(state && { state }),
    remarks,
  };
}

function settingsOf(file: string): RunSettings | undefined {
  const folder = dirname(file);
  if (!existsSync(join(folder, 'config.json'))) return undefined;
  const { settings } = readConfig(RunFolder.open(folder));
  return parseJson(runSettings, { ...settings }, { where: join(folder, 'config.json'), error: unusable });
}

/** The state of the run's checkpoint, if the model is that of the same step. */
function stateOf(model: Model, file: string): RunTraining['state'] {
  if (!existsSync(join(dirname(file), 'config.json')) || !basename(file).endsWith('.safetensors')) return undefined;
  const checkpoint = readCheckpoint(RunFolder.open(dirname(file)));
  if (checkpoint === undefined) return undefined;
  const { state } = checkpoint;
  if (!isSame(model.parameters.values, state.average ?? state.values)) return undefined;
  return { steps: state.steps, bytes: stateBytes(model, checkpoint) };
}

function isSame(one: FloatArray, other: FloatArray): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/**
 * The optimizer's state, tensor by tensor: `meanSquare.conv1.weight`; and where the model is a moving average, the weights that are trained,
 * `weights.conv1.weight`.
 */
export function stateBytes({ network, parameters }: Model, { state }: Pick<Checkpoint, 'state'>): Uint8Array {
  const flipped = flippedIfTrueConvolution(network);
  const tensors: [string, Tensor][] = [];
  const add = (prefix: string, values: FloatArray, entries: typeof parameters.entries): void => {
    for (const { path, shape, offset, length } of entries) {
      const data = Float32Array.from(values.subarray(offset, offset + length));
      tensors.push([`${prefix}.${path}`, flipped(path, { dtype: 'float32', shape, data })]);
    }
  };
  for (const [slot, values] of Object.entries(state.slots)) add(slot, values, parameters.entries);
  if (state.average !== undefined) {
    add('weights', state.values, parameters.entries);
    if (state.buffers !== undefined) add('weights', state.buffers, parameters.bufferEntries);
  }
  return writeSafetensors({ tensors, metadata: { format: 'pt', steps: String(state.steps) } });
}
