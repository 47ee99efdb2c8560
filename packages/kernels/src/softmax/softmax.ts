/**
 * Softmax over the features of each image.
 *
 *   y[k, n]  = e^(x[k, n] − m) / Σ_j e^(x[j, n] − m),  m = max_j x[j, n]   (m changes nothing but keeps e^ finite)
 *   dx[k, n] = y[k, n] · (dy[k, n] − Σ_j dy[j, n] · y[j, n])
 */
import { checkCounts, kernelSpec } from '../contract/spec';

/** Sizes of everything that works on one column of features per image. */
export interface FeaturesGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** The length of a vector. */
  readonly features: number;
}

/**
 * The geometry of softmax and of every loss.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one
 * @example
 * const [x, y] = [Float64Array.of(0, 0), new Float64Array(2)];
 * referenceKernels.prepare('softmax', featuresGeometry('softmax', { batch: 1, features: 2 }), { x, y })();
 * y; // [ 0.5, 0.5 ]
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
