/** The formulas of `mean-squared-error.ts`, image by image. */
import type { Kernel } from '../kernel';
import type { meanSquaredErrorSpecs } from './mean-squared-error';

type Specs = typeof meanSquaredErrorSpecs;

export const meanSquaredError: Kernel<Specs['meanSquaredError']> = (g, { x, target, loss }) => {
  for (let n = 0; n < g.batch; n++) {
    let sum = 0;
    for (let at = n; at < x.length; at += g.batch) sum += (x[at] - target[at]) * (x[at] - target[at]);
    loss[n] = g.factor * sum;
  }
};

export const meanSquaredErrorInputGrad: Kernel<Specs['meanSquaredErrorInputGrad']> = (
  g,
  { x, target, imageWeight, dx },
) => {
  for (let n = 0; n < g.batch; n++) {
    for (let at = n; at < x.length; at += g.batch) dx[at] = imageWeight[n] * 2 * g.factor * (x[at] - target[at]);
  }
};
