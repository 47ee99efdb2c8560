/** The softmax formulas of `softmax.ts`, image by image. */
import { exp, type FloatArray } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { type FeaturesGeometry, softmaxSpecs } from './softmax';
import { softmax, softmaxInputGrad } from './softmax.simd';

export { softmaxSpecs as specs };

/**
 * Writes the softmax of image `n` to `y`.
 *
 * @returns the largest x[k, n] and Σ_j e^(x[j, n] − largest), what cross-entropy needs besides
 */
export function softmaxOfImage(
  g: FeaturesGeometry,
  x: FloatArray,
  y: FloatArray,
  n: number,
): { largest: number; sum: number } {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < g.features; k++) largest = Math.max(largest, x[k * g.batch + n]);
  let sum = 0;
  for (let k = 0; k < g.features; k++) sum += exp(x[k * g.batch + n] - largest);
  for (let k = 0; k < g.features; k++) y[k * g.batch + n] = exp(x[k * g.batch + n] - largest) / sum;
  return { largest, sum };
}

export const reference: KernelsOf<typeof softmaxSpecs> = {
  softmax(g, { x, y }) {
    for (let n = 0; n < g.batch; n++) softmaxOfImage(g, x, y, n);
  },

  softmaxInputGrad(g, { y, dy, dx }) {
    for (let n = 0; n < g.batch; n++) {
      let mean = 0;
      for (let k = 0; k < g.features; k++) mean += dy[k * g.batch + n] * y[k * g.batch + n];
      for (let k = 0; k < g.features; k++) dx[k * g.batch + n] = y[k * g.batch + n] * (dy[k * g.batch + n] - mean);
    }
  },
};

export const simd: SimdBindingsOf<typeof softmaxSpecs> = { softmax, softmaxInputGrad };
