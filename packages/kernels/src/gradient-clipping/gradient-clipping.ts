/**
 * What gradient clipping is made of. By norm, the sums of squares of stretches of the gradients are added and all gradients scaled; by
 * value, each is limited.
 *
 *   gradientNorms    norm[u] = √Σ g[i]²     for bounds[u] ≤ i < bounds[u + 1]; in float64, rounded once
 *   scaleGradients   g ← g · factor
 *   limitGradients   g ← max(−limit, min(limit, g)),     NaN stays NaN
 *
 * The result of the last two may be the array `gradients` itself.
 */
import { ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** Over how many gradients. */
export interface ClippingGeometry {
  /** How many numbers the arrays have. */
  readonly length: number;
}

/** The stretches that have a norm each, one after another. */
export interface NormsGeometry {
  /** Where each begins, from 0, and at the end of the list the number of gradients. */
  readonly bounds: readonly number[];
}

/**
 * The geometry of scaled or limited gradients.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the length is not a whole number of at least one
 * @example
 * const [gradients, factor] = [Float32Array.of(3, 4), Float32Array.of(0.5)];
 * referenceKernels.prepare('scaleGradients', clippingGeometry('clip', 2), { gradients, factor, scaled: gradients })();
 * gradients; // [ 1.5, 2 ]
 */
export function clippingGeometry(where: string, length: number): ClippingGeometry {
  checkCounts(where, { length });
  return { length };
}

/**
 * The geometry of norms.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when the bounds do not rise from 0
 * @example
 * const [gradients, norms] = [Float64Array.of(3, 4, 1), new Float64Array(2)];
 * referenceKernels.prepare('gradientNorms', normsGeometry('clip', [0, 2, 3]), { gradients, norms })();
 * norms; // [ 5, 1 ]
 */
export function normsGeometry(where: string, bounds: readonly number[]): NormsGeometry {
  const wrong = bounds.findIndex((bound, at) => !(Number.isSafeInteger(bound) && bound > (bounds[at - 1] ?? -1)));
  if (bounds.length < 2 || bounds[0] !== 0 || wrong !== -1) {
    throw new ShapeError(`${where}: expected at least two bounds that rise from 0, got ${bounds[Math.max(wrong, 0)]}`);
  }
  return { bounds };
}

const length = (g: ClippingGeometry): number => g.length;
const one = (): number => 1;

export const gradientClippingSpecs = {
  gradientNorms: kernelSpec<NormsGeometry>()(
    { gradients: ({ bounds }) => bounds[bounds.length - 1] },
    { norms: ({ bounds }) => bounds.length - 1 },
  ),
  scaleGradients: kernelSpec<ClippingGeometry>()({ gradients: length, factor: one }, { scaled: length }),
  limitGradients: kernelSpec<ClippingGeometry>()({ gradients: length, limit: one }, { limited: length }),
};
