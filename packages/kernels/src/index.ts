export {
  type ActivatedMeanPool2dGeometry,
  activatedMeanPool2dGeometry,
} from './activated-mean-pool2d/activated-mean-pool2d';
export {
  type ActivationFunction,
  type ActivationGeometry,
  type ActivationName,
  type ActivationParameters,
  activationFunctions,
  activationGeometry,
  defaultNegativeSlope,
  isRising,
} from './activation/activation';
export { type AddGeometry, addGeometry } from './add/add';
export { type BatchNormGeometry, type BatchNormSizes, batchNormGeometry } from './batch-norm/batch-norm';
export { type BatchStatistics, mergeGradientSums, mergeStatistics } from './batch-norm/merge';
export type { KernelSet } from './contract/kernel-set';
export type { Region, Releasable } from './contract/region';
export { fewImages } from './contract/simd-binding';
export type {
  AnySpec,
  Arrays,
  BuffersOf,
  GeometryOf,
  KernelSpec,
  NumericArray,
} from './contract/spec';
export {
  call,
  constant,
  difference,
  type Entry,
  type Expression,
  entriesOf,
  entry,
  evaluateExpression,
  type FunctionName,
  mapEntries,
  mapParts,
  max,
  product,
  quotient,
  square,
  sum,
} from './contract/terms';
export {
  type Conv2dGeometry,
  type Conv2dSizes,
  conv2dGeometry,
  isGroupedOrDilated,
  type Padding,
} from './conv2d/conv2d';
export { type Crop2dGeometry, type Crop2dSizes, type CropBorder, crop2dGeometry } from './crop2d/crop2d';
export { type DenseGeometry, denseGeometry } from './dense/dense';
export {
  type DenseBatchGradGeometry,
  type DenseTilesGeometry,
  denseBatchGradGeometry,
  denseTilesGeometry,
  denseTilesLength,
} from './dense-batch-grad/dense-batch-grad';
export { type DropoutGeometry, dropoutGeometry } from './dropout/dropout';
export {
  type GlobalAveragePoolGeometry,
  type GlobalAveragePoolSizes,
  globalAveragePoolGeometry,
} from './global-average-pool/global-average-pool';
export {
  type ClippingGeometry,
  clippingGeometry,
  type NormsGeometry,
  normsGeometry,
} from './gradient-clipping/gradient-clipping';
export type { SquaredErrorGeometry } from './mean-squared-error/mean-squared-error';
export { type MicroBatchSumGeometry, microBatchSumGeometry } from './micro-batch-sum/micro-batch-sum';
export { type MovingAverageGeometry, movingAverageGeometry } from './moving-average/moving-average';
export {
  type ChannelNormalization,
  type NormalizeGeometry,
  normalizeGeometry,
} from './normalize/normalize';
export { type KernelName, type KernelSpecs, type Kernels, kernelSpecs } from './operations';
export {
  type PixelDenseBatchGradGeometry,
  type PixelDenseGeometry,
  type PixelValues,
  pixelDenseBatchGradGeometry,
  pixelDenseGeometry,
  pixelValues,
  takesNormalization,
} from './pixel-dense/pixel-dense';
export {
  isCovered as isCoveredPool2d,
  isPadded as isPaddedPool2d,
  type Pool2dGeometry,
  type Pool2dSizes,
  type PoolPadding,
  pool2dGeometry,
} from './pool2d/pool2d';
export { type PooledConv2dGeometry, pooledConv2dGeometry } from './pooled-conv2d/pooled-conv2d';
export { termsOf } from './proofs';
export { referenceKernels } from './reference-kernels';
export { type ImageShape, keepsMemoryOrder, type ReshapeGeometry, reshapeGeometry } from './reshape/reshape';
export { type ScopedKernels, scopedKernels } from './scoped-kernels';
export { largestMemory } from './simd/address-space';
export { multiplyAddCeiling } from './simd/multiply-add-ceiling';
export {
  type Arithmetic,
  expectWideVectors,
  type KernelsOrigin,
  type SharedKernels,
  type SimdKernels,
  simdKernels,
  UnsupportedKernelsError,
} from './simd/simd-kernels';
export { type FeaturesGeometry, featuresGeometry } from './softmax/softmax';
export { type UpdateGeometry, updateGeometry } from './update-rules/update-rules';
