/** The formulas of `dense-batch-grad.ts` in plain loops. */
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { denseBatchGradSpecs, denseTilesLength, tileInputs } from './dense-batch-grad';
import { denseBatchWeightGrad, denseBiasGrad, denseTiles } from './dense-batch-grad.simd';

export { denseBatchGradSpecs as specs };

export const reference: KernelsOf<typeof denseBatchGradSpecs> = {
  denseTiles({ images, inFeatures }, { x, xTiles }) {
    xTiles.fill(0);
    for (let i = 0; i < inFeatures; i++) {
      const tile = Math.floor(i / tileInputs) * images * tileInputs;
      for (let n = 0; n < images; n++) xTiles[tile + n * tileInputs + (i % tileInputs)] = x[i * images + n];
    }
  },

  denseBiasGrad({ images, outFeatures }, { dy, dBias }) {
    for (let o = 0; o < outFeatures; o++) {
      let sum = 0;
      for (let n = 0; n < images; n++) sum += dy[o * images + n];
      dBias[o] = sum;
    }
  },

  denseBatchWeightGrad(g, { xTiles, dy, before, dWeight }) {
    const { images, inFeatures, outFeatures, microBatches, from, to, continued } = g;
    const tiles = denseTilesLength(g);
    for (let o = from; o < to; o++) {
      for (let i = 0; i < inFeatures; i++) {
        const at = (o - from) * inFeatures + i;
        const tile = Math.floor(i / tileInputs) * images * tileInputs + (i % tileInputs);
        let sum = continued ? before[at] : 0;
        for (let m = 0; m < microBatches; m++) {
          for (let n = 0; n < images; n++) {
            sum += dy[(m * outFeatures + o) * images + n] * xTiles[m * tiles + tile + n * tileInputs];
          }
        }
        dWeight[at] = sum;
      }
    }
  },
};

export const simd: SimdBindingsOf<typeof denseBatchGradSpecs> = { denseTiles, denseBiasGrad, denseBatchWeightGrad };
