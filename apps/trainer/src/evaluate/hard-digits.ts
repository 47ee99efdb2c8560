/** Accuracy on MNIST's test digits without those that no recipe classifies correctly. */
import type { ImageDataset } from '@longhand/datasets';
import { hardTestDigits } from '@longhand/mnist';
import { accuracyText, countText, flow } from '@longhand/rendering';
import { dataFingerprint, type Evaluation } from '@longhand/training';

/** A score without the hard digits, and with them alone. */
export interface ScoreWithoutHard {
  /** The number of hard digits, and how many of them the model classifies correctly. */
  readonly count: number;
  readonly correct: number;
  /** The accuracy on all other digits. */
  readonly accuracyWithout: number;
  readonly standardErrorWithout: number;
}

/** The score; undefined where the images are not MNIST's test digits. */
export function scoreWithoutHard(dataset: ImageDataset, evaluation: Evaluation): ScoreWithoutHard | undefined {
  const { digits, fingerprint } = hardTestDigits;
  if (dataset.count !== 10_000 || dataFingerprint(dataset) !== fingerprint) return undefined;
  const correct = digits.filter(({ index, label }) => evaluation.predicted[index] === label).length;
  const others = evaluation.count - digits.length;
  const accuracyWithout = (evaluation.correct - correct) / others;
  const standardErrorWithout = Math.sqrt((accuracyWithout * (1 - accuracyWithout)) / others);
  return { count: digits.length, correct, accuracyWithout, standardErrorWithout };
}

/** One line, folded: `hard      99.20 % ± 0.09 without the 17 digits that no recipe classifies correctly (1 of them correct)`. */
export function withoutHardText(score: ScoreWithoutHard, width: number): string {
  const { count, correct, accuracyWithout, standardErrorWithout } = score;
  return flow(
    [
      `hard      ${accuracyText(accuracyWithout, standardErrorWithout)} without the ${countText(count)} digits`,
      'that no recipe classifies correctly',
      `(${correct === 0 ? 'none' : countText(correct)} of them correct)`,
    ],
    width,
  );
}
