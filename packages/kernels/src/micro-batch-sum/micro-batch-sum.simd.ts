/** The sum of micro-batches on vectors. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { microBatchSumSpecs } from './micro-batch-sum';

type Specs = typeof microBatchSumSpecs;

export const microBatchSum: SimdBinding<Specs['microBatchSum']> =
  (g, { x, y }, { functions }) =>
  () =>
    functions.microBatchSum(x, y, g.microBatches, g.length, g.stride * numberBytes);
