/** The operation of `pooled-conv2d.ts` as its parts, one after the other. */
import { allocateFloats, dtypeOf, type FloatArray } from '@longhand/tensor';
import { conv2d, conv2dInputGrad, conv2dWeightGrad } from '../conv2d/conv2d.reference';
import type { Kernel } from '../kernel';
import { reluMaxPool2d, reluMaxPool2dInputGrad } from '../pool2d/pool2d.reference';
import { convOf, type PooledConv2dGeometry, type pooledConv2dSpecs, poolOf } from './pooled-conv2d';

type Specs = typeof pooledConv2dSpecs;

export const pooledConv2d: Kernel<Specs['pooledConv2d']> = (g, { x, weight, bias, z, y }) => {
  conv2d(convOf(g), { x, weight, bias, y: z });
  reluMaxPool2d(poolOf(g), { x: z, y });
};

/** The errors at z: mostly zeros. */
function errorsOf(g: PooledConv2dGeometry, z: FloatArray, y: FloatArray, dy: FloatArray): FloatArray {
  const dz = allocateFloats(dtypeOf(z), z.length);
  reluMaxPool2dInputGrad(poolOf(g), { x: z, y, dy, dx: dz });
  return dz;
}

export const pooledConv2dInputGrad: Kernel<Specs['pooledConv2dInputGrad']> = (g, { z, y, dy, weight, dx }) =>
  conv2dInputGrad(convOf(g), { dy: errorsOf(g, z, y, dy), weight, dx });

export const pooledConv2dWeightGrad: Kernel<Specs['pooledConv2dWeightGrad']> = (g, { x, z, y, dy, dWeight, dBias }) =>
  conv2dWeightGrad(convOf(g), { x, dy: errorsOf(g, z, y, dy), dWeight, dBias });
