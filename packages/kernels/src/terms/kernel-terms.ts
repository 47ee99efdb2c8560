/** The terms of all kernels: for each array that a kernel writes, what any one entry of it is made of. */
import { activationTerms } from '../activation/activation.terms';
import { binaryCrossEntropyTerms } from '../binary-cross-entropy/binary-cross-entropy.terms';
import { conv2dTerms } from '../conv2d/conv2d.terms';
import { denseTerms } from '../dense/dense.terms';
import type { GeometryOf, KernelSpec } from '../kernel';
import type { KernelName, KernelSpecs } from '../kernel-specs';
import { meanSquaredErrorTerms } from '../mean-squared-error/mean-squared-error.terms';
import { microBatchSumTerms } from '../micro-batch-sum/micro-batch-sum.terms';
import { pool2dTerms } from '../pool2d/pool2d.terms';
import { pooledConv2dTerms } from '../pooled-conv2d/pooled-conv2d.terms';
import { reshapeTerms } from '../reshape/reshape.terms';
import { softmaxTerms } from '../softmax/softmax.terms';
import { softmaxCrossEntropyTerms } from '../softmax-cross-entropy/softmax-cross-entropy.terms';
import type { Arrays, Expression } from './expression';

/** For each array that a kernel writes: the expression of its entry at a place in memory. */
export type TermsOf<Spec> =
  Spec extends KernelSpec<never, string, infer Writes>
    ? { readonly [Name in Writes]: (geometry: GeometryOf<Spec>, index: number, arrays: Arrays) => Expression }
    : never;

const kernelTerms: { readonly [Name in KernelName]: TermsOf<KernelSpecs[Name]> } = {
  ...conv2dTerms,
  ...pool2dTerms,
  ...denseTerms,
  ...activationTerms,
  ...reshapeTerms,
  ...softmaxTerms,
  ...softmaxCrossEntropyTerms,
  ...binaryCrossEntropyTerms,
  ...meanSquaredErrorTerms,
  ...microBatchSumTerms,
  ...pooledConv2dTerms,
};

/**
 * What one entry that a kernel writes is made of.
 *
 * @param array one of the arrays that the kernel's spec writes
 * @param arrays the kernel's arrays as they were when it ran: which input a maximum chose depends on them
 * @example termsOf('dense', geometry, 'y', 0, arrays) // bias[0] + weight[0]·x[0] + weight[1]·x[1] + …
 */
export function termsOf(
  kernel: KernelName,
  geometry: unknown,
  array: string,
  index: number,
  arrays: Arrays,
): Expression {
  const terms = kernelTerms[kernel] as Readonly<
    Record<string, (geometry: unknown, index: number, arrays: Arrays) => Expression>
  >;
  if (!Object.hasOwn(terms, array)) {
    throw new Error(`terms: expected one of ${Object.keys(terms).join(', ')} of ${kernel}, got ${array}`);
  }
  return terms[array](geometry, index, arrays);
}
