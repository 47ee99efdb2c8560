/** The table of all kernels: what every set is held against. */
import { activationSpecs } from './activation/activation';
import { binaryCrossEntropySpecs } from './binary-cross-entropy/binary-cross-entropy';
import { conv2dSpecs } from './conv2d/conv2d';
import { denseSpecs } from './dense/dense';
import type { KernelSet } from './kernel';
import { meanSquaredErrorSpecs } from './mean-squared-error/mean-squared-error';
import { microBatchSumSpecs } from './micro-batch-sum/micro-batch-sum';
import { pool2dSpecs } from './pool2d/pool2d';
import { pooledConv2dSpecs } from './pooled-conv2d/pooled-conv2d';
import { reshapeSpecs } from './reshape/reshape';
import { softmaxSpecs } from './softmax/softmax';
import { softmaxCrossEntropySpecs } from './softmax-cross-entropy/softmax-cross-entropy';

/** Every kernel's spec, by name. */
export const kernelSpecs = {
  ...conv2dSpecs,
  ...pool2dSpecs,
  ...denseSpecs,
  ...activationSpecs,
  ...reshapeSpecs,
  ...softmaxSpecs,
  ...softmaxCrossEntropySpecs,
  ...binaryCrossEntropySpecs,
  ...meanSquaredErrorSpecs,
  ...microBatchSumSpecs,
  ...pooledConv2dSpecs,
};

export type KernelSpecs = typeof kernelSpecs;

/** The names of all kernels. */
export type KernelName = keyof KernelSpecs;

/** A set of kernels as layers ask for it. */
export type Kernels = KernelSet<KernelSpecs>;
