/** What one entry of a dropout and of its input gradient is made of; see `dropout.ts`. */
import type { Fill, KernelCases } from '../contract/cases';
import { entry, type KernelTerms, product } from '../contract/terms';
import { dropoutGeometry, type dropoutSpecs } from './dropout';

export const terms: KernelTerms<typeof dropoutSpecs> = {
  dropout: { y: (_g, index) => product([entry('x', index), entry('mask', index)]) },
  dropoutInputGrad: { dx: (_g, index) => product([entry('dy', index), entry('mask', index)]) },
};

/** A mask that drops two fifths and scales what stays. */
const masks: Fill = (random, length) => Array.from({ length }, () => (random.uniform() < 0.4 ? 0 : 1 / 0.6));

/** One number, lengths that fill no whole vectors, and one that does. */
export const cases: KernelCases<typeof dropoutSpecs> = () => [
  {
    forward: 'dropout',
    gradients: ['dropoutInputGrad'],
    fills: { mask: masks },
    cases: [1, 6, 19, 64].map((length) => ({ name: `${length} numbers`, geometry: dropoutGeometry('case', length) })),
  },
];
