/** Settings that belong together and are known to reach something: the README says what. */
import type { PresetName } from '@longhand/layers';
import type { TrainSettings } from './train-settings';

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
