/**
 * Gradient clipping on a rank's slice. The norm is that of all gradients: each rank writes the sum of squares of each of its
 * units, all ranks meet, and each adds all sums in the order of the units. So the norm has the same bits for any number of
 * ranks.
 */
import { clipByNorm, clipByValue, type GradientClipping, sumOfSquares } from '@longhand/optimizers';
import type { FloatArray } from '@longhand/tensor';
import type { Slice, Units } from './parameter-partition';

export interface ClipperOptions {
  /** Default: gradients stay as they are. */
  readonly gradientClipping?: GradientClipping;
  readonly units: Units;
  readonly slice: Slice;
  /** The gradients of the slice, clipped in place. */
  readonly gradients: FloatArray;
  /** For each unit of all parameters, the sum of the squares of its gradients: shared by the ranks. */
  readonly unitSquares: Float64Array;
  readonly waitForAll: () => void;
}

/** A function that clips the gradients once; all ranks have to call theirs. */
export function gradientClipper({
  gradientClipping,
  units: { bounds },
  slice,
  gradients,
  unitSquares,
  waitForAll,
}: ClipperOptions): () => void {
  if (gradientClipping === undefined) return () => {};
  const { norm, value } = gradientClipping;
  if (norm === undefined) return () => clipByValue(gradients, value);
  const { begin, firstUnit, lastUnit } = slice;
  return () => {
    for (let unit = firstUnit; unit < lastUnit; unit++) {
      unitSquares[unit] = sumOfSquares(gradients, bounds[unit] - begin, bounds[unit + 1] - begin);
    }
    waitForAll();
    let squares = 0;
    for (const sum of unitSquares) squares += sum;
    clipByNorm(gradients, norm, squares);
  };
}
