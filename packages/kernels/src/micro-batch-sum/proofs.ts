/** What one entry of a sum of micro-batches is made of; see `micro-batch-sum.ts`. */
import type { KernelCases } from '../contract/cases';
import { entry, type KernelTerms, sum } from '../contract/terms';
import type { microBatchSumSpecs } from './micro-batch-sum';

export const terms: KernelTerms<typeof microBatchSumSpecs> = {
  microBatchSum: {
    y: (g, index) => sum(Array.from({ length: g.microBatches }, (_, m) => entry('x', m * g.stride + index))),
  },
};

/** Sums of micro-batches: one, several, with gaps, of lengths that fill no whole vectors. */
export const cases: KernelCases<typeof microBatchSumSpecs> = () => [
  {
    forward: 'microBatchSum',
    gradients: [],
    cases: [
      { name: 'one micro-batch', geometry: { microBatches: 1, length: 5, stride: 5 } },
      { name: 'four micro-batches side by side', geometry: { microBatches: 4, length: 16, stride: 16 } },
      { name: 'three micro-batches with gaps', geometry: { microBatches: 3, length: 7, stride: 10 } },
      { name: 'sixteen micro-batches, nineteen numbers', geometry: { microBatches: 16, length: 19, stride: 24 } },
    ],
  },
];
