/** The formulas of `batch-norm.ts`, channel by channel. */
import type { FloatArray } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { type BatchNormGeometry, batchNormSpecs } from './batch-norm';
import {
  batchNorm,
  batchNormEvaluationInputGrad,
  batchNormGradientSums,
  batchNormInputGrad,
  batchNormStatistics,
} from './batch-norm.simd';

export { batchNormSpecs as specs };

/** Calls `visit` for every entry of a channel with its index and its image. */
function eachOfChannel(g: BatchNormGeometry, c: number, visit: (index: number, n: number) => void): void {
  for (let i = 0; i < g.pixels; i++) {
    for (let n = 0; n < g.batch; n++) visit((i * g.channels + c) * g.batch + n, n);
  }
}

/** The sum over a channel of the entries of those images that the mask has. */
function sumOfChannel(g: BatchNormGeometry, c: number, imageMask: FloatArray, of: (index: number) => number): number {
  let sum = 0;
  eachOfChannel(g, c, (index, n) => {
    if (imageMask[n] !== 0) sum += of(index);
  });
  return sum;
}

export const reference: KernelsOf<typeof batchNormSpecs> = {
  batchNormStatistics(g, { x, imageMask, statistics }) {
    let count = 0;
    for (let n = 0; n < g.batch; n++) count += imageMask[n] === 0 ? 0 : g.pixels;
    for (let c = 0; c < g.channels; c++) {
      // A micro-batch without images has sums of zero.
      const mean = sumOfChannel(g, c, imageMask, (index) => x[index]) / Math.max(count, 1);
      statistics[c] = mean;
      statistics[g.channels + c] = sumOfChannel(g, c, imageMask, (index) => (x[index] - mean) * (x[index] - mean));
    }
    statistics[2 * g.channels] = count;
  },

  batchNorm(g, { x, mean, invStd, weight, bias, y }) {
    for (let c = 0; c < g.channels; c++) {
      eachOfChannel(g, c, (index) => {
        y[index] = (x[index] - mean[c]) * invStd[c] * weight[c] + bias[c];
      });
    }
  },

  batchNormGradientSums(g, { x, mean, invStd, dy, imageMask, dWeight, dBias }) {
    for (let c = 0; c < g.channels; c++) {
      dBias[c] = sumOfChannel(g, c, imageMask, (index) => dy[index]);
      dWeight[c] = sumOfChannel(g, c, imageMask, (index) => dy[index] * ((x[index] - mean[c]) * invStd[c]));
    }
  },

  batchNormEvaluationInputGrad(g, { invStd, weight, dy, dx }) {
    for (let c = 0; c < g.channels; c++) {
      eachOfChannel(g, c, (index) => {
        dx[index] = weight[c] * invStd[c] * dy[index];
      });
    }
  },

  batchNormInputGrad(g, { x, mean, invStd, weight, dy, meanDy, meanDyXhat, imageMask, dx }) {
    for (let c = 0; c < g.channels; c++) {
      eachOfChannel(g, c, (index, n) => {
        const normalized = (x[index] - mean[c]) * invStd[c];
        const through = dy[index] - meanDy[c] - normalized * meanDyXhat[c];
        dx[index] = imageMask[n] === 0 ? 0 : weight[c] * invStd[c] * through;
      });
    }
  },
};

export const simd: SimdBindingsOf<typeof batchNormSpecs> = {
  batchNormStatistics,
  batchNorm,
  batchNormGradientSums,
  batchNormEvaluationInputGrad,
  batchNormInputGrad,
};
