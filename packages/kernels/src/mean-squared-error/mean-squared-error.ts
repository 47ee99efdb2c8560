/**
 * Squared error of each image over its K outputs, with a factor for either of the two usual forms.
 *
 *   loss[n]  = factor · Σ_k (x[k, n] − t[k, n])²
 *   dx[k, n] = imageWeight[n] · 2 · factor · (x[k, n] − t[k, n])
 *
 * The mean squared error has the factor 1 / K; the form ½ Σ, whose gradient is the bare difference, has ½.
 */
import { kernelSpec } from '../contract/spec';
import type { FeaturesGeometry } from '../softmax/softmax';

/** Sizes, and the factor before the sum. */
export interface SquaredErrorGeometry extends FeaturesGeometry {
  /** What each squared difference is multiplied by: 1 / features for their mean, 1/2 for half their sum. */
  readonly factor: number;
}

const entries = (g: SquaredErrorGeometry): number => g.features * g.batch;
const images = (g: SquaredErrorGeometry): number => g.batch;

const spec = kernelSpec<SquaredErrorGeometry>();

export const meanSquaredErrorSpecs = {
  meanSquaredError: spec({ x: entries, target: entries }, { loss: images }, { takesEight: true }),
  meanSquaredErrorInputGrad: spec(
    { x: entries, target: entries, imageWeight: images },
    { dx: entries },
    { takesEight: true },
  ),
};
