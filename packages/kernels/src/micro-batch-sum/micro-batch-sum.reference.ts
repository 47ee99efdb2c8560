/** The sum of `micro-batch-sum.ts`; every partial sum is rounded to the array's precision, as when micro-batches are added one by one. */
import type { Kernel } from '../kernel';
import type { microBatchSumSpecs } from './micro-batch-sum';

type Specs = typeof microBatchSumSpecs;

export const microBatchSum: Kernel<Specs['microBatchSum']> = (g, { x, y }) => {
  y.fill(0);
  for (let m = 0; m < g.microBatches; m++) {
    for (let k = 0; k < g.length; k++) y[k] += x[m * g.stride + k];
  }
};
