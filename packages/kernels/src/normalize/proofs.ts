/** What one normalized byte is made of; see `normalize.ts`. */
import type { KernelCases } from '../contract/cases';
import { constant, difference, entry, type KernelTerms, quotient } from '../contract/terms';
import { normalizeGeometry, type normalizeSpecs } from './normalize';

export const terms: KernelTerms<typeof normalizeSpecs> = {
  normalize: {
    y({ batch, pixels, channels }, index) {
      const [at, n] = [Math.floor(index / batch), index % batch];
      const { mean, std } = channels[at % channels.length];
      const fraction = quotient(entry('x', n * pixels * channels.length + at), constant(255));
      return quotient(difference(fraction, constant(mean)), constant(std));
    },
  },
};

/** One pixel, several, images of MNIST's size, and images in color. */
export const cases: KernelCases<typeof normalizeSpecs> = () => [
  {
    forward: 'normalize',
    gradients: [],
    cases: [
      {
        name: 'one pixel',
        geometry: normalizeGeometry('case', { batch: 1, pixels: 1, channels: [{ mean: 0.5, std: 0.5 }] }),
      },
      {
        name: 'fractions of 255',
        geometry: normalizeGeometry('case', { batch: 3, pixels: 15, channels: [{ mean: 0, std: 1 }] }),
      },
      {
        name: 'MNIST’s mean and standard deviation',
        geometry: normalizeGeometry('case', { batch: 16, pixels: 784, channels: [{ mean: 0.1307, std: 0.3081 }] }),
      },
      {
        name: 'three channels',
        geometry: normalizeGeometry('case', {
          batch: 19,
          pixels: 6,
          channels: [
            { mean: 0.4914, std: 0.247 },
            { mean: 0.4822, std: 0.2435 },
            { mean: 0.4465, std: 0.2616 },
          ],
        }),
      },
    ],
  },
];
