/** The sum of `micro-batch-sum.ts`; every partial sum is rounded to the array's precision, as when micro-batches are added one by one. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { microBatchSumSpecs } from './micro-batch-sum';
import { microBatchSum } from './micro-batch-sum.simd';

export { microBatchSumSpecs as specs };

export const reference: KernelsOf<typeof microBatchSumSpecs> = {
  microBatchSum(g, { x, y }) {
    y.fill(0);
    for (let m = 0; m < g.microBatches; m++) {
      for (let k = 0; k < g.length; k++) y[k] += x[m * g.stride + k];
    }
  },
};

export const simd: SimdBindingsOf<typeof microBatchSumSpecs> = { microBatchSum };
