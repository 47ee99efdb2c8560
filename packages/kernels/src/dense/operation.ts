/** The dense formulas of `dense.ts`, one loop per index. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { denseSpecs } from './dense';
import { dense, denseInputGrad, denseWeightGrad } from './dense.simd';

export { denseSpecs as specs };

export const reference: KernelsOf<typeof denseSpecs> = {
  dense(g, { x, weight, bias, y }) {
    for (let o = 0; o < g.outFeatures; o++) {
      for (let n = 0; n < g.batch; n++) {
        let sum = g.bias ? bias[o] : 0;
        for (let i = 0; i < g.inFeatures; i++) sum += weight[o * g.inFeatures + i] * x[i * g.batch + n];
        y[o * g.batch + n] = sum;
      }
    }
  },

  denseInputGrad(g, { dy, weight, dx }) {
    for (let i = 0; i < g.inFeatures; i++) {
      for (let n = 0; n < g.batch; n++) {
        let sum = 0;
        for (let o = 0; o < g.outFeatures; o++) sum += weight[o * g.inFeatures + i] * dy[o * g.batch + n];
        dx[i * g.batch + n] = sum;
      }
    }
  },

  denseWeightGrad(g, { x, dy, dWeight, dBias }) {
    for (let o = 0; o < g.outFeatures; o++) {
      for (let i = 0; i < g.inFeatures; i++) {
        let sum = 0;
        for (let n = 0; n < g.batch; n++) sum += dy[o * g.batch + n] * x[i * g.batch + n];
        dWeight[o * g.inFeatures + i] = sum;
      }
      if (!g.bias) continue;
      let sum = 0;
      for (let n = 0; n < g.batch; n++) sum += dy[o * g.batch + n];
      dBias[o] = sum;
    }
  },
};

export const simd: SimdBindingsOf<typeof denseSpecs> = { dense, denseInputGrad, denseWeightGrad };
