/** The formulas of `global-average-pool.ts`, channel by channel of each image. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { globalAveragePoolSpecs } from './global-average-pool';
import { globalAveragePool, globalAveragePoolInputGrad } from './global-average-pool.simd';

export { globalAveragePoolSpecs as specs };

export const reference: KernelsOf<typeof globalAveragePoolSpecs> = {
  globalAveragePool(g, { x, y }) {
    const means = g.channels * g.batch;
    for (let k = 0; k < means; k++) {
      let sum = 0;
      for (let i = 0; i < g.pixels; i++) sum += x[i * means + k];
      y[k] = sum / g.pixels;
    }
  },

  globalAveragePoolInputGrad(g, { dy, dx }) {
    const means = g.channels * g.batch;
    for (let i = 0; i < g.pixels; i++) {
      for (let k = 0; k < means; k++) dx[i * means + k] = dy[k] / g.pixels;
    }
  },
};

export const simd: SimdBindingsOf<typeof globalAveragePoolSpecs> = { globalAveragePool, globalAveragePoolInputGrad };
