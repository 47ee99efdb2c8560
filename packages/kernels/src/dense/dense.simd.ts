/**
 * The dense layer on vectors. It is the convolution of an image of one pixel whose channels are the features, so its
 * output and its input gradient are the convolution's, on weights that need no packing.
 */
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { denseSpecs } from './dense';

type Specs = typeof denseSpecs;

export const dense: SimdBinding<Specs['dense']> = (g, at, { functions, memory }) => {
  const batchStride = g.batch * numberBytes;
  const row = g.inFeatures * numberBytes;
  const bias = g.bias ? at.bias : memory.reserve(g.outFeatures * numberBytes);
  return () =>
    functions.conv2d(
      ...([at.x, at.weight, bias, at.y, batchStride, 1, g.inFeatures, 1, 1, g.outFeatures, 1, 1, 1, 1] as const),
      ...([numberBytes, row, 2 * row] as const),
    );
};

export const denseInputGrad: SimdBinding<Specs['denseInputGrad']> = (g, at, { functions, memory }) => {
  const batchStride = g.batch * numberBytes;
  const row = g.inFeatures * numberBytes;
  // Rows of a page or more: see the kernel.
  if (row >= 4096) {
    const scratch = memory.reserve(g.outFeatures * 32 * numberBytes);
    return () => functions.denseInputGrad(at.dy, at.weight, at.dx, scratch, batchStride, g.inFeatures, g.outFeatures);
  }
  return () =>
    functions.conv2dInputGrad(
      ...([at.dy, at.weight, at.dx, batchStride, 1, 1, g.inFeatures, 1, 1, g.outFeatures, 1, 1, 1, 1, 0, 0] as const),
      ...([row, numberBytes, 0, 2 * numberBytes] as const),
    );
};

export const denseWeightGrad: SimdBinding<Specs['denseWeightGrad']> = (g, at, { functions, memory }) => {
  const batchStride = g.batch * numberBytes;
  // One line more than is needed: rows of a power of two would all fall into the same places of the cache.
  const row = (Math.ceil(g.inFeatures / 16) + 1) * 16 * numberBytes;
  const turned = memory.reserve(g.batch * row);
  const rest = memory.reserve(32 * numberBytes);
  return () => {
    functions.transpose(at.x, turned, batchStride, g.inFeatures, row);
    functions.denseWeightGrad(turned, at.dy, at.dWeight, batchStride, g.inFeatures, g.outFeatures, row, rest);
    if (g.bias) functions.biasGrad(at.dy, at.dBias, batchStride, 1, g.outFeatures, 0, batchStride);
  };
};
