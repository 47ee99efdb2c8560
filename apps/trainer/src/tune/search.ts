/** What a search of settings is, and what is asked of it. */
import type { RunSettings } from '../run/run-settings';
import type { RunInputs } from '../train/run-inputs';
import type { NumberedCandidate } from './candidates';
import type { Rung } from './halving';
import type { SearchedSetting } from './search-space';
import type { TuneFolder } from './tune-folder';

/** A part that is large enough to judge by: of MNIST's images 12,000. */
export const usualValidation = 0.2;

/** The options of `longhand tune` besides the settings, parsed. */
export interface TuneOptions {
  readonly search?: readonly string[];
  readonly trials: number;
  readonly seeds: number;
  readonly minutes?: number;
  readonly findLearningRate?: boolean;
  readonly steps: number;
  readonly threads?: number;
  readonly wideVectors?: boolean;
  readonly name?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A search that is ready to begin, or to go on. */
export interface Search {
  readonly settings: RunSettings;
  readonly space: readonly SearchedSetting[];
  readonly candidates: readonly NumberedCandidate[];
  readonly rungs: readonly Rung[];
  readonly inputs: RunInputs;
  readonly folder: TuneFolder;
}
