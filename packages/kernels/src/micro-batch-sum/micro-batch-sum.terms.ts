/** What one entry of a sum of micro-batches is made of; see `micro-batch-sum.ts`. */
import { entry, sum } from '../terms/expression';
import type { TermsOf } from '../terms/kernel-terms';
import type { microBatchSumSpecs } from './micro-batch-sum';

type Specs = typeof microBatchSumSpecs;

export const microBatchSumTerms: { readonly [Name in keyof Specs]: TermsOf<Specs[Name]> } = {
  microBatchSum: {
    y: (g, index) => sum(Array.from({ length: g.microBatches }, (_, m) => entry('x', m * g.stride + index))),
  },
};
