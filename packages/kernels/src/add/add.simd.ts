/** The sum of two arrays on vectors. */
import type { SimdBinding } from '../contract/simd-binding';
import type { addSpecs } from './add';

type Specs = typeof addSpecs;

export const add: SimdBinding<Specs['add']> =
  (g, { a, b, y }, { functions }) =>
  () =>
    functions.add(a, b, y, g.length);
