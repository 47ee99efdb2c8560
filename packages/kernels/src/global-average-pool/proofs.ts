/** What one entry of a global average pooling and of its input gradient is made of; see `global-average-pool.ts`. */
import type { KernelCases } from '../contract/cases';
import { constant, entry, type KernelTerms, quotient, sum } from '../contract/terms';
import { globalAveragePoolGeometry, type globalAveragePoolSpecs } from './global-average-pool';

export const terms: KernelTerms<typeof globalAveragePoolSpecs> = {
  globalAveragePool: {
    y({ batch, channels, pixels }, index) {
      const channel = Array.from({ length: pixels }, (_, i) => entry('x', i * channels * batch + index));
      return quotient(sum(channel), constant(pixels));
    },
  },
  globalAveragePoolInputGrad: {
    dx: ({ batch, channels, pixels }, index) => quotient(entry('dy', index % (channels * batch)), constant(pixels)),
  },
};

/** One pixel, one channel, several, and a whole cache line of images. */
export const cases: KernelCases<typeof globalAveragePoolSpecs> = () => [
  {
    forward: 'globalAveragePool',
    gradients: ['globalAveragePoolInputGrad'],
    cases: [
      { name: 'one pixel', geometry: globalAveragePoolGeometry('case', { batch: 1, input: [1, 1, 3] }) },
      { name: 'one channel', geometry: globalAveragePoolGeometry('case', { batch: 2, input: [3, 4, 1] }) },
      { name: '5 channels', geometry: globalAveragePoolGeometry('case', { batch: 3, input: [4, 2, 5] }) },
      { name: '16 images', geometry: globalAveragePoolGeometry('case', { batch: 16, input: [7, 7, 2] }) },
    ],
  },
];
