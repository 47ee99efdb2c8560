/**
 * The dense (fully connected) layer's arithmetic.
 *
 *   y[o, n]       = bias[o] + Σ_i weight[o, i] · x[i, n]
 *   dx[i, n]      = Σ_o weight[o, i] · dy[o, n]
 *   dWeight[o, i] = Σ_n dy[o, n] · x[i, n]
 *   dBias[o]      = Σ_n dy[o, n]
 */
import { kernelSpec } from '../kernel';

/** All sizes of one dense layer. */
export interface DenseGeometry {
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
}

const x = (g: DenseGeometry): number => g.inFeatures * g.batch;
const y = (g: DenseGeometry): number => g.outFeatures * g.batch;
const weight = (g: DenseGeometry): number => g.outFeatures * g.inFeatures;
const bias = (g: DenseGeometry): number => (g.bias ? g.outFeatures : 0);
const multiplyAdds = (g: DenseGeometry): number => g.outFeatures * g.inFeatures * g.batch;

const spec = kernelSpec<DenseGeometry>();

export const denseSpecs = {
  dense: spec({ x, weight, bias }, { y }, multiplyAdds),
  denseInputGrad: spec({ dy: y, weight }, { dx: x }, multiplyAdds),
  denseWeightGrad: spec({ x, dy: y }, { dWeight: weight, dBias: bias }, multiplyAdds),
};
