/**
 * Softmax over the features of each image.
 *
 *   y[k, n]  = e^(x[k, n] − m) / Σ_j e^(x[j, n] − m),  m = max_j x[j, n]   (m changes nothing but keeps e^ finite)
 *   dx[k, n] = y[k, n] · (dy[k, n] − Σ_j dy[j, n] · y[j, n])
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** Sizes of everything that works on one column of features per image. */
export interface FeaturesGeometry {
  readonly batch: number;
  readonly features: number;
}

/**
 * The geometry of softmax and of every loss.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one
 * @example featuresGeometry('softmax', { batch: 16, features: 10 })
 */
export function featuresGeometry(where: string, { batch, features }: FeaturesGeometry): FeaturesGeometry {
  checkCounts(where, { batch, features });
  return { batch, features };
}

const entries = (g: FeaturesGeometry): number => g.features * g.batch;

const spec = kernelSpec<FeaturesGeometry>();

export const softmaxSpecs = {
  softmax: spec({ x: entries }, { y: entries }, { takesEight: true }),
  softmaxInputGrad: spec({ y: entries, dy: entries }, { dx: entries }, { takesEight: true }),
};
