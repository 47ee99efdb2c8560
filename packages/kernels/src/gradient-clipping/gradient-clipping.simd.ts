/** Gradient clipping on vectors. */
import type { SimdBinding } from '../contract/simd-binding';
import type { gradientClippingSpecs } from './gradient-clipping';

type Specs = typeof gradientClippingSpecs;

export const gradientNorms: SimdBinding<Specs['gradientNorms']> = (
  { bounds },
  { gradients, norms },
  { functions, memory },
) => {
  const table = memory.table(bounds);
  return () => functions.gradientNorms(gradients, table, norms, bounds.length - 1);
};

export const scaleGradients: SimdBinding<Specs['scaleGradients']> =
  ({ length }, { gradients, factor, scaled }, { functions }) =>
  () =>
    functions.scaleGradients(gradients, factor, scaled, length);

export const limitGradients: SimdBinding<Specs['limitGradients']> =
  ({ length }, { gradients, limit, limited }, { functions }) =>
  () =>
    functions.limitGradients(gradients, limit, limited, length);
