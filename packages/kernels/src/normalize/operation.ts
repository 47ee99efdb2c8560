/** The formula of `normalize.ts` in plain loops, looked up for each byte. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { normalizedBytes, normalizeSpecs } from './normalize';
import { normalize } from './normalize.simd';

export { normalizeSpecs as specs };

export const reference: KernelsOf<typeof normalizeSpecs> = {
  normalize({ batch, pixels, channels }, { x, y }) {
    for (const [c, channel] of channels.entries()) {
      const values = normalizedBytes(channel);
      for (let n = 0; n < batch; n++) {
        for (let k = 0; k < pixels; k++) {
          y[(k * channels.length + c) * batch + n] = values[x[(n * pixels + k) * channels.length + c]];
        }
      }
    }
  },
};

export const simd: SimdBindingsOf<typeof normalizeSpecs> = { normalize };
