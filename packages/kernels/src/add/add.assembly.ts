/**
 * The sum of two arrays in vectors; `add.ts` has the formula. All arrays are `[length]`, in any layout: entries meet in the
 * order in which they lie.
 */
import { loadPart, storePart } from '../assembly/vector.assembly';

/** y[k] = a[k] + b[k] over `count` numbers. */
export function add(a: usize, b: usize, y: usize, count: usize): void {
  for (; count >= 4; count -= 4, a += 16, b += 16, y += 16) v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
  if (count > 0) storePart(y, f32x4.add(loadPart(a, count), loadPart(b, count)), count);
}
