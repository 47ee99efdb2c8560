/** What one number of a moving average becomes; see `moving-average.ts`. */
import type { KernelCases } from '../contract/cases';
import { difference, entry, type KernelTerms, product, sum } from '../contract/terms';
import { movingAverageGeometry, type movingAverageSpecs } from './moving-average';

export const terms: KernelTerms<typeof movingAverageSpecs> = {
  movingAverage: {
    newAverage: (_, i) =>
      sum([entry('average', i), product([entry('share', 0), difference(entry('values', i), entry('average', i))])]),
  },
};

/** One number, whole vectors, and a rest behind whole vectors. */
export const cases: KernelCases<typeof movingAverageSpecs> = () => [
  {
    forward: 'movingAverage',
    gradients: [],
    cases: [1, 8, 19].map((length) => ({
      name: `${length} ${length === 1 ? 'number' : 'numbers'}`,
      geometry: movingAverageGeometry('case', length),
    })),
  },
];
