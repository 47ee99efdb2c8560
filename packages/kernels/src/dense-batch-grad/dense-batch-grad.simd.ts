/** The gradient of dense weights over a whole batch, on vectors. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import { type denseBatchGradSpecs, denseTilesLength } from './dense-batch-grad';

type Specs = typeof denseBatchGradSpecs;

export const denseTiles: SimdBinding<Specs['denseTiles']> =
  ({ images, inFeatures }, { x, xTiles }, { functions }) =>
  () =>
    functions.denseTiles(x, xTiles, images, inFeatures);

export const denseBiasGrad: SimdBinding<Specs['denseBiasGrad']> =
  ({ images, outFeatures }, { dy, dBias }, { functions }) =>
  () =>
    functions.denseBiasGrad(dy, dBias, images, outFeatures);

export const denseBatchWeightGrad: SimdBinding<Specs['denseBatchWeightGrad']> = (g, at, module) =>
  bindFunction(module, 'denseBatchWeightGrad', {
    xTiles: at.xTiles,
    xMicroBatch: denseTilesLength(g) * numberBytes,
    dy: at.dy + g.from * g.images * numberBytes,
    dyMicroBatch: g.outFeatures * g.images * numberBytes,
    before: g.continued ? at.before : 0,
    dWeight: at.dWeight,
    images: g.images,
    microBatches: g.microBatches,
    inFeatures: g.inFeatures,
    rows: g.to - g.from,
    scratch: module.memory.reserve(2 * 16 * numberBytes),
  });
