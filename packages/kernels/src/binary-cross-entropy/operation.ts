/** The formulas of `binary-cross-entropy.ts`, image by image. */
import { exp, log, log1p, sigmoid } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { binaryCrossEntropySpecs } from './binary-cross-entropy';
import {
  binaryCrossEntropy,
  binaryCrossEntropyInputGrad,
  sigmoidBinaryCrossEntropy,
  sigmoidBinaryCrossEntropyInputGrad,
} from './binary-cross-entropy.simd';

export { binaryCrossEntropySpecs as specs };

const leastLog = -100;
const leastDenominator = 1e-12;

export const reference: KernelsOf<typeof binaryCrossEntropySpecs> = {
  binaryCrossEntropy(g, { x, target, loss }) {
    for (let n = 0; n < g.batch; n++) {
      let sum = 0;
      for (let at = n; at < x.length; at += g.batch) {
        sum -= target[at] * Math.max(log(x[at]), leastLog) + (1 - target[at]) * Math.max(log1p(-x[at]), leastLog);
      }
      loss[n] = sum / g.features;
    }
  },

  binaryCrossEntropyInputGrad(g, { x, target, imageWeight, dx }) {
    for (let n = 0; n < g.batch; n++) {
      for (let at = n; at < x.length; at += g.batch) {
        const denominator = Math.max(x[at] * (1 - x[at]), leastDenominator);
        dx[at] = (imageWeight[n] * (x[at] - target[at])) / denominator / g.features;
      }
    }
  },

  sigmoidBinaryCrossEntropy(g, { x, target, y, loss }) {
    for (let n = 0; n < g.batch; n++) {
      let sum = 0;
      for (let at = n; at < x.length; at += g.batch) {
        sum += Math.max(x[at], 0) - x[at] * target[at] + log1p(exp(-Math.abs(x[at])));
        y[at] = sigmoid(x[at]);
      }
      loss[n] = sum / g.features;
    }
  },

  sigmoidBinaryCrossEntropyInputGrad(g, { y, target, imageWeight, dx }) {
    for (let n = 0; n < g.batch; n++) {
      for (let at = n; at < y.length; at += g.batch) dx[at] = (imageWeight[n] * (y[at] - target[at])) / g.features;
    }
  },
};

export const simd: SimdBindingsOf<typeof binaryCrossEntropySpecs> = {
  binaryCrossEntropy,
  binaryCrossEntropyInputGrad,
  sigmoidBinaryCrossEntropy,
  sigmoidBinaryCrossEntropyInputGrad,
};
