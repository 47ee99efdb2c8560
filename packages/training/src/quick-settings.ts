/**
 * What a training of seconds has for each preset: the recipe `quick` of the command, and what the page begins with. A door of its own,
 * `@longhand/training/quick-settings`, since help shows it and needs no engine for that.
 */
import type { ActivationName } from '@longhand/kernels';
import type { Pool2dOptions, PresetName } from '@longhand/layers';
import type { AdamOptions } from '@longhand/optimizers';
import type { HardExamples } from './hard-examples';

/** Settings of a run; the README of the trainer has what each choice gives. */
export interface QuickSettings {
  /** The function after each layer. */
  readonly activation: ActivationName;
  /** What a pooling window becomes. */
  readonly pooling: Pool2dOptions['pooling'];
  /** How many times every image is seen. */
  readonly epochs: number;
  /** The images in a step. */
  readonly batchSize: number;
  /** Training on the images with the largest losses; absent for all images to the end. */
  readonly hardExamples?: HardExamples;
  /** What the optimizer has in place of its own defaults. */
  readonly adamw: Partial<Pick<AdamOptions, 'learningRate' | 'beta1' | 'beta2' | 'weightDecay'>>;
}

/** For networks that nothing is known of. */
const usual: QuickSettings = { activation: 'relu', pooling: 'max', epochs: 3, batchSize: 64, adamw: {} };

/** A smooth activation that is made of products alone, and mean pooling: both learn more in an epoch than ReLU and maxima do. */
const fast = { activation: 'hardSwish', pooling: 'mean' } as const;

/**
 * Two epochs, of which the second trains on the hardest quarter four times. They take less time than three of ReLU and maxima, and have few
 * steps, so the means of the optimizer forget sooner.
 */
function short(learningRate: number) {
  const adamw = { learningRate, beta1: 0.8, beta2: 0.95, weightDecay: 0.1 };
  return { epochs: 2, hardExamples: { fraction: 0.25 }, adamw } satisfies Partial<QuickSettings>;
}

/** The presets that others were chosen for, on validation digits. */
const chosen: Readonly<Partial<Record<PresetName, Partial<QuickSettings>>>> = {
  'lenet-documented': { ...fast, ...short(0.03) },
  lenet5: { ...fast, ...short(0.01) },
  sprint: { ...fast, ...short(0.03) },
  'resnet-small': { ...fast, ...short(0.01) },
};

/**
 * The settings that a run of seconds is recommended; where there is no learning rate among them, that of `adaptiveRate`.
 *
 * @param network a preset. Default: a network that is not known.
 * @example quickSettings('lenet-documented').epochs // 2
 */
export function quickSettings(network?: PresetName): QuickSettings {
  return { ...usual, ...(network && chosen[network]) };
}
