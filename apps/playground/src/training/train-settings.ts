/** The settings of a run in the address, with the defaults of `longhand train`, and the options of training that they name. */
import type { ImageDataset } from '@longhand/datasets';
import { type PresetName, presets } from '@longhand/layers';
import { mnistNormalization } from '@longhand/mnist';
import { oneCycle, optimizerFrom, optimizerKinds } from '@longhand/optimizers';
import { adaptiveRate, type TrainingOptions } from '@longhand/training';
import { setting } from '../address';
import { pageEngine } from './engine';

export interface TrainSettings {
  readonly network: PresetName;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** Those of the address; what cannot be used there has its default. */
export function currentSettings(): TrainSettings {
  const network = setting('network', 'lenet-documented');
  return {
    network: isPreset(network) ? network : 'lenet-documented',
    epochs: wholeNumber(setting('epochs', ''), 1, 1_000) ?? 3,
    batchSize: wholeNumber(setting('batch-size', ''), 1, 60_000) ?? 64,
    seed: wholeNumber(setting('seed', ''), 0, Number.MAX_SAFE_INTEGER) ?? 1,
  };
}

export const presetNames = Object.keys(presets) as readonly PresetName[];

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/** A whole number as typed; undefined for anything else. */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

/** The options of a run on some images. */
export function trainingOptions(settings: TrainSettings, dataset: ImageDataset): TrainingOptions {
  const { network, epochs, batchSize, seed } = settings;
  return {
    network: presets[network]({ classes: dataset.classes, image: [dataset.height, dataset.width, dataset.channels] }),
    dataset,
    normalization: mnistNormalization,
    optimizer: optimizerFrom({ kind: 'adamw', ...optimizerKinds.adamw.recommended(adaptiveRate(network)) }),
    schedule: oneCycle(),
    epochs,
    batchSize,
    seed,
    engine: pageEngine(),
  };
}
