/**
 * The reference set: every kernel in plain loops, the specification that other sets are tested against.
 * It works in float64, and in float32 with sums carried in float64 and rounded when stored.
 */
import { allocateFloats } from '@longhand/tensor';
import { checkBuffers } from './contract/spec';
import { type Kernels, kernelSpecs, referenceFunctions } from './operations';

const functions = /* @__PURE__ */ referenceFunctions();

/** The kernels in plain loops, for float32 and float64. */
export const referenceKernels: Kernels = {
  name: 'reference',
  dtypes: ['float32', 'float64'],
  allocate: (dtype, length) => allocateFloats(dtype, length),
  allocateBytes: (length) => new Uint8Array(length),
  // The garbage collector frees what nobody uses.
  region: () => ({ within: (work) => work(), release() {} }),
  prepare(name, geometry, buffers) {
    if (!Object.hasOwn(functions, name)) throw new Error(`the kernel set 'reference' has no kernel '${name}'`);
    checkBuffers(name, kernelSpecs[name], geometry, buffers);
    const kernel = functions[name];
    return () => kernel(geometry, buffers);
  },
};
