/**
 * The reference set: every kernel in plain loops, the specification that other sets are tested against.
 * It works in float64, and in float32 with sums carried in float64 and rounded when stored.
 */
import { allocateFloats, type FloatArray } from '@longhand/tensor';
import * as activation from './activation/activation.reference';
import * as binaryCrossEntropy from './binary-cross-entropy/binary-cross-entropy.reference';
import * as conv2d from './conv2d/conv2d.reference';
import * as dense from './dense/dense.reference';
import { checkBuffers, type Kernel, type KernelSpec } from './kernel';
import { type KernelSpecs, type Kernels, kernelSpecs } from './kernel-specs';
import * as meanSquaredError from './mean-squared-error/mean-squared-error.reference';
import { microBatchSum } from './micro-batch-sum/micro-batch-sum.reference';
import * as pool2d from './pool2d/pool2d.reference';
import * as pooledConv2d from './pooled-conv2d/pooled-conv2d.reference';
import * as reshape from './reshape/reshape.reference';
import { softmax, softmaxInputGrad } from './softmax/softmax.reference';
import * as softmaxCrossEntropy from './softmax-cross-entropy/softmax-cross-entropy.reference';

const functions: { readonly [Name in keyof KernelSpecs]: Kernel<KernelSpecs[Name]> } = {
  ...conv2d,
  ...pool2d,
  ...dense,
  ...activation,
  ...reshape,
  softmax,
  softmaxInputGrad,
  ...softmaxCrossEntropy,
  ...binaryCrossEntropy,
  ...meanSquaredError,
  microBatchSum,
  ...pooledConv2d,
};

/** The kernels in plain loops, for float32 and float64. */
export const referenceKernels: Kernels = {
  name: 'reference',
  dtypes: ['float32', 'float64'],
  allocate: (dtype, length) => allocateFloats(dtype, length),
  prepare(name, geometry, buffers) {
    if (!Object.hasOwn(functions, name)) throw new Error(`the kernel set 'reference' has no kernel '${name}'`);
    const spec = kernelSpecs[name] as unknown as KernelSpec<typeof geometry, string, string>;
    checkBuffers(name, spec, geometry, buffers as Readonly<Record<string, FloatArray>>);
    const kernel = functions[name] as unknown as (g: typeof geometry, b: typeof buffers) => void;
    return () => kernel(geometry, buffers);
  },
};
