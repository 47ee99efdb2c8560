/** Normalization on vectors: the values of all bytes are worked out once, then looked up. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { normalizedBytes, type normalizeSpecs } from './normalize';

type Specs = typeof normalizeSpecs;

export const normalize: SimdBinding<Specs['normalize']> = (g, { x, y }, { functions, memory }) => {
  const values = memory.reserve(256 * numberBytes);
  memory.floats(values, 256).set(normalizedBytes(g));
  return () => functions.normalize(x, values, y, g.pixels, g.batch * numberBytes);
};
