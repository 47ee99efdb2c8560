/** Shapes that reshaping is tried between. */
import type { OperationCases } from '../cases/operation-cases';
import { reshapeGeometry } from './reshape';

export const reshapeCases: OperationCases<'reshape'> = {
  forward: 'reshape',
  gradients: ['reshapeInputGrad'],
  cases: [
    { name: 'flatten', geometry: reshapeGeometry('case', 3, [4, 4, 12], [1, 1, 192]) },
    { name: 'two maps of two places laid end to end', geometry: reshapeGeometry('case', 1, [1, 2, 2], [1, 4, 1]) },
    { name: 'between images', geometry: reshapeGeometry('case', 2, [2, 3, 4], [4, 3, 2]) },
    { name: 'unchanged', geometry: reshapeGeometry('case', 2, [2, 3, 4], [2, 3, 4]) },
  ],
};
