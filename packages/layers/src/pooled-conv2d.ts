/**
 * A convolution, ReLU and the maximum over windows as one layer, for passes that nobody looks into; the formulas are in
 * `@longhand/kernels`, `pooled-conv2d/pooled-conv2d.ts`.
 */
import { type PooledConv2dGeometry, pooledConv2dGeometry } from '@longhand/kernels';
import type { Shape } from '@longhand/tensor';
import { allocateOutput } from './arrays';
import { type Conv2dOptions, conv2d, geometryOfConv2d } from './conv2d';
import { type Layer, nothing } from './layer';
import { geometryOfPool2d, type Pool2dOptions } from './pool2d';

/** The layers that `conv` and `pool` make with ReLU between them; its parameters are the convolution's. */
export function pooledConv2d(conv: Conv2dOptions, pool: Pool2dOptions): Layer {
  const geometryOf = (where: string, input: Shape, batch: number): PooledConv2dGeometry => {
    const before = geometryOfConv2d(conv, where, input, batch);
    const between = [before.outHeight, before.outWidth, before.outChannels];
    return pooledConv2dGeometry(where, before, geometryOfPool2d(pool, where, between, batch));
  };
  return {
    ...conv2d(conv),
    outputShape(where, input) {
      const { pool: g } = geometryOf(where, input, 1);
      return [g.outHeight, g.outWidth, g.channels];
    },
    prepare(binding) {
      const { kernels, dtype, where, inputShape, capacity, x, dx, parameter, gradient } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { outHeight, outWidth, channels } = geometry.pool;
      const { y, dy } = allocateOutput(binding, [outHeight, outWidth, channels]);
      const { inHeight, inWidth } = geometry.pool;
      const z = kernels.allocate(dtype, inHeight * inWidth * channels * capacity);
      const weight = parameter('weight');
      return {
        y,
        dy,
        forward: kernels.prepare('pooledConv2d', geometry, { x, weight, bias: parameter('bias'), z, y }),
        parameterGradients: dy
          ? kernels.prepare('pooledConv2dWeightGrad', geometry, {
              ...{ x, z, y, dy },
              dWeight: gradient('weight'),
              dBias: gradient('bias'),
            })
          : nothing,
        inputGradient:
          dy && dx ? kernels.prepare('pooledConv2dInputGrad', geometry, { z, y, dy, weight, dx }) : nothing,
      };
    },
  };
}
