/** The rounds of a batch: how many micro-batches run before their gradients are added. */
import { microBatchSize } from '../micro-batch-input';

/**
 * The most micro-batches whose gradients are kept at the same time, in a network without reductions: the most rows of
 * `microBatchGradients`. The order of summation depends on it, so it is a constant and no option.
 */
export const microBatchesPerRound = 16;

/** The images of all batches, and how the micro-batches of one run. */
export interface Rounds {
  /** The images of the data set. */
  readonly count: number;
  readonly batchSize: number;
  /** Whether all micro-batches of a batch run together. */
  readonly together: boolean;
}

/** The most micro-batches of a round. */
export function mostOfRound({ count, batchSize, together }: Rounds): number {
  const microBatches = Math.ceil(Math.min(batchSize, count) / microBatchSize);
  return together ? microBatches : Math.min(microBatchesPerRound, microBatches);
}

/** How many micro-batches the rounds of a run have: those of its batches, and of the last one of an epoch. */
export function roundSizes(rounds: Rounds): ReadonlySet<number> {
  const { count, batchSize } = rounds;
  const most = mostOfRound(rounds);
  const sizes = [Math.min(batchSize, count), count % batchSize].flatMap((images) => {
    const microBatches = Math.ceil(images / microBatchSize);
    return [Math.min(most, microBatches), microBatches % most];
  });
  return new Set(sizes.filter((size) => size > 0));
}
