/** Settings that belong together and are known to reach something: the README says what. */
import type { PresetName } from '@longhand/layers';
import type { TrainSettings } from './train-settings';

export const recipeNames = ['quick', 'thorough'] as const;
export type RecipeName = (typeof recipeNames)[number];

type Recipe = Partial<TrainSettings>;

/** What every augmented run does to its digits. */
const distortions: Recipe = { shift: 1.5, rotation: 8, scale: 0.08 };

/**
 * What a recipe says for each network, and for one's own. Where it says nothing the defaults hold: `quick` is what they are
 * chosen for.
 */
export const recipes: Readonly<Record<RecipeName, Readonly<Record<PresetName | 'own', Recipe>>>> = {
  quick: { 'lenet-documented': {}, lenet5: {}, wide: {}, own: {} },
  thorough: {
    'lenet-documented': { ...distortions, activation: 'silu', epochs: 40, batchSize: 128 },
    lenet5: { ...distortions, activation: 'silu', epochs: 30, batchSize: 64 },
    wide: { ...distortions, epochs: 12, batchSize: 64 },
    own: { ...distortions, epochs: 30, batchSize: 64 },
  },
};
