/** The formula of `normalize.ts` in plain loops, looked up for each pixel. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { normalizedBytes, normalizeSpecs } from './normalize';
import { normalize } from './normalize.simd';

export { normalizeSpecs as specs };

export const reference: KernelsOf<typeof normalizeSpecs> = {
  normalize(g, { x, y }) {
    const values = normalizedBytes(g);
    for (let n = 0; n < g.batch; n++) {
      for (let k = 0; k < g.pixels; k++) y[k * g.batch + n] = values[x[n * g.pixels + k]];
    }
  },
};

export const simd: SimdBindingsOf<typeof normalizeSpecs> = { normalize };
