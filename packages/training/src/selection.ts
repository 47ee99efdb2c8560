/**
 * The figures of an epoch, and selection by them: which epoch was the best, and when to stop early. Both are judged on
 * validation images, never on the test set: a model chosen by the test set looks better on it than on other data.
 */
import { OptionError } from '@longhand/tensor';

/** When a run stops before its last epoch, by its validation images. */
export interface SelectionRules {
  /** Stop after this number of epochs in a row without a better one. Default: never. */
  readonly patience?: number;
  /** Stop as soon as the validation accuracy reaches this share. Default: never. */
  readonly targetAccuracy?: number;
}

/** The mean loss over some images, and the share of them that is classified correctly, from 0 to 1. */
export interface Score {
  /** The share of the images that is classified correctly, from 0 to 1. */
  readonly accuracy: number;
  /** The mean loss. */
  readonly loss: number;
}

/** The figures of one epoch: plain data, as logs, screens and reports show them. */
export interface EpochRecord extends Score {
  /** From 1. */
  readonly epoch: number;
  /** The number of steps from the beginning of the run to the end of this epoch. */
  readonly steps: number;
  /** The learning rate of its last step. */
  readonly learningRate: number;
  /** Its training time. */
  readonly seconds: number;
  /** The part of its steps that trained on hard examples, whose loss is higher than that of all images. Absent for none. */
  readonly hardExamples?: number;
  /** The images that were trained on in a second of it. */
  readonly imagesPerSecond: number;
  /**
   * The score on the validation images; `best` if it was the best until then, and `metrics` if there are any. Absent without
   * validation images.
   */
  readonly validation?: Score & { readonly best: boolean; readonly metrics?: Readonly<Record<string, number>> };
}

/** The validation score of an epoch, from 1. */
export interface BestEpoch extends Score {
  /** The epoch, from 1. */
  readonly epoch: number;
}

/** The outcome of an epoch. */
export interface Judgment {
  /** The best epoch so far, perhaps this one. */
  readonly best: BestEpoch;
  /** The rule that ends the run here; absent if none does. */
  readonly stop?: 'target' | 'patience';
}

/**
 * Refuses rules that are out of range.
 *
 * @throws OptionError when a rule is out of range
 * @example checkSelection({ patience: 0 }); // throws: selection: expected a whole number of at least 1 as patience, got 0
 */
export function checkSelection({ patience, targetAccuracy }: SelectionRules): void {
  if (patience !== undefined && !(Number.isSafeInteger(patience) && patience >= 1)) {
    throw new OptionError(`selection: expected a whole number of at least 1 as patience, got ${patience}`);
  }
  if (targetAccuracy !== undefined && !(targetAccuracy > 0 && targetAccuracy <= 1)) {
    throw new OptionError(`selection: expected a number above 0 and up to 1 as target accuracy, got ${targetAccuracy}`);
  }
}

/**
 * Judges an epoch. Higher accuracy is better; of equals, the lower loss.
 *
 * @param epoch the validation score of the epoch
 * @param before the best epoch before it; undefined for the first
 * @param rules as {@link checkSelection} lets them through
 * @example judgeEpoch({ epoch: 3, accuracy: 0.98, loss: 0.06 }, { epoch: 2, accuracy: 0.97, loss: 0.08 }, { patience: 5 })
 */
export function judgeEpoch(epoch: BestEpoch, before: BestEpoch | undefined, rules: SelectionRules = {}): Judgment {
  const { patience = Number.POSITIVE_INFINITY, targetAccuracy = Number.POSITIVE_INFINITY } = rules;
  const better =
    before === undefined ||
    epoch.accuracy > before.accuracy ||
    (epoch.accuracy === before.accuracy && epoch.loss < before.loss);
  const best = better ? epoch : before;
  if (epoch.accuracy >= targetAccuracy) return { best, stop: 'target' };
  return epoch.epoch - best.epoch >= patience ? { best, stop: 'patience' } : { best };
}
