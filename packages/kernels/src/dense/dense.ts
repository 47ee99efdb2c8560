/**
 * The dense (fully connected) layer's arithmetic.
 *
 *   y[o, n]       = bias[o] + Σ_i weight[o, i] · x[i, n]
 *   dx[i, n]      = Σ_o weight[o, i] · dy[o, n]
 *   dWeight[o, i] = Σ_n dy[o, n] · x[i, n]
 *   dBias[o]      = Σ_n dy[o, n]
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** All sizes of one dense layer. */
export interface DenseGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The length of an input. */
  readonly inFeatures: number;
  /** The length of an output. */
  readonly outFeatures: number;
  /** Whether each output has a bias. */
  readonly bias: boolean;
}

/**
 * The geometry of a dense layer.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one
 * @example
 * const geometry = denseGeometry('fc', { batch: 1, inFeatures: 2, outFeatures: 1, bias: true });
 * const y = new Float64Array(1);
 * referenceKernels.prepare('dense', geometry, {
 *   x: Float64Array.of(3, 4),
 *   weight: Float64Array.of(10, 100),
 *   bias: Float64Array.of(1),
 *   y,
 * })();
 * y; // [ 431 ]
 */
export function denseGeometry(where: string, { batch, inFeatures, outFeatures, bias }: DenseGeometry): DenseGeometry {
  checkCounts(where, { batch, 'input features': inFeatures, 'output features': outFeatures });
  return { batch, inFeatures, outFeatures, bias };
}

const x = (g: DenseGeometry): number => g.inFeatures * g.batch;
const y = (g: DenseGeometry): number => g.outFeatures * g.batch;
const weight = (g: DenseGeometry): number => g.outFeatures * g.inFeatures;
const bias = (g: DenseGeometry): number => (g.bias ? g.outFeatures : 0);
const multiplyAdds = (g: DenseGeometry): number => g.outFeatures * g.inFeatures * g.batch;

const spec = kernelSpec<DenseGeometry>();
const options = { multiplyAdds, takesEight: true };

export const denseSpecs = {
  dense: spec({ x, weight, bias }, { y }, options),
  denseInputGrad: spec({ dy: y, weight }, { dx: x }, options),
  denseWeightGrad: spec({ x, dy: y }, { dWeight: weight, dBias: bias }, options),
};
