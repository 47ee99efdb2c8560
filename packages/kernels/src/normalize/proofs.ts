/** What one normalized pixel is made of; see `normalize.ts`. */
import type { KernelCases } from '../contract/cases';
import { constant, difference, entry, type KernelTerms, quotient } from '../contract/terms';
import { normalizeGeometry, type normalizeSpecs } from './normalize';

export const terms: KernelTerms<typeof normalizeSpecs> = {
  normalize: {
    y({ batch, pixels, mean, std }, index) {
      const [k, n] = [Math.floor(index / batch), index % batch];
      const fraction = quotient(entry('x', n * pixels + k), constant(255));
      return quotient(difference(fraction, constant(mean)), constant(std));
    },
  },
};

/** One pixel, several, and images of MNIST's size. */
export const cases: KernelCases<typeof normalizeSpecs> = () => [
  {
    forward: 'normalize',
    gradients: [],
    cases: [
      { name: 'one pixel', geometry: normalizeGeometry('case', { batch: 1, pixels: 1, mean: 0.5, std: 0.5 }) },
      { name: 'fractions of 255', geometry: normalizeGeometry('case', { batch: 3, pixels: 15, mean: 0, std: 1 }) },
      {
        name: 'MNIST’s mean and standard deviation',
        geometry: normalizeGeometry('case', { batch: 16, pixels: 784, mean: 0.1307, std: 0.3081 }),
      },
    ],
  },
];
