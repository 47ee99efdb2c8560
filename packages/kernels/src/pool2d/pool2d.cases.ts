/** Geometries that pooling is tried at. The maximum is tried on numbers without ties, where it has a derivative. */
import { distinct, type OperationCases } from '../cases/operation-cases';
import { pool2dGeometry } from './pool2d';

const cases: OperationCases<'maxPool2d'>['cases'] = [
  {
    name: '2×2, one channel, one image',
    geometry: pool2dGeometry('case', { batch: 1, input: [4, 4, 1], window: [2, 2] }),
  },
  { name: '2×2, 3 channels', geometry: pool2dGeometry('case', { batch: 2, input: [4, 6, 3], window: [2, 2] }) },
  {
    name: '2×2, last row and column left out',
    geometry: pool2dGeometry('case', { batch: 3, input: [5, 5, 5], window: [2, 2] }),
  },
  {
    name: '3×2, stride 2×1, overlapping',
    geometry: pool2dGeometry('case', { batch: 2, input: [7, 4, 2], window: [3, 2], stride: [2, 1] }),
  },
  {
    name: '3×3, stride 1',
    geometry: pool2dGeometry('case', { batch: 1, input: [5, 5, 1], window: [3, 3], stride: [1, 1] }),
  },
  {
    name: '2×2, stride 3, gaps between windows',
    geometry: pool2dGeometry('case', { batch: 2, input: [6, 8, 2], window: [2, 2], stride: [3, 3] }),
  },
  { name: 'the whole image', geometry: pool2dGeometry('case', { batch: 2, input: [3, 4, 2], window: [3, 4] }) },
  { name: '1×1: nothing to pool', geometry: pool2dGeometry('case', { batch: 2, input: [2, 3, 2], window: [1, 1] }) },
];

export const maxPool2dCases: OperationCases<'maxPool2d'> = {
  forward: 'maxPool2d',
  gradients: ['maxPool2dInputGrad'],
  fills: { x: distinct },
  cases,
};

export const reluMaxPool2dCases: OperationCases<'reluMaxPool2d'> = {
  forward: 'reluMaxPool2d',
  gradients: ['reluMaxPool2dInputGrad'],
  // Away from zero by half a step: there ReLU has a kink.
  fills: { x: (random, length, batch) => distinct(random, length, batch).map((value) => value - 0.005) },
  cases,
};

export const meanPool2dCases: OperationCases<'meanPool2d'> = {
  forward: 'meanPool2d',
  gradients: ['meanPool2dInputGrad'],
  cases,
};
