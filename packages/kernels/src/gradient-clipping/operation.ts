/** The formulas of `gradient-clipping.ts`, one gradient after another. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { gradientClippingSpecs } from './gradient-clipping';
import { gradientNorms, limitGradients, scaleGradients } from './gradient-clipping.simd';

export { gradientClippingSpecs as specs };

export const reference: KernelsOf<typeof gradientClippingSpecs> = {
  gradientNorms({ bounds }, { gradients, norms }) {
    for (let u = 0; u < norms.length; u++) {
      let sum = 0;
      for (let i = bounds[u]; i < bounds[u + 1]; i++) sum += gradients[i] * gradients[i];
      norms[u] = Math.sqrt(sum);
    }
  },

  scaleGradients({ length }, { gradients, factor: [factor], scaled }) {
    for (let i = 0; i < length; i++) scaled[i] = gradients[i] * factor;
  },

  limitGradients({ length }, { gradients, limit: [limit], limited }) {
    for (let i = 0; i < length; i++) {
      const g = gradients[i];
      limited[i] = g > limit ? limit : Math.max(g, -limit);
    }
  },
};

export const simd: SimdBindingsOf<typeof gradientClippingSpecs> = { gradientNorms, scaleGradients, limitGradients };
