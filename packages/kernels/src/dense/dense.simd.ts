/**
 * The dense layer on vectors. It is the convolution of an image of one pixel whose channels are the features, so its
 * output and its input gradient are the convolution's, on weights that need no packing.
 */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { denseSpecs } from './dense';

type Specs = typeof denseSpecs;

export const dense: SimdBinding<Specs['dense']> = (g, at, module) => {
  const row = g.inFeatures * numberBytes;
  return bindFunction(module, 'conv2d', {
    batchStride: g.batch * numberBytes,
    inWidth: 1,
    inChannels: g.inFeatures,
    outHeight: 1,
    outWidth: 1,
    outChannels: g.outFeatures,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    tapStride: numberBytes,
    pairStride: row,
    blockStride: 2 * row,
    x: at.x,
    weight: at.weight,
    bias: g.bias ? at.bias : module.memory.reserve(g.outFeatures * numberBytes),
    y: at.y,
  });
};

/** Columns of the weights that `denseInputGrad` packs at a time. */
const packedColumns = 32;

export const denseInputGrad: SimdBinding<Specs['denseInputGrad']> = (g, at, module) => {
  const batchStride = g.batch * numberBytes;
  const row = g.inFeatures * numberBytes;
  // Rows of a page or more: see the kernel.
  const packs = row >= 4096;
  const product = {
    batchStride,
    inHeight: 1,
    inWidth: 1,
    inChannels: g.inFeatures,
    outHeight: 1,
    outWidth: 1,
    outChannels: g.outFeatures,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    padTop: 0,
    padLeft: 0,
    tapStride: packs ? packedColumns * numberBytes : row,
    pairStride: numberBytes,
    rowStride: 0,
    blockStride: 2 * numberBytes,
  };
  const { dy, weight, dx } = at;
  if (!packs) return bindFunction(module, 'conv2dInputGrad', { ...product, dy, weight, dx });
  return bindFunction(module, 'denseInputGrad', {
    dy,
    weight,
    dx,
    scratch: module.memory.reserve(g.outFeatures * packedColumns * numberBytes),
    batchStride,
    inFeatures: g.inFeatures,
    outFeatures: g.outFeatures,
    product,
  });
};

export const denseWeightGrad: SimdBinding<Specs['denseWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const { batch, inFeatures, outFeatures } = g;
  const batchStride = batch * numberBytes;
  // 4 KiB aliasing: rows of a power of two would map to the same sets of the cache, so they are a cache line longer.
  const row = (Math.ceil(inFeatures / 16) + 1) * 16 * numberBytes;
  const transposed = memory.reserve(batch * row);
  const sumWeights = bindFunction(module, 'denseWeightGrad', {
    x: transposed,
    xRow: row,
    dy: at.dy,
    dWeight: at.dWeight,
    batchStride,
    inFeatures,
    outFeatures,
    scratch: memory.reserve(32 * numberBytes),
  });
  const sumBias = g.bias
    ? bindFunction(module, 'biasGrad', {
        dy: at.dy,
        dBias: at.dBias,
        batchStride,
        pixels: 1,
        channels: outFeatures,
        pixelStride: 0,
        channelStride: batchStride,
      })
    : undefined;
  return () => {
    functions.transpose(at.x, transposed, batchStride, inFeatures, row);
    sumWeights();
    sumBias?.();
  };
};
