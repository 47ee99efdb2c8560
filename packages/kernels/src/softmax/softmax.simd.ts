/** Softmax on vectors. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { softmaxSpecs } from './softmax';

type Specs = typeof softmaxSpecs;

export const softmax: SimdBinding<Specs['softmax']> =
  (g, { x, y }, { functions }) =>
  () =>
    functions.softmax(x, y, g.batch * numberBytes, g.features);

export const softmaxInputGrad: SimdBinding<Specs['softmaxInputGrad']> =
  (g, { y, dy, dx }, { functions }) =>
  () =>
    functions.softmaxInputGrad(y, dy, dx, g.batch * numberBytes, g.features);
