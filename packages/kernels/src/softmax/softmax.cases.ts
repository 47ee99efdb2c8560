/** Sizes that everything over one column of features per image is tried at. */
import type { OperationCases } from '../cases/operation-cases';
import { featuresGeometry } from './softmax';

export const featuresCases: OperationCases<'softmax'>['cases'] = [
  { name: 'one feature, one image', geometry: featuresGeometry('case', { batch: 1, features: 1 }) },
  { name: 'two features', geometry: featuresGeometry('case', { batch: 2, features: 2 }) },
  { name: 'ten features, batch 5', geometry: featuresGeometry('case', { batch: 5, features: 10 }) },
];

export const softmaxCases: OperationCases<'softmax'> = {
  forward: 'softmax',
  gradients: ['softmaxInputGrad'],
  cases: featuresCases,
};
