/**
 * Layer fusion: neighboring layers that one kernel can do at once, with less work: a convolution, ReLU and a maximum, or
 * ReLU and a maximum alone. A convolution with groups or dilation or before a padded maximum stays by itself, and so does every
 * layer of the user's own. Results are the same up to rounding. The formulas of the three in one are in `@longhand/kernels`,
 * `pooled-conv2d/pooled-conv2d.ts`.
 */
import { isGroupedOrDilated, isPaddedPool2d, type PooledConv2dGeometry, pooledConv2dGeometry } from '@longhand/kernels';
import { isBuiltIn, type Named } from '@longhand/schema';
import type { Shape } from '@longhand/tensor';
import { activationKind } from './activations';
import { type Conv2dOptions, conv2d, conv2dKind, geometryOfConv2d } from './conv2d';
import { allocateOutput, type Layer, type NamedLayer, nothing } from './layer';
import { geometryOfPool2d, type Pool2dOptions, pool2dKind, reluMaxPool2d } from './pool2d';

/** The layers with fused ones under the name of the convolution, whose parameters they keep, or else of the maximum. */
export function fuseLayers(layers: readonly NamedLayer[]): NamedLayer[] {
  const fused: NamedLayer[] = [];
  for (const given of layers) {
    const named = given.layer.fused === undefined ? given : { ...given, layer: given.layer.fused() };
    const [before, relu] = [fused.at(-2), fused.at(-1)];
    const pooling = isBuiltIn(named.layer) ? pool2dKind.match(named.layer.description) : undefined;
    if (relu === undefined || !isRelu(relu) || pooling?.pooling !== 'max') {
      fused.push(named);
      continue;
    }
    fused.pop();
    const convolution = before && isBuiltIn(before.layer) ? conv2dKind.match(before.layer.description) : undefined;
    const isPlain =
      before !== undefined &&
      convolution !== undefined &&
      !isGroupedOrDilated(geometryOfConv2d(convolution, before.name, before.inputShape, 1)) &&
      !isPaddedPool2d(geometryOfPool2d(pooling, named.name, named.inputShape, 1));
    if (isPlain) {
      fused.pop();
      fused.push({ ...before, layer: pooledConv2d(convolution, pooling), outputShape: named.outputShape });
    } else {
      fused.push({ ...named, layer: reluMaxPool2d(pooling), inputShape: relu.inputShape });
    }
  }
  return fused;
}

function isRelu({ layer }: NamedLayer): boolean {
  return isBuiltIn(layer) && activationKind.match(layer.description)?.activation === 'relu';
}

/** A convolution, ReLU and the maximum over windows as one layer, with the parameters of the convolution. */
function pooledConv2d({ kind: _, ...conv }: Named<'conv2d', Conv2dOptions>, pool: Pool2dOptions): Layer {
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
              x,
              z,
              y,
              dy,
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
