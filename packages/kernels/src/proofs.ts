/**
 * The registry of proofs: for every operation what any one entry of its results is made of (terms), and the
 * geometries that it is tested at (cases). Nothing that trains or classifies imports it.
 */
import * as activatedMeanPool2d from './activated-mean-pool2d/proofs';
import * as activation from './activation/proofs';
import * as add from './add/proofs';
import * as batchNorm from './batch-norm/proofs';
import * as binaryCrossEntropy from './binary-cross-entropy/proofs';
import type { OperationCases } from './contract/cases';
import type { Arrays } from './contract/spec';
import type { Expression, KernelTerms } from './contract/terms';
import * as conv2d from './conv2d/proofs';
import * as crop2d from './crop2d/proofs';
import * as dense from './dense/proofs';
import * as denseBatchGrad from './dense-batch-grad/proofs';
import * as dropout from './dropout/proofs';
import * as globalAveragePool from './global-average-pool/proofs';
import * as gradientClipping from './gradient-clipping/proofs';
import * as meanSquaredError from './mean-squared-error/proofs';
import * as microBatchSum from './micro-batch-sum/proofs';
import * as movingAverage from './moving-average/proofs';
import * as normalize from './normalize/proofs';
import type { KernelName, KernelSpecs } from './operations';
import * as pixelDense from './pixel-dense/proofs';
import * as pool2d from './pool2d/proofs';
import * as pooledConv2d from './pooled-conv2d/proofs';
import * as reshape from './reshape/proofs';
import * as softmax from './softmax/proofs';
import * as softmaxCrossEntropy from './softmax-cross-entropy/proofs';
import * as updateRules from './update-rules/proofs';

const kernelTerms = (): KernelTerms<KernelSpecs> => ({
  ...activatedMeanPool2d.terms,
  ...activation.terms,
  ...add.terms,
  ...batchNorm.terms,
  ...binaryCrossEntropy.terms,
  ...conv2d.terms,
  ...crop2d.terms,
  ...dense.terms,
  ...denseBatchGrad.terms,
  ...dropout.terms,
  ...globalAveragePool.terms,
  ...gradientClipping.terms,
  ...meanSquaredError.terms,
  ...microBatchSum.terms,
  ...movingAverage.terms,
  ...normalize.terms,
  ...pixelDense.terms,
  ...pool2d.terms,
  ...pooledConv2d.terms,
  ...reshape.terms,
  ...softmax.terms,
  ...softmaxCrossEntropy.terms,
  ...updateRules.terms,
});

/** Every operation with its cases. */
export const allCases = (): readonly OperationCases<KernelSpecs>[] => [
  ...activatedMeanPool2d.cases(),
  ...activation.cases(),
  ...add.cases(),
  ...batchNorm.cases(),
  ...binaryCrossEntropy.cases(),
  ...conv2d.cases(),
  ...crop2d.cases(),
  ...dense.cases(),
  ...denseBatchGrad.cases(),
  ...dropout.cases(),
  ...globalAveragePool.cases(),
  ...gradientClipping.cases(),
  ...meanSquaredError.cases(),
  ...microBatchSum.cases(),
  ...movingAverage.cases(),
  ...normalize.cases(),
  ...pixelDense.cases(),
  ...pool2d.cases(),
  ...pooledConv2d.cases(),
  ...reshape.cases(),
  ...softmax.cases(),
  ...softmaxCrossEntropy.cases(),
  ...updateRules.cases(),
];

let terms: KernelTerms<KernelSpecs> | undefined;

/**
 * What one entry that a kernel writes is made of.
 *
 * @param array one of the arrays that the kernel's spec writes
 * @param arrays the kernel's arrays as they were when it ran: which input a maximum chose depends on them
 * @example
 * const geometry = denseGeometry('fc', { batch: 1, inFeatures: 2, outFeatures: 1, bias: true });
 * entriesOf(termsOf('dense', geometry, 'y', 0, {})).length; // 5 (bias[0] + weight[0]·x[0] + weight[1]·x[1])
 */
export function termsOf(
  kernel: KernelName,
  geometry: unknown,
  array: string,
  index: number,
  arrays: Arrays,
): Expression {
  terms ??= kernelTerms();
  // Which geometry belongs to a kernel chosen at run time only its caller knows, as with `AnySpec`.
  const ofKernel = terms[kernel] as Readonly<
    Record<string, (geometry: unknown, index: number, arrays: Arrays) => Expression>
  >;
  if (!Object.hasOwn(ofKernel, array)) {
    throw new Error(`terms: expected one of ${Object.keys(ofKernel).join(', ')} of ${kernel}, got ${array}`);
  }
  return ofKernel[array](geometry, index, arrays);
}
