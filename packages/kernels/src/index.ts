export {
  type ActivationFunction,
  type ActivationGeometry,
  type ActivationName,
  activationFunctions,
  activationGeometry,
  sigmoid,
} from './activation/activation';
export { checkCounts } from './check-counts';
export { type Conv2dGeometry, type Conv2dSizes, conv2dGeometry, type Padding } from './conv2d/conv2d';
export { type DenseGeometry, denseGeometry } from './dense/dense';
export { type BuffersOf, checkBuffers, type GeometryOf, type Kernel, type KernelSet, type KernelSpec } from './kernel';
export { type KernelName, type KernelSpecs, type Kernels, kernelSpecs } from './kernel-specs';
export type { SquaredErrorGeometry } from './mean-squared-error/mean-squared-error';
export { type MicroBatchSumGeometry, microBatchSumGeometry } from './micro-batch-sum/micro-batch-sum';
export { type Pool2dGeometry, type Pool2dSizes, pool2dGeometry } from './pool2d/pool2d';
export { type PooledConv2dGeometry, pooledConv2dGeometry } from './pooled-conv2d/pooled-conv2d';
export { referenceKernels } from './reference';
export { type ImageShape, type ReshapeGeometry, reshapeGeometry } from './reshape/reshape';
export { imagesPerCacheLine } from './simd/simd-binding';
export {
  type Arithmetic,
  type SharedKernels,
  type SimdKernels,
  simdKernels,
  UnsupportedKernelsError,
} from './simd/simd-kernels';
export { type FeaturesGeometry, featuresGeometry } from './softmax/softmax';
export {
  type Arrays,
  constant,
  difference,
  type Entry,
  type Expression,
  entriesOf,
  entry,
  evaluateExpression,
  type FunctionName,
  mapParts,
  partsOf,
  product,
  sum,
} from './terms/expression';
export { termsOf } from './terms/kernel-terms';
