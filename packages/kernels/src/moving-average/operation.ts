/** The formula of `moving-average.ts`, one number after another. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { movingAverageSpecs } from './moving-average';
import { movingAverage } from './moving-average.simd';

export { movingAverageSpecs as specs };

export const reference: KernelsOf<typeof movingAverageSpecs> = {
  movingAverage({ length }, { average, values, share: [share], newAverage }) {
    for (let i = 0; i < length; i++) newAverage[i] = average[i] + share * (values[i] - average[i]);
  },
};

export const simd: SimdBindingsOf<typeof movingAverageSpecs> = { movingAverage };
