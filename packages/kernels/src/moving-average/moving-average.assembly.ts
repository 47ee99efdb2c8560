/** The moving average (`moving-average.ts`) in vectors. */
import { fma, loadPart, storePart } from '../assembly/vector.assembly';

export function movingAverage(average: usize, values: usize, share: usize, newAverage: usize, length: usize): void {
  const part = v128.load32_splat(share);
  let count = length;
  for (; count >= 4; count -= 4, average += 16, values += 16, newAverage += 16) {
    const a = v128.load(average);
    v128.store(newAverage, fma(f32x4.sub(v128.load(values), a), part, a));
  }
  if (count > 0) {
    const a = loadPart(average, count);
    storePart(newAverage, fma(f32x4.sub(loadPart(values, count), a), part, a), count);
  }
}
