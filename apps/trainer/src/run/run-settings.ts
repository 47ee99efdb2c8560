/**
 * The settings of a run: what was typed, else what a file says, else what the recipe says, else what is usual.
 * They are plain data, kept in the run's `config.json`; with them anyone can make the run again.
 */
import type { ActivationName } from '@longhand/kernels';
import type { PresetName } from '@longhand/layers';
import type { OptimizerName, PlainScheduleName } from '@longhand/optimizers';
import type { KernelChoice } from '@longhand/training';
import { nameOf } from '../command/input-files';

/** What a run depends on, besides the data. */
export interface TrainSettings {
  readonly recipe: RecipeName;
  readonly network: PresetName;
  /** A file with a network of one's own, in place of `network`. */
  readonly model?: string;
  /** A model to start from: a file's name. */
  readonly from?: string;
  readonly activation: ActivationName;
  readonly pooling: 'max' | 'mean';
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly schedule: PlainScheduleName;
  readonly warmUp: number;
  readonly shift: number;
  readonly rotation: number;
  readonly scale: number;
  readonly shear: number;
  readonly elastic: number;
  /** In which last part of the run images are seen as they are. */
  readonly plainEnd: number;
  readonly labelSmoothing: number;
  /** The decay of the moving average of the weights; 0 for none. */
  readonly averageDecay: number;
  readonly seed: number;
  readonly kernels: KernelChoice;
  readonly dataDir?: string;
  readonly classes?: readonly string[];
  readonly limit?: number;
  /** How many training images are held back; 0 for none. */
  readonly validation: number;
  readonly patience?: number;
  readonly targetAccuracy?: number;
}

/** What people call the network of a run. */
export function networkTitle({ network, model, from }: TrainSettings): string {
  return from ?? model ?? network;
}

/** The name of the network for the model's file; a network taken from another model has none of its own. */
export function networkName({ network, model, from }: TrainSettings): string | undefined {
  if (from !== undefined) return undefined;
  return model === undefined ? network : nameOf(model);
}

/** What a run is called unless its name is given: runs of the same stem are numbered. */
export function stemOf(settings: TrainSettings): string {
  return networkName(settings) ?? 'trained-further';
}

/** How the command works, which changes no result. */
export interface TrainManner {
  readonly threads?: number;
  readonly name?: string;
  readonly force?: boolean;
  readonly resume?: string;
  readonly config?: string;
  readonly seeds?: number;
  /** After how many steps a checkpoint is written, besides the end of each epoch. */
  readonly checkpointEvery?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Settings that belong together and are known to reach something: the README says what. */
export const recipeNames = ['quick', 'thorough'] as const;
export type RecipeName = (typeof recipeNames)[number];

type Recipe = Partial<TrainSettings>;

/** Distortions as hands make them, and none at the end, where the network settles on digits as they are. */
const distortions: Recipe = { shift: 1.5, rotation: 10, scale: 0.1, shear: 0.1, elastic: 1, plainEnd: 0.1 };

/** Smooth all the way: of small networks that see many distorted digits it makes more than ReLU and maxima do. */
const smooth: Recipe = { activation: 'silu', pooling: 'mean' };

/**
 * What a recipe says for each network, and for one's own. Where it says nothing the defaults hold: `quick` is what they are
 * chosen for. All was chosen by images held back from training.
 */
export const recipes: Readonly<Record<RecipeName, Readonly<Record<PresetName | 'own', Recipe>>>> = {
  quick: { 'lenet-documented': {}, lenet5: {}, wide: {}, own: {} },
  thorough: {
    'lenet-documented': { ...distortions, ...smooth, epochs: 60, batchSize: 128 },
    lenet5: { ...distortions, ...smooth, epochs: 40 },
    wide: { ...distortions, epochs: 15 },
    own: { ...distortions, epochs: 40 },
  },
};
