/** The dense formulas of `dense.ts`, one loop per index. */
import type { Kernel } from '../kernel';
import type { denseSpecs } from './dense';

type Specs = typeof denseSpecs;

export const dense: Kernel<Specs['dense']> = (g, { x, weight, bias, y }) => {
  for (let o = 0; o < g.outFeatures; o++) {
    for (let n = 0; n < g.batch; n++) {
      let sum = g.bias ? bias[o] : 0;
      for (let i = 0; i < g.inFeatures; i++) sum += weight[o * g.inFeatures + i] * x[i * g.batch + n];
      y[o * g.batch + n] = sum;
    }
  }
};

export const denseInputGrad: Kernel<Specs['denseInputGrad']> = (g, { dy, weight, dx }) => {
  for (let i = 0; i < g.inFeatures; i++) {
    for (let n = 0; n < g.batch; n++) {
      let sum = 0;
      for (let o = 0; o < g.outFeatures; o++) sum += weight[o * g.inFeatures + i] * dy[o * g.batch + n];
      dx[i * g.batch + n] = sum;
    }
  }
};

export const denseWeightGrad: Kernel<Specs['denseWeightGrad']> = (g, { x, dy, dWeight, dBias }) => {
  for (let o = 0; o < g.outFeatures; o++) {
    for (let i = 0; i < g.inFeatures; i++) {
      let sum = 0;
      for (let n = 0; n < g.batch; n++) sum += dy[o * g.batch + n] * x[i * g.batch + n];
      dWeight[o * g.inFeatures + i] = sum;
    }
    if (!g.bias) continue;
    let sum = 0;
    for (let n = 0; n < g.batch; n++) sum += dy[o * g.batch + n];
    dBias[o] = sum;
  }
};
