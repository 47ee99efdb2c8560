/** The operation of `pooled-conv2d.ts` as its parts, one after the other. */
import { allocateFloats, dtypeOf, type FloatArray } from '@longhand/tensor';
import type { SimdBindingsOf } from '../contract/simd-binding';
import type { KernelsOf } from '../contract/spec';
import { reference as conv2dReference } from '../conv2d/operation';
import { reference as pool2dReference } from '../pool2d/operation';
import { convOf, type PooledConv2dGeometry, pooledConv2dSpecs, poolOf } from './pooled-conv2d';
import { pooledConv2d, pooledConv2dInputGrad, pooledConv2dWeightGrad } from './pooled-conv2d.simd';

export { pooledConv2dSpecs as specs };

/** The output gradients of the convolution, dz: mostly zeros. */
function convOutputGrad(g: PooledConv2dGeometry, z: FloatArray, y: FloatArray, dy: FloatArray): FloatArray {
  const dz = allocateFloats(dtypeOf(z), z.length);
  const unpool = g.rectified ? pool2dReference.reluMaxPool2dInputGrad : pool2dReference.maxPool2dInputGrad;
  unpool(poolOf(g), { x: z, y, dy, dx: dz });
  return dz;
}

export const reference: KernelsOf<typeof pooledConv2dSpecs> = {
  pooledConv2d(g, { x, weight, bias, z, y }) {
    conv2dReference.conv2d(convOf(g), { x, weight, bias, y: z });
    (g.rectified ? pool2dReference.reluMaxPool2d : pool2dReference.maxPool2d)(poolOf(g), { x: z, y });
  },

  pooledConv2dInputGrad: (g, { z, y, dy, weight, dx }) =>
    conv2dReference.conv2dInputGrad(convOf(g), { dy: convOutputGrad(g, z, y, dy), weight, dx }),

  pooledConv2dWeightGrad: (g, { x, z, y, dy, dWeight, dBias }) =>
    conv2dReference.conv2dWeightGrad(convOf(g), { x, dy: convOutputGrad(g, z, y, dy), dWeight, dBias }),
};

export const simd: SimdBindingsOf<typeof pooledConv2dSpecs> = {
  pooledConv2d,
  pooledConv2dInputGrad,
  pooledConv2dWeightGrad,
};
