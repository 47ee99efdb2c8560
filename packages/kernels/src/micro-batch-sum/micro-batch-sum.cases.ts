/** Sums of micro-batches: one, several, with gaps, of lengths that fill no whole vectors. */
import type { OperationCases } from '../cases/operation-cases';

export const microBatchSumCases: OperationCases<'microBatchSum'> = {
  forward: 'microBatchSum',
  gradients: [],
  cases: [
    { name: 'one micro-batch', geometry: { microBatches: 1, length: 5, stride: 5 } },
    { name: 'four micro-batches side by side', geometry: { microBatches: 4, length: 16, stride: 16 } },
    { name: 'three micro-batches with gaps', geometry: { microBatches: 3, length: 7, stride: 10 } },
    { name: 'sixteen micro-batches, nineteen numbers', geometry: { microBatches: 16, length: 19, stride: 24 } },
  ],
};
