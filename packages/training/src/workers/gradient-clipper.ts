/**
 * Gradient clipping on a rank's slice. The norm is that of all gradients: each rank writes the sum of squares of each of its
 * units, all ranks meet, and each adds all sums in the order of the units. So the norm has the same bits for any number of
 * ranks.
 */
import { type Kernels, normsGeometry } from '@longhand/kernels';
import { type GradientClipping, prepareClipByNorm, prepareClipByValue } from '@longhand/optimizers';
import { dtypeOf, type FloatArray } from '@longhand/tensor';
import type { Slice, Units } from './parameter-partition';

export interface ClipperOptions {
  readonly kernels: Kernels;
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
  kernels,
  gradientClipping,
  units: { bounds },
  slice,
  gradients,
  unitSquares,
  waitForAll,
}: ClipperOptions): () => void {
  if (gradientClipping === undefined) return () => {};
  const { norm, value } = gradientClipping;
  if (norm === undefined) return prepareClipByValue(value, { gradients, kernels });
  const clip = prepareClipByNorm(norm, { gradients, kernels });
  const { begin, firstUnit, lastUnit } = slice;
  const norms = kernels.allocate(dtypeOf(gradients), lastUnit - firstUnit);
  const own = bounds.slice(firstUnit, lastUnit + 1).map((bound) => bound - begin);
  // A rank whose slice is empty has no units.
  const findNorms =
    norms.length === 0
      ? () => {}
      : kernels.prepare('gradientNorms', normsGeometry('gradient clipping', own), { gradients, norms });
  return () => {
    findNorms();
    for (let k = 0; k < norms.length; k++) unitSquares[firstUnit + k] = norms[k] * norms[k];
    waitForAll();
    let squares = 0;
    for (const sum of unitSquares) squares += sum;
    clip(squares);
  };
}
