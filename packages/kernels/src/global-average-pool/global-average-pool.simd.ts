/** Global average pooling on vectors. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { globalAveragePoolSpecs } from './global-average-pool';

type Specs = typeof globalAveragePoolSpecs;

export const globalAveragePool: SimdBinding<Specs['globalAveragePool']> =
  (g, { x, y }, { functions }) =>
  () =>
    functions.globalAveragePool(x, y, g.pixels, g.channels * g.batch * numberBytes);

export const globalAveragePoolInputGrad: SimdBinding<Specs['globalAveragePoolInputGrad']> =
  (g, { dy, dx }, { functions }) =>
  () =>
    functions.globalAveragePoolInputGrad(dy, dx, g.pixels, g.channels * g.batch * numberBytes);
