/** Batch normalization on vectors. */
import { bindFunction } from '../contract/bind-function';
import { numberBytes, type SimdBinding } from '../contract/simd-binding';
import type { BatchNormGeometry, batchNormSpecs } from './batch-norm';

type Specs = typeof batchNormSpecs;

/** Two vectors for each channel. */
const scratchBytes = (g: BatchNormGeometry): number => g.channels * 32;

function shapeOf({ batch, pixels, channels }: BatchNormGeometry) {
  return { batchStride: batch * numberBytes, pixels, channels };
}

export const batchNormStatistics: SimdBinding<Specs['batchNormStatistics']> = (g, at, module) =>
  bindFunction(module, 'batchNormStatistics', {
    ...shapeOf(g),
    ...at,
    scratch: module.memory.reserve(scratchBytes(g)),
  });

export const batchNorm: SimdBinding<Specs['batchNorm']> = (g, at, module) =>
  bindFunction(module, 'batchNorm', { ...shapeOf(g), ...at });

export const batchNormGradientSums: SimdBinding<Specs['batchNormGradientSums']> = (g, at, module) =>
  bindFunction(module, 'batchNormGradientSums', {
    ...shapeOf(g),
    ...at,
    scratch: module.memory.reserve(scratchBytes(g)),
  });

export const batchNormEvaluationInputGrad: SimdBinding<Specs['batchNormEvaluationInputGrad']> = (g, at, module) =>
  bindFunction(module, 'batchNormEvaluationInputGrad', { ...shapeOf(g), ...at });

export const batchNormInputGrad: SimdBinding<Specs['batchNormInputGrad']> = (g, at, module) =>
  bindFunction(module, 'batchNormInputGrad', { ...shapeOf(g), ...at });
