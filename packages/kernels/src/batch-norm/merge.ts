/**
 * The statistics and gradient sums of the micro-batches of a batch, put together in their order, in float64: the same bits
 * whichever thread computed which micro-batch.
 */
import type { FloatArray } from '@longhand/tensor';

/** The statistics of a whole batch, for each channel. */
export interface BatchStatistics {
  /** `[channels]` */
  readonly mean: Float64Array;
  /** `[channels]`, m2 / count: the biased variance, which normalizes. The unbiased one is variance · count / (count − 1). */
  readonly variance: Float64Array;
  /** Numbers for each channel: pixels · images. */
  readonly count: number;
}

/**
 * Merges what `batchNormStatistics` wrote for each micro-batch. Two sets of numbers, of means m_a and m_b, with
 * δ = m_b − m_a and N = N_a + N_b:
 *
 *   mean = m_a + δ · N_b / N          m2 = m2_a + m2_b + δ² · N_a · N_b / N
 *
 * A micro-batch without images has no part in it.
 *
 * Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
 *
 * @param partials of all micro-batches in their order, each `[2 · channels + 1]`: mean, m2, N. At least one has an image.
 * @example
 * const { mean, variance, count } = mergeStatistics([Float64Array.of(2, 2, 2), Float64Array.of(6, 2, 2)]);
 * [mean[0], variance[0], count]; // [ 4, 5, 4 ] (of 1, 3 and 5, 7)
 */
export function mergeStatistics(partials: readonly FloatArray[]): BatchStatistics {
  const channels = ((partials[0]?.length ?? 1) - 1) / 2;
  const mean = new Float64Array(channels);
  const m2 = new Float64Array(channels);
  let count = 0;
  for (const partial of partials) {
    const added = partial[2 * channels];
    if (added === 0) continue;
    const total = count + added;
    for (let c = 0; c < channels; c++) {
      const delta = partial[c] - mean[c];
      mean[c] += (delta * added) / total;
      m2[c] += partial[channels + c] + (delta * delta * count * added) / total;
    }
    count = total;
  }
  return { mean, variance: m2.map((value) => value / count), count };
}

/**
 * Merges what `batchNormGradientSums` wrote for each micro-batch into what `batchNormInputGrad` reads.
 *
 * @param partials of all micro-batches in their order, each `[2 · channels]`: dWeight, dBias
 * @param count numbers for each channel in the whole batch, from {@link mergeStatistics}
 * @returns Σ dy / count and Σ dy · x̂ / count, each `[channels]`
 * @example mergeGradientSums([Float64Array.of(1, 2), Float64Array.of(3, 4)], 2); // { meanDyXhat: [ 2 ], meanDy: [ 3 ] }
 */
export function mergeGradientSums(
  partials: readonly FloatArray[],
  count: number,
): { readonly meanDy: Float64Array; readonly meanDyXhat: Float64Array } {
  const channels = (partials[0]?.length ?? 0) / 2;
  const sums = new Float64Array(2 * channels);
  for (const partial of partials) {
    for (let k = 0; k < sums.length; k++) sums[k] += partial[k];
  }
  const means = sums.map((sum) => sum / count);
  return { meanDyXhat: means.subarray(0, channels), meanDy: means.subarray(channels) };
}
