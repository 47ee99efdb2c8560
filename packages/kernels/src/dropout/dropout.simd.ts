/** Dropout on vectors: forward and backward are one product. */
import type { SimdBinding } from '../contract/simd-binding';
import type { dropoutSpecs } from './dropout';

type Specs = typeof dropoutSpecs;

export const dropout: SimdBinding<Specs['dropout']> =
  (g, { x, mask, y }, { functions }) =>
  () =>
    functions.multiply(x, mask, y, g.length);

export const dropoutInputGrad: SimdBinding<Specs['dropoutInputGrad']> =
  (g, { dy, mask, dx }, { functions }) =>
  () =>
    functions.multiply(dy, mask, dx, g.length);
