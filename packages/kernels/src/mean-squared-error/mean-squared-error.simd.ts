/** Squared error on vectors. */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { meanSquaredErrorSpecs } from './mean-squared-error';

type Specs = typeof meanSquaredErrorSpecs;

export const meanSquaredError: SimdBinding<Specs['meanSquaredError']> =
  (g, { x, target, loss }, { functions }) =>
  () =>
    functions.meanSquaredError(x, target, loss, g.batch * numberBytes, g.features, g.factor);

export const meanSquaredErrorInputGrad: SimdBinding<Specs['meanSquaredErrorInputGrad']> =
  (g, { x, target, imageWeight, dx }, { functions }) =>
  () =>
    functions.meanSquaredErrorInputGrad(x, target, imageWeight, dx, g.batch * numberBytes, g.features, g.factor);
