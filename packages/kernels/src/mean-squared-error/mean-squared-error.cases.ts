/** Squared error in its two usual forms. */
import { imageWeights, type OperationCases } from '../cases/operation-cases';

export const meanSquaredErrorCases: OperationCases<'meanSquaredError'> = {
  forward: 'meanSquaredError',
  gradients: ['meanSquaredErrorInputGrad'],
  fills: { imageWeight: imageWeights },
  cases: [
    { name: 'mean of one output', geometry: { batch: 1, features: 1, factor: 1 } },
    { name: 'mean of four outputs', geometry: { batch: 3, features: 4, factor: 1 / 4 } },
    { name: 'half the sum', geometry: { batch: 3, features: 4, factor: 1 / 2 } },
  ],
};
