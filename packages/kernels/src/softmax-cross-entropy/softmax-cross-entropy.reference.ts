/** The formulas of `softmax-cross-entropy.ts`, image by image. */
import { log } from '@longhand/tensor';
import type { Kernel } from '../kernel';
import { softmaxOfImage } from '../softmax/softmax.reference';
import type { softmaxCrossEntropySpecs } from './softmax-cross-entropy';

type Specs = typeof softmaxCrossEntropySpecs;

export const softmaxCrossEntropy: Kernel<Specs['softmaxCrossEntropy']> = (g, { x, target, y, loss }) => {
  for (let n = 0; n < g.batch; n++) {
    const { largest, sum } = softmaxOfImage(g, x, y, n);
    const logSum = log(sum);
    let total = 0;
    for (let k = 0; k < g.features; k++) {
      total += target[k * g.batch + n] * (largest - x[k * g.batch + n] + logSum);
    }
    loss[n] = total;
  }
};

export const softmaxCrossEntropyInputGrad: Kernel<Specs['softmaxCrossEntropyInputGrad']> = (
  g,
  { y, target, imageWeight, dx },
) => {
  for (let n = 0; n < g.batch; n++) {
    let mass = 0;
    for (let k = 0; k < g.features; k++) mass += target[k * g.batch + n];
    for (let k = 0; k < g.features; k++) {
      dx[k * g.batch + n] = imageWeight[n] * (y[k * g.batch + n] * mass - target[k * g.batch + n]);
    }
  }
};
