/** Squared error on vectors. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { meanSquaredErrorSpecs } from './mean-squared-error';

type Specs = typeof meanSquaredErrorSpecs;

export const meanSquaredError: SimdBinding<Specs['meanSquaredError']> = (g, { x, target, loss }, module) => {
  const { features, factor } = g;
  return bindFunction(module, 'meanSquaredError', {
    x,
    target,
    loss,
    batchStride: g.batch * numberBytes,
    features,
    factor,
  });
};

export const meanSquaredErrorInputGrad: SimdBinding<Specs['meanSquaredErrorInputGrad']> = (g, at, module) => {
  const { x, target, imageWeight, dx } = at;
  const { features, factor } = g;
  return bindFunction(module, 'meanSquaredErrorInputGrad', {
    x,
    target,
    imageWeight,
    dx,
    batchStride: g.batch * numberBytes,
    features,
    factor,
  });
};
