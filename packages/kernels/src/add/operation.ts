/** The sum of `add.ts`, entry by entry. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { addSpecs } from './add';
import { add } from './add.simd';

export { addSpecs as specs };

export const reference: KernelsOf<typeof addSpecs> = {
  add(g, { a, b, y }) {
    for (let k = 0; k < g.length; k++) y[k] = a[k] + b[k];
  },
};

export const simd: SimdBindingsOf<typeof addSpecs> = { add };
