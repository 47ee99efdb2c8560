/** The dense (fully connected) layer; the formulas are in `@longhand/kernels`, `dense/dense.ts`. */
import { type DenseGeometry, denseBatchGradGeometry, denseGeometry, denseTilesLength } from '@longhand/kernels';
import { boolean, builtIn, type Entries, kind, type Named, number, optional } from '@longhand/schema';
import { type FloatArray, formatShape, type Shape, ShapeError } from '@longhand/tensor';
import type { BatchGradient } from './batch-gradient';
import { checkedOptions } from './checked-options';
import { heUniform, type Initializer, initializerSchema, zeros } from './initializers';
import { allocateOutput, type Layer, type LayerBinding, type LayerPass, nothing } from './layer';

/** The options of {@link dense}. */
export interface DenseOptions {
  /** The length of the output vector. */
  readonly outFeatures: number;
  /** Whether each output has a bias. Default: true. */
  readonly bias?: boolean;
  /** How the weights start. Default: `heUniform`. */
  readonly initializer?: Initializer;
  /** How the biases start. Default: `zeros`. */
  readonly biasInitializer?: Initializer;
}

/**
 * Every output from every input: y = weight · x + bias, so that y[o] = bias[o] + Σᵢ weight[o, i] · x[i]. The input
 * is `[inFeatures]`, `weight` `[outFeatures, inFeatures]`, `bias` `[outFeatures]`. Backward: dWeight[o, i] = Σ dy[o]
 * · x[i] over the images, dBias[o] = Σ dy[o], dx[i] = Σ weight[o, i] · dy[o]. PyTorch's `Linear`, Keras' `Dense`.
 *
 * @throws ShapeError, when prepared, if the input is not a plain vector
 * @example dense({ outFeatures: 10 }); // [192] → [10]
 */
export function dense(given: DenseOptions): Layer<Named<'dense', DenseOptions>, 'weight' | 'bias'> {
  const options = checkedOptions<DenseOptions>(denseKind, given);
  const { outFeatures, bias: hasBias = true, initializer = heUniform, biasInitializer = zeros } = options;
  const geometryOf = (where: string, input: Shape, batch: number): DenseGeometry => {
    const [inFeatures] = input;
    if (input.length !== 1 || inFeatures === undefined) {
      throw new ShapeError(
        `${where}: expected a vector [features], got ${formatShape(input)}; put flatten() before it`,
      );
    }
    return denseGeometry(where, { batch, inFeatures, outFeatures, bias: hasBias });
  };
  return builtIn({
    description: { kind: 'dense', ...options },
    outputShape: (where, input) => [geometryOf(where, input, 1).outFeatures],
    parameters(where, input) {
      const { inFeatures } = geometryOf(where, input, 1);
      const fan = { fanIn: inFeatures, fanOut: outFeatures };
      const weight = { name: 'weight' as const, shape: [outFeatures, inFeatures], initializer, ...fan };
      return hasBias
        ? [weight, { name: 'bias' as const, shape: [outFeatures], initializer: biasInitializer, ...fan }]
        : [weight];
    },
    multiplyAdds: (where, input) => geometryOf(where, input, 1).inFeatures * outFeatures,
    batchGradient(where, input) {
      const { inFeatures } = geometryOf(where, input, 1);
      return inFeatures * outFeatures < fewestWeights ? undefined : weightGradientOfBatch(inFeatures, outFeatures);
    },
    prepare(binding) {
      const { kernels, where, inputShape, capacity, x, dx, parameter } = binding;
      const geometry = geometryOf(where, inputShape, capacity);
      const { y, dy } = allocateOutput(binding, [outFeatures]);
      const weight = parameter('weight');
      return {
        y,
        dy,
        forward: kernels.prepare('dense', geometry, { x, weight, bias: parameter('bias'), y }),
        ...(dy ? parameterGradients(binding, geometry, dy) : { parameterGradients: nothing }),
        inputGradient: dy && dx ? kernels.prepare('denseInputGrad', geometry, { dy, weight, dx }) : nothing,
      };
    },
  });
}

/** Layers with fewer weights gain nothing: their gradients stay in the cache. */
const fewestWeights = 4096;

/** Both gradients, or that of the bias alone where that of the weights is computed over the whole batch. */
function parameterGradients(
  { kernels, x, gradient }: LayerBinding,
  geometry: DenseGeometry,
  dy: FloatArray,
): Pick<LayerPass, 'parameterGradients' | 'leave'> {
  const { batch: images, inFeatures, outFeatures, bias } = geometry;
  const [dWeight, dBias] = [gradient('weight'), gradient('bias')];
  if (dWeight.length > 0) {
    return { parameterGradients: kernels.prepare('denseWeightGrad', geometry, { x, dy, dWeight, dBias }) };
  }
  const sizes = { images, inFeatures, outFeatures };
  return {
    parameterGradients: bias ? kernels.prepare('denseBiasGrad', sizes, { dy, dBias }) : nothing,
    leave(into) {
      const leaveX = kernels.prepare('denseTiles', sizes, { x, xTiles: into.xTiles });
      return () => {
        leaveX();
        into.dy.set(dy);
      };
    },
  };
}

function weightGradientOfBatch(inFeatures: number, outFeatures: number): BatchGradient {
  return {
    parameter: 'weight',
    rows: outFeatures,
    left: (images) => ({ xTiles: denseTilesLength({ images, inFeatures }), dy: outFeatures * images }),
    prepare({ where, kernels, left: { xTiles, dy }, gradient: dWeight, ...rows }) {
      const geometry = denseBatchGradGeometry(where, { ...rows, inFeatures, outFeatures });
      const before = rows.continued ? dWeight : dWeight.subarray(0, 0);
      return kernels.prepare('denseBatchWeightGrad', geometry, { xTiles, dy, before, dWeight });
    },
  };
}

export const denseKind = {
  ...kind(
    'dense',
    {
      outFeatures: number,
      bias: optional(boolean),
      initializer: optional(initializerSchema),
      biasInitializer: optional(initializerSchema),
    } satisfies Entries<DenseOptions>,
    dense,
  ),
  // PyTorch's usual name: fully connected.
  stem: 'fc',
};
