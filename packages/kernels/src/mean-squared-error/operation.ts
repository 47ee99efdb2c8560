/** The formulas of `mean-squared-error.ts`, image by image. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { meanSquaredErrorSpecs } from './mean-squared-error';
import { meanSquaredError, meanSquaredErrorInputGrad } from './mean-squared-error.simd';

export { meanSquaredErrorSpecs as specs };

export const reference: KernelsOf<typeof meanSquaredErrorSpecs> = {
  meanSquaredError(g, { x, target, loss }) {
    for (let n = 0; n < g.batch; n++) {
      let sum = 0;
      for (let at = n; at < x.length; at += g.batch) sum += (x[at] - target[at]) * (x[at] - target[at]);
      loss[n] = g.factor * sum;
    }
  },

  meanSquaredErrorInputGrad(g, { x, target, imageWeight, dx }) {
    for (let n = 0; n < g.batch; n++) {
      for (let at = n; at < x.length; at += g.batch) dx[at] = imageWeight[n] * 2 * g.factor * (x[at] - target[at]);
    }
  },
};

export const simd: SimdBindingsOf<typeof meanSquaredErrorSpecs> = { meanSquaredError, meanSquaredErrorInputGrad };
