/** The products of `dropout.ts`, entry by entry. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { dropoutSpecs } from './dropout';
import { dropout, dropoutInputGrad } from './dropout.simd';

export { dropoutSpecs as specs };

export const reference: KernelsOf<typeof dropoutSpecs> = {
  dropout(g, { x, mask, y }) {
    for (let k = 0; k < g.length; k++) y[k] = x[k] * mask[k];
  },

  dropoutInputGrad(g, { dy, mask, dx }) {
    for (let k = 0; k < g.length; k++) dx[k] = dy[k] * mask[k];
  },
};

export const simd: SimdBindingsOf<typeof dropoutSpecs> = { dropout, dropoutInputGrad };
