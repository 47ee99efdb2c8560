/**
 * What is hard about MNIST's 10,000 test digits: those that none of our recipes classifies correctly, and those whose labels people
 * dispute. The first list is made by `benchmarks/hard-digits.mjs` from trained models, and says which.
 */
import made from './hard-test-digits.json' with { type: 'json' };

/** A trained model, with all that it takes to train it again to the same bytes: `longhand train --recipe … --network … --seed …`. */
export interface HardDigitsModel {
  /** The recipe that it was trained by. */
  readonly recipe: string;
  /** The preset that it is. */
  readonly network: string;
  /** The seed of its run. */
  readonly seed: number;
  /** The number of test digits that it classifies correctly. */
  readonly correct: number;
}

/** A test digit that no model classifies correctly. */
export interface HardDigit {
  /** Its index among the test digits, from 0. */
  readonly index: number;
  /** Its label. */
  readonly label: number;
  /** What each of the models predicts, in their order. */
  readonly predicted: readonly number[];
}

/** The test digits that no model classifies correctly, and the models. */
export interface HardTestDigits {
  /** The `dataFingerprint` of the test digits. */
  readonly fingerprint: string;
  /** The models, in the order of their predictions. */
  readonly models: readonly HardDigitsModel[];
  /** By index. */
  readonly digits: readonly HardDigit[];
}

/**
 * The test digits that no recipe classifies correctly, with any of its seeds that were tried.
 *
 * @example hardTestDigits.digits.map(({ index }) => index)
 */
export const hardTestDigits: HardTestDigits = made;

/** A test digit whose label most of five people did not confirm. */
export interface DisputedLabel {
  /** Its index among the test digits, from 0. */
  readonly index: number;
  /** Its label. */
  readonly label: number;
  /** The class that cleanlab's model suggested instead. */
  readonly suggested: number;
  /** What the five people chose: the label, the suggestion, or neither. */
  readonly votes: { readonly label: number; readonly suggested: number; readonly neither: number };
}

const disputed = (
  index: number,
  label: number,
  suggested: number,
  [forLabel, forSuggested, neither]: readonly [number, number, number],
): DisputedLabel => ({ index, label, suggested, votes: { label: forLabel, suggested: forSuggested, neither } });

/**
 * The 15 test digits whose labels are errors after Northcutt, Athalye and Mueller, "Pervasive label errors in test sets destabilize
 * machine learning benchmarks", NeurIPS 2021: of 100 candidates, those whose label at most two of five people
 * chose. From `mturk/mnist_mturk.json` of https://github.com/cleanlab/label-errors, whose indices and labels are those of the files.
 */
export const disputedTestLabels: readonly DisputedLabel[] = [
  disputed(947, 8, 9, [0, 5, 0]),
  disputed(1621, 0, 6, [2, 3, 0]),
  disputed(1901, 9, 4, [2, 3, 0]),
  disputed(2130, 4, 9, [2, 2, 1]),
  disputed(2462, 2, 0, [0, 4, 1]),
  disputed(2597, 5, 3, [0, 4, 1]),
  disputed(2654, 6, 1, [0, 2, 3]),
  disputed(3520, 6, 4, [2, 0, 3]),
  disputed(3558, 5, 0, [1, 4, 0]),
  disputed(5937, 5, 3, [1, 3, 1]),
  disputed(6651, 0, 6, [0, 5, 0]),
  disputed(6783, 1, 6, [2, 3, 0]),
  disputed(8527, 4, 9, [2, 2, 1]),
  disputed(9679, 6, 3, [2, 0, 3]),
  disputed(9729, 5, 6, [2, 3, 0]),
];
