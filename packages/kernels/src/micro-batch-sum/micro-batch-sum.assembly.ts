/** The sum over micro-batches in vectors: y[k] = Σₘ x[m, k] for `length` numbers, in the order of m; `stride` is in bytes. */
import { loadPart, splat, storePart } from '../assembly/vector.assembly';

export function microBatchSum(x: usize, y: usize, microBatches: usize, length: usize, stride: usize): void {
  let count = length;
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    let sum = splat(0);
    for (let m: usize = 0, at = x; m < microBatches; m++, at += stride) sum = f32x4.add(sum, v128.load(at));
    v128.store(y, sum);
  }
  if (count > 0) {
    let sum = splat(0);
    for (let m: usize = 0, at = x; m < microBatches; m++, at += stride) sum = f32x4.add(sum, loadPart(at, count));
    storePart(y, sum, count);
  }
}
