/** A rank's part of the reduce-scatter: the gradients of all micro-batches, summed over its slice of the parameters. */
import { type Kernels, microBatchSumGeometry } from '@longhand/kernels';
import { dtypeOf, type FloatArray } from '@longhand/tensor';

/** The gradients of a batch, summed over a slice of the parameters. */
export interface GradientSum {
  readonly sum: FloatArray;
  /** Adds the first `count` rows, one after another; in the first round of a batch they replace what was there. */
  add(count: number, isFirstRound: boolean): void;
}

/** The sum of the first rows of `[micro-batch, parameter]` over a slice of the parameters. */
export function gradientSum(
  kernels: Kernels,
  rows: FloatArray,
  { parameterCount, begin, end }: { readonly parameterCount: number; readonly begin: number; readonly end: number },
): GradientSum {
  const length = end - begin;
  const dtype = dtypeOf(rows);
  const sum = kernels.allocate(dtype, length);
  const roundSum = kernels.allocate(dtype, length);
  // One prepared kernel for each number of rows. A rank whose slice is empty has nothing to add.
  const sums = Array.from({ length: length === 0 ? 0 : rows.length / parameterCount }, (_, index) => {
    const geometry = microBatchSumGeometry('gradients', { microBatches: index + 1, length, stride: parameterCount });
    const x = rows.subarray(begin, begin + index * parameterCount + length);
    const into = (y: FloatArray) => kernels.prepare('microBatchSum', geometry, { x, y });
    return { first: into(sum), further: into(roundSum) };
  });
  return {
    sum,
    add(count, isFirstRound) {
      if (length === 0) return;
      if (isFirstRound) {
        sums[count - 1].first();
        return;
      }
      sums[count - 1].further();
      for (let k = 0; k < length; k++) sum[k] += roundSum[k];
    },
  };
}
