/** The sum over micro-batches in vectors: y[k] = Σₘ x[m, k] for `length` numbers, in the order of m; `stride` is in bytes. */
import { loadUpTo4, splat, storePair, storeUpTo4 } from '../assembly/vector.assembly';

export function microBatchSum(x: usize, y: usize, microBatches: usize, length: usize, stride: usize): void {
  let count = length;
  // Two vectors a round: a pair that the engine can make one of.
  for (; count >= 8; count -= 8, x += 32, y += 32) {
    let a = splat(0);
    let b = a;
    for (let m: usize = 0, at = x; m < microBatches; m++, at += stride) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
    }
    storePair(y, a, b);
  }
  for (; count > 0; x += 16, y += 16) {
    const part = min<usize>(4, count);
    let sum = splat(0);
    for (let m: usize = 0, at = x; m < microBatches; m++, at += stride) sum = f32x4.add(sum, loadUpTo4(at, part));
    storeUpTo4(y, sum, part);
    count -= part;
  }
}
