/**
 * The registry of production: every operation with the specs of its kernels, their plain loops and their SIMD bindings.
 * A new operation has one line in each of the three tables; the compiler says which one is missing.
 *
 * Tables of implementations are functions, so that a bundler leaves out what a page does not use: the plain loops
 * where SIMD kernels compute, the SIMD bindings where plain loops do.
 */
import * as activatedMeanPool2d from './activated-mean-pool2d/operation';
import * as activation from './activation/operation';
import * as add from './add/operation';
import * as batchNorm from './batch-norm/operation';
import * as binaryCrossEntropy from './binary-cross-entropy/operation';
import type { KernelSet } from './contract/kernel-set';
import type { SimdBindingsOf } from './contract/simd-binding';
import type { KernelsOf } from './contract/spec';
import * as conv2d from './conv2d/operation';
import * as crop2d from './crop2d/operation';
import * as dense from './dense/operation';
import * as denseBatchGrad from './dense-batch-grad/operation';
import * as dropout from './dropout/operation';
import * as globalAveragePool from './global-average-pool/operation';
import * as gradientClipping from './gradient-clipping/operation';
import * as meanSquaredError from './mean-squared-error/operation';
import * as microBatchSum from './micro-batch-sum/operation';
import * as movingAverage from './moving-average/operation';
import * as normalize from './normalize/operation';
import * as pixelDense from './pixel-dense/operation';
import * as pool2d from './pool2d/operation';
import * as pooledConv2d from './pooled-conv2d/operation';
import * as reshape from './reshape/operation';
import * as softmax from './softmax/operation';
import * as softmaxCrossEntropy from './softmax-cross-entropy/operation';
import * as updateRules from './update-rules/operation';

/** Every kernel's spec, by name: what every kernel set is checked against. */
export const kernelSpecs = {
  ...activatedMeanPool2d.specs,
  ...activation.specs,
  ...add.specs,
  ...batchNorm.specs,
  ...binaryCrossEntropy.specs,
  ...conv2d.specs,
  ...crop2d.specs,
  ...dense.specs,
  ...denseBatchGrad.specs,
  ...dropout.specs,
  ...globalAveragePool.specs,
  ...gradientClipping.specs,
  ...meanSquaredError.specs,
  ...microBatchSum.specs,
  ...movingAverage.specs,
  ...normalize.specs,
  ...pixelDense.specs,
  ...pool2d.specs,
  ...pooledConv2d.specs,
  ...reshape.specs,
  ...softmax.specs,
  ...softmaxCrossEntropy.specs,
  ...updateRules.specs,
};

/** The type of {@link kernelSpecs}: the spec of each kernel, by name. */
export type KernelSpecs = typeof kernelSpecs;

/** The names of all kernels. */
export type KernelName = keyof KernelSpecs;

/** A set of kernels as layers use it. */
export type Kernels = KernelSet<KernelSpecs>;

/** Every kernel in plain loops. */
export const referenceFunctions = (): KernelsOf<KernelSpecs> => ({
  ...activatedMeanPool2d.reference,
  ...activation.reference,
  ...add.reference,
  ...batchNorm.reference,
  ...binaryCrossEntropy.reference,
  ...conv2d.reference,
  ...crop2d.reference,
  ...dense.reference,
  ...denseBatchGrad.reference,
  ...dropout.reference,
  ...globalAveragePool.reference,
  ...gradientClipping.reference,
  ...meanSquaredError.reference,
  ...microBatchSum.reference,
  ...movingAverage.reference,
  ...normalize.reference,
  ...pixelDense.reference,
  ...pool2d.reference,
  ...pooledConv2d.reference,
  ...reshape.reference,
  ...softmax.reference,
  ...softmaxCrossEntropy.reference,
  ...updateRules.reference,
});

/** Every kernel's binding to the compiled functions. */
export const simdBindings = (): SimdBindingsOf<KernelSpecs> => ({
  ...activatedMeanPool2d.simd,
  ...activation.simd,
  ...add.simd,
  ...batchNorm.simd,
  ...binaryCrossEntropy.simd,
  ...conv2d.simd,
  ...crop2d.simd,
  ...dense.simd,
  ...denseBatchGrad.simd,
  ...dropout.simd,
  ...globalAveragePool.simd,
  ...gradientClipping.simd,
  ...meanSquaredError.simd,
  ...microBatchSum.simd,
  ...movingAverage.simd,
  ...normalize.simd,
  ...pixelDense.simd,
  ...pool2d.simd,
  ...pooledConv2d.simd,
  ...reshape.simd,
  ...softmax.simd,
  ...softmaxCrossEntropy.simd,
  ...updateRules.simd,
});
