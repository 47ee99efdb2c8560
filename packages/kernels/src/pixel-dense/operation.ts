/** The formulas of `pixel-dense.ts` in plain loops. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { pixelDenseSpecs, pixelValues } from './pixel-dense';
import { pixelDense, pixelDenseBatchWeightGrad, pixelDenseWeightGrad } from './pixel-dense.simd';

export { pixelDenseSpecs as specs };

export const reference: KernelsOf<typeof pixelDenseSpecs> = {
  pixelDense({ batch, pixels, outFeatures, normalization, ...g }, { x, weight, bias, y }) {
    const { background, atBackground, scale } = pixelValues(normalization);
    for (let o = 0; o < outFeatures; o++) {
      let weights = 0;
      for (let i = 0; i < pixels; i++) weights += weight[o * pixels + i];
      for (let n = 0; n < batch; n++) {
        let sum = (g.bias ? bias[o] : 0) + atBackground * weights;
        for (let i = 0; i < pixels; i++) sum += weight[o * pixels + i] * (x[n * pixels + i] - background) * scale;
        y[o * batch + n] = sum;
      }
    }
  },

  pixelDenseWeightGrad({ batch, pixels, outFeatures, normalization, bias }, { x, dy, dWeight, dBias }) {
    const { background, atBackground, scale } = pixelValues(normalization);
    for (let o = 0; o < outFeatures; o++) {
      let gradients = 0;
      for (let n = 0; n < batch; n++) gradients += dy[o * batch + n];
      for (let i = 0; i < pixels; i++) {
        let sum = atBackground * gradients;
        for (let n = 0; n < batch; n++) sum += dy[o * batch + n] * (x[n * pixels + i] - background) * scale;
        dWeight[o * pixels + i] = sum;
      }
      if (bias) dBias[o] = gradients;
    }
  },

  pixelDenseBatchWeightGrad(g, { x, dy, before, dWeight }) {
    const { images, microBatches, pixels, outFeatures, from, to, continued } = g;
    const { background, atBackground, scale } = pixelValues(g.normalization);
    for (let o = from; o < to; o++) {
      let gradients = 0;
      for (let m = 0; m < microBatches; m++) {
        for (let n = 0; n < images; n++) gradients += dy[(m * outFeatures + o) * images + n];
      }
      for (let i = 0; i < pixels; i++) {
        const at = (o - from) * pixels + i;
        let sum = atBackground * gradients;
        for (let m = 0; m < microBatches; m++) {
          for (let n = 0; n < images; n++) {
            const byte = x[(m * images + n) * pixels + i];
            sum += dy[(m * outFeatures + o) * images + n] * (byte - background) * scale;
          }
        }
        dWeight[at] = continued ? before[at] + sum : sum;
      }
    }
  },
};

export const simd: SimdBindingsOf<typeof pixelDenseSpecs> = {
  pixelDense,
  pixelDenseWeightGrad,
  pixelDenseBatchWeightGrad,
};
