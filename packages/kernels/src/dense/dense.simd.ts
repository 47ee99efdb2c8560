/**
 * The dense layer on vectors. It is the convolution of an image of one pixel whose channels are the features, so its
 * output is the convolution's, on weights that need no packing. Eight images have functions of their own.
 */
import { bindFunction } from '../contract/bind-function';
import { fewImages, numberBytes, oddCacheLines, type SimdBinding } from '../contract/simd-binding';
import type { denseSpecs } from './dense';

type Specs = typeof denseSpecs;

export const dense: SimdBinding<Specs['dense']> = (g, at, module) => {
  const row = g.inFeatures * numberBytes;
  const bias = g.bias ? at.bias : module.memory.reserve(g.outFeatures * numberBytes);
  if (g.batch === fewImages) {
    return () => module.functions.denseOfEight(at.x, at.weight, bias, at.y, g.inFeatures, g.outFeatures);
  }
  return bindFunction(module, 'conv2d', {
    batchStride: g.batch * numberBytes,
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
    tapStride: numberBytes,
    pairStride: row,
    blockStride: 2 * row,
    x: at.x,
    weight: at.weight,
    bias,
    y: at.y,
  });
};

export const denseInputGrad: SimdBinding<Specs['denseInputGrad']> = (g, { dy, weight, dx }, module) => {
  const { inFeatures, outFeatures } = g;
  const row = inFeatures * numberBytes;
  const sizes = { dy, weight, dx, batchStride: g.batch * numberBytes, inFeatures, outFeatures };
  // 4 KiB aliasing: rows of a multiple of half of that map to one or two sets of the cache, so a block of them is packed.
  if (row % 2048 !== 0 || outFeatures <= mostAliases) {
    const blockRows = row * outFeatures > largeWeights ? 16 : 256;
    return bindFunction(module, 'denseInputGrad', {
      ...sizes,
      blockRows,
      blockColumns: inFeatures,
      packed: 0,
      packedRow: 0,
    });
  }
  const [blockRows, blockColumns] = [64, 128];
  const packedRow = oddCacheLines(blockColumns * numberBytes);
  const packed = module.memory.reserve(blockRows * packedRow);
  return bindFunction(module, 'denseInputGrad', { ...sizes, blockRows, blockColumns, packed, packedRow });
};

/** Rows at the same distance from a page's beginning that the first cache has room for. */
const mostAliases = 4;

/** Bytes of weights that come from beyond the second cache: fewer rows at a time are foreseen better. */
const largeWeights = 1 << 20;

/** As many outputs as take less time without x transposed; measured. */
const fewOutputs = 3;

export const denseWeightGrad: SimdBinding<Specs['denseWeightGrad']> = (g, at, module) => {
  const { functions, memory } = module;
  const { batch, inFeatures, outFeatures } = g;
  const batchStride = batch * numberBytes;
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
  if (outFeatures <= fewOutputs) {
    return () => {
      functions.denseWeightGradFew(at.x, at.dy, at.dWeight, batchStride, inFeatures, outFeatures);
      sumBias?.();
    };
  }
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
  return () => {
    functions.transpose(at.x, transposed, batchStride, inFeatures, row);
    sumWeights();
    sumBias?.();
  };
};
