/**
 * Layer fusion: neighboring layers that take less work together. Results are the same up to rounding.
 *
 * - A convolution and a maximum are one kernel, with ReLU between them or without (`pooled-conv2d/pooled-conv2d.ts` in
 *   `@longhand/kernels`), and so are ReLU and a maximum alone.
 * - A maximum of another rising function, such as sigmoid, is the function of the maximum: the layers change places, and the function
 *   is computed once for each window.
 * - An activation and a mean over windows that fill the image are one kernel (`activated-mean-pool2d/activated-mean-pool2d.ts`).
 * - A rising function overwrites its input where the layer before it has no more use for that.
 *
 * A network that begins with a dense layer may begin on bytes, too (`pixel-dense.ts`).
 *
 * A convolution with groups or dilation or before a padded maximum stays by itself, and so does every layer of the user's own.
 */
import {
  activatedMeanPool2dGeometry,
  isCoveredPool2d,
  isGroupedOrDilated,
  isPaddedPool2d,
  isRising,
  type PooledConv2dGeometry,
  pooledConv2dGeometry,
} from '@longhand/kernels';
import { isBuiltIn, type Named } from '@longhand/schema';
import type { Shape } from '@longhand/tensor';
import { type ActivationOptions, activationInPlace, activationKind } from './activations';
import { type Conv2dOptions, conv2d, conv2dKind, geometryOfConv2d } from './conv2d';
import { allocateOutput, type Layer, type NamedLayer, nothing } from './layer';
import { geometryOfPool2d, type Pool2dOptions, pool2d, pool2dKind, reluMaxPool2d } from './pool2d';

/** The layers with fused ones under the name of the convolution, whose parameters they keep, or else of the pooling. */
export function fuseLayers(layers: readonly NamedLayer[]): NamedLayer[] {
  const fused: NamedLayer[] = [];
  for (const given of layers) {
    const named = given.layer.fused === undefined ? given : { ...given, layer: given.layer.fused() };
    const pooling = poolingOf(named);
    const before = fused.at(-1);
    const options = before && activationOf(before);
    if (before === undefined || pooling === undefined) {
      fused.push(named);
    } else if (options === undefined) {
      if (pooling.pooling === 'max') fuseMax(fused, named, pooling, false);
      else fused.push(named);
    } else if (pooling.pooling === 'mean') {
      fuseMean(fused, before, options, named, pooling);
    } else if (options.activation === 'relu') {
      fused.pop();
      const inputShape = before.inputShape;
      fuseMax(fused, { ...named, inputShape, layer: reluMaxPool2d(pooling) }, pooling, true);
    } else if (isRising(options)) {
      // The function of the maximum.
      fused.pop();
      fuseMax(fused, { ...named, inputShape: before.inputShape }, pooling, false);
      fused.push({ ...before, inputShape: named.outputShape, outputShape: named.outputShape });
    } else {
      fused.push(named);
    }
  }
  return fused.map((named, at) => {
    const options = activationOf(named);
    const before = fused[at - 1];
    if (options === undefined || before === undefined || !isRising(options) || needsOutput(before)) return named;
    return { ...named, layer: activationInPlace(options) };
  });
}

function activationOf({ layer }: NamedLayer): ActivationOptions | undefined {
  const described = isBuiltIn(layer) ? activationKind.match(layer.description) : undefined;
  if (described === undefined) return undefined;
  const { kind: _, ...options } = described;
  return options;
}

function poolingOf({ layer }: NamedLayer): Pool2dOptions | undefined {
  const described = isBuiltIn(layer) ? pool2dKind.match(layer.description) : undefined;
  if (described === undefined) return undefined;
  const { kind: _, ...options } = described;
  return options;
}

/** The kinds of layers whose backward pass does not look at their output. */
const forgetful: readonly string[] = ['conv2d', 'dense', 'batchNorm', 'residual'];

/** Whether somebody but the layer behind it may look at a layer's output: in a pooling, its own backward pass. */
function needsOutput({ layer }: NamedLayer): boolean {
  return !isBuiltIn(layer) || !forgetful.includes(layer.description.kind);
}

/** Puts a mean behind an activation, as one layer with it where windows fill the image. */
function fuseMean(
  fused: NamedLayer[],
  before: NamedLayer,
  options: ActivationOptions,
  named: NamedLayer,
  pooling: Pool2dOptions,
): void {
  const geometry = geometryOfPool2d(pooling, named.name, named.inputShape, 1);
  if (options.activation === 'identity' || !isCoveredPool2d(geometry)) {
    fused.push(named);
    return;
  }
  fused.pop();
  const producer = fused.at(-1);
  const inPlace = isRising(options) && producer !== undefined && !needsOutput(producer);
  fused.push({ ...named, layer: activatedMeanPool2d(options, pooling, inPlace), inputShape: before.inputShape });
}

/** Puts a maximum, with ReLU or without, behind the layers: as one layer with a plain convolution. */
function fuseMax(fused: NamedLayer[], named: NamedLayer, pooling: Pool2dOptions, rectified: boolean): void {
  const before = fused.at(-1);
  const convolution = before && isBuiltIn(before.layer) ? conv2dKind.match(before.layer.description) : undefined;
  const isPlain =
    before !== undefined &&
    convolution !== undefined &&
    !isGroupedOrDilated(geometryOfConv2d(convolution, before.name, before.inputShape, 1)) &&
    !isPaddedPool2d(geometryOfPool2d(pooling, named.name, named.inputShape, 1));
  if (!isPlain) {
    fused.push(named);
    return;
  }
  fused.pop();
  fused.push({ ...before, layer: pooledConv2d(convolution, pooling, rectified), outputShape: named.outputShape });
}

/**
 * An activation and the mean over windows as one layer.
 *
 * @param inPlace whether the activation may overwrite its input
 */
function activatedMeanPool2d(options: ActivationOptions, pooling: Pool2dOptions, inPlace: boolean): Layer {
  return {
    ...pool2d(pooling),
    prepare(binding) {
      const { kernels, dtype, where, inputShape, capacity, x, dx } = binding;
      const pool = geometryOfPool2d(pooling, where, inputShape, capacity);
      const geometry = activatedMeanPool2dGeometry(where, options, pool);
      const { y, dy } = allocateOutput(binding, [pool.outHeight, pool.outWidth, pool.channels]);
      const a = inPlace ? x : kernels.allocate(dtype, x.length);
      return {
        y,
        dy,
        forward: kernels.prepare('activatedMeanPool2d', geometry, { x, a, y }),
        parameterGradients: nothing,
        inputGradient: dy && dx ? kernels.prepare('activatedMeanPool2dInputGrad', geometry, { x, a, dy, dx }) : nothing,
      };
    },
  };
}

/** A convolution, ReLU if it is `rectified`, and the maximum over windows as one layer, with the parameters of the convolution. */
function pooledConv2d(
  { kind: _, ...conv }: Named<'conv2d', Conv2dOptions>,
  pool: Pool2dOptions,
  rectified: boolean,
): Layer {
  const geometryOf = (where: string, input: Shape, batch: number): PooledConv2dGeometry => {
    const before = geometryOfConv2d(conv, where, input, batch);
    const between = [before.outHeight, before.outWidth, before.outChannels];
    return pooledConv2dGeometry(where, before, geometryOfPool2d(pool, where, between, batch), rectified);
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
