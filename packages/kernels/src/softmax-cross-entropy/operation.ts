/** The formulas of `softmax-cross-entropy.ts`, image by image. */
import { log } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { softmaxOfImage } from '../softmax/operation';
import { softmaxCrossEntropySpecs } from './softmax-cross-entropy';
import { softmaxCrossEntropy, softmaxCrossEntropyInputGrad } from './softmax-cross-entropy.simd';

export { softmaxCrossEntropySpecs as specs };

export const reference: KernelsOf<typeof softmaxCrossEntropySpecs> = {
  softmaxCrossEntropy(g, { x, target, y, loss }) {
    for (let n = 0; n < g.batch; n++) {
      const { largest, sum } = softmaxOfImage(g, x, y, n);
      const logSum = log(sum);
      let total = 0;
      for (let k = 0; k < g.features; k++) {
        total += target[k * g.batch + n] * (largest - x[k * g.batch + n] + logSum);
      }
      loss[n] = total;
    }
  },

  softmaxCrossEntropyInputGrad(g, { y, target, imageWeight, dx }) {
    for (let n = 0; n < g.batch; n++) {
      let mass = 0;
      for (let k = 0; k < g.features; k++) mass += target[k * g.batch + n];
      for (let k = 0; k < g.features; k++) {
        dx[k * g.batch + n] = imageWeight[n] * (y[k * g.batch + n] * mass - target[k * g.batch + n]);
      }
    }
  },
};

export const simd: SimdBindingsOf<typeof softmaxCrossEntropySpecs> = {
  softmaxCrossEntropy,
  softmaxCrossEntropyInputGrad,
};
