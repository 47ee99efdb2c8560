/** How the run of a model was trained, as far as its folder says, and the state from which it goes on. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lossOf, type RunTraining, recommendedTraining, stateBytes } from '@longhand/exporters';
import { type OptimizerDescription, plainScheduleKinds, type ScheduleDescription } from '@longhand/optimizers';
import type { FloatArray } from '@longhand/tensor';
import type { Model } from '@longhand/training';
import { dataOptions } from '../command/dataset-source';
import { commandLine, unusable } from '../command/failure';
import { RunFolder } from '../run/run-folder';
import { readCheckpoint, readConfig } from '../run/run-record';
import { parseSettings, type RunSettings } from '../run/run-settings';
import { optimizerOf } from '../train/training-options';

/**
 * What a program that trains on has to know of a model: the training of the run that its file lies in, the recommended one for a file of no
 * run; and the command that writes the data.
 *
 * @param file the model's
 */
export function trainingOf(
  model: Model,
  file: string,
): { readonly training: RunTraining; readonly dataCommand: string } {
  const settings = settingsOf(file);
  return { training: runTraining(model, file, settings), dataCommand: dataCommand(settings) };
}

/** The command that writes the data of a run, or MNIST. */
function dataCommand({ data, ...how }: Partial<RunSettings> = {}): string {
  const output = ['--output', 'data.npz'];
  return data === undefined
    ? `${commandLine('data', ...output)}   # MNIST; other data by their path before --output`
    : commandLine('data', data, ...dataOptions(how), ...output);
}

function runTraining(model: Model, file: string, settings: RunSettings | undefined): RunTraining {
  const recommended = recommendedTraining(model);
  if (settings === undefined) return recommended;
  const remarks: string[] = [];
  const isOurs = <Value>(value: Value | object, what: string): value is Value & string => {
    if (typeof value === 'string') return true;
    remarks.push(`the run's ${what} is code of your own, in whose place a usual one stands`);
    return false;
  };
  const { shift = 0, rotation = 0, scale = 0, shear = 0, elastic = 0, flip = 0, augmentation } = settings;
  if (augmentation !== undefined) isOurs(augmentation, 'augmentation');
  const hasOptimizer = isOurs(settings.optimizer, 'optimizer');
  const before = isOurs(settings.schedule, 'schedule')
    ? (plainScheduleKinds[settings.schedule as keyof typeof plainScheduleKinds].make({})
        .description as ScheduleDescription)
    : recommended.schedule;
  if (settings.loss !== undefined) isOurs(settings.loss, 'loss');
  if (settings.teacher !== undefined) remarks.push('the run learned from a teacher too, the program from labels alone');
  if ((settings.hardExamples ?? 0) > 0) remarks.push('the run ended on its hardest images, the program trains on all');
  const state = hasOptimizer ? stateOf(model, file) : undefined;
  if (state === undefined) remarks.push('the model is not that of the last step, so the optimizer begins anew');
  return {
    optimizer: hasOptimizer ? (optimizerOf(settings).description as OptimizerDescription) : recommended.optimizer,
    schedule: settings.warmUp ? { kind: 'warm-up', steps: settings.warmUp, before } : before,
    loss: settings.loss === undefined ? lossOf(model) : 'softmax-cross-entropy',
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    labelSmoothing: settings.labelSmoothing ?? 0,
    clipping: {
      ...(settings.clipNorm !== undefined && { norm: settings.clipNorm }),
      ...(settings.clipValue !== undefined && { value: settings.clipValue }),
    },
    averageDecay: settings.averageDecay ?? 0,
    closeAugmentation: settings.closeAugmentation ?? 0,
    augmentation: { shift, rotation, scale, shear, elastic, flip },
    ...(state && { state }),
    remarks,
  };
}

function settingsOf(file: string): RunSettings | undefined {
  const folder = dirname(file);
  if (!existsSync(join(folder, 'config.json'))) return undefined;
  const { settings } = readConfig(RunFolder.open(folder));
  return parseSettings(settings, { where: join(folder, 'config.json'), error: unusable });
}

/** The state of the run's checkpoint, if the model is that of the same step. */
function stateOf(model: Model, file: string): RunTraining['state'] {
  if (!basename(file).endsWith('.safetensors')) return undefined;
  const checkpoint = readCheckpoint(RunFolder.open(dirname(file)));
  if (checkpoint === undefined) return undefined;
  const { state } = checkpoint;
  if (!isSame(model.parameters.values, state.average ?? state.values)) return undefined;
  return { steps: state.steps, bytes: stateBytes(model, checkpoint) };
}

function isSame(one: FloatArray, other: FloatArray): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
