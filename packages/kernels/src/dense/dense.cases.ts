/** Sizes that the dense layer is tried at. */
import type { OperationCases } from '../cases/operation-cases';
import { denseGeometry } from './dense';

export const denseCases: OperationCases<'dense'> = {
  forward: 'dense',
  gradients: ['denseInputGrad', 'denseWeightGrad'],
  cases: [
    {
      name: '1 → 1, one image',
      geometry: denseGeometry('case', { batch: 1, inFeatures: 1, outFeatures: 1, bias: true }),
    },
    { name: '5 → 3', geometry: denseGeometry('case', { batch: 2, inFeatures: 5, outFeatures: 3, bias: true }) },
    {
      name: '3 → 5 without bias',
      geometry: denseGeometry('case', { batch: 3, inFeatures: 3, outFeatures: 5, bias: false }),
    },
    {
      name: '192 → 10, one image',
      geometry: denseGeometry('case', { batch: 1, inFeatures: 192, outFeatures: 10, bias: true }),
    },
  ],
};
