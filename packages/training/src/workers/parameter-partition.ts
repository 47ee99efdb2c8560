/**
 * How the ranks share the parameters in an update (a sharded optimizer, as in ZeRO). The parameters are cut into *units*
 * that only one rank works on, and each rank owns a slice of neighboring units.
 *
 * The units do not depend on the number of ranks. So a sum over all parameters that is made of one sum for each unit, added in
 * their order, has the same bits for any number of ranks.
 */
import type { Optimizer } from '@longhand/optimizers';
import { isBuiltIn } from '@longhand/schema';

/** Floats in a cache line. Slices begin at multiples of it, so that no two ranks write to one line. */
const cacheLine = 16;

/** What one rank owns: the units from `firstUnit` to before `lastUnit`, the parameters from `begin` to before `end`. */
export interface Slice {
  readonly firstUnit: number;
  readonly lastUnit: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Where each unit begins, and at the end of the list the number of parameters.
 *
 * An optimizer of the user's own may look at several parameters at once, such as at the norm of all gradients: to it, all are one
 * unit.
 */
export function unitBounds(parameterCount: number, optimizer: Optimizer): readonly number[] {
  if (!isBuiltIn(optimizer)) return [0, parameterCount];
  const units = Math.ceil(parameterCount / cacheLine);
  return Array.from({ length: units + 1 }, (_, unit) => Math.min(unit * cacheLine, parameterCount));
}

/** The slice of a rank, about as large as the others'. With few units, it may be empty. */
export function sliceOf(bounds: readonly number[], { rank, worldSize }: { rank: number; worldSize: number }): Slice {
  const units = bounds.length - 1;
  const [firstUnit, lastUnit] = [rank, rank + 1].map((part) => Math.floor((units * part) / worldSize)) as [
    number,
    number,
  ];
  return { firstUnit, lastUnit, begin: bounds[firstUnit], end: bounds[lastUnit] };
}
