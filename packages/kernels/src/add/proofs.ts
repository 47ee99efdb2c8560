/** What one entry of a sum of two arrays is made of; see `add.ts`. */
import type { KernelCases } from '../contract/cases';
import { entry, type KernelTerms, sum } from '../contract/terms';
import { addGeometry, type addSpecs } from './add';

export const terms: KernelTerms<typeof addSpecs> = {
  add: { y: (_g, index) => sum([entry('a', index), entry('b', index)]) },
};

/** One number, lengths that fill no whole vectors, and one that does. */
export const cases: KernelCases<typeof addSpecs> = () => [
  {
    forward: 'add',
    gradients: [],
    cases: [1, 6, 19, 64].map((length) => ({ name: `${length} numbers`, geometry: addGeometry('case', length) })),
  },
];
