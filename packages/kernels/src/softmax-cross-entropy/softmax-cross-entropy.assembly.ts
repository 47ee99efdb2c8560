/** The formulas of `softmax-cross-entropy.ts`, four images at a time. */
import { log } from '../assembly/exponential.assembly';
import { fma, splat } from '../assembly/vector.assembly';
import { divideAll, exponentialsOf, largestOf } from '../softmax/softmax.assembly';

export function softmaxCrossEntropy(
  x: usize,
  target: usize,
  y: usize,
  loss: usize,
  batchStride: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    const largest = largestOf(x + image, batchStride, features);
    const sum = exponentialsOf(x + image, y + image, batchStride, features, largest);
    divideAll(y + image, batchStride, features, sum);
    const logSum = log(sum);
    let total = splat(0);
    for (let at = image; at < features * batchStride; at += batchStride) {
      const distance = f32x4.add(f32x4.sub(largest, v128.load(x + at)), logSum);
      total = fma(v128.load(target + at), distance, total);
    }
    v128.store(loss + image, total);
  }
}

export function softmaxCrossEntropyInputGrad(
  y: usize,
  target: usize,
  imageWeight: usize,
  dx: usize,
  batchStride: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    const weight = v128.load(imageWeight + image);
    let mass = splat(0);
    for (let at = image; at < features * batchStride; at += batchStride) mass = f32x4.add(mass, v128.load(target + at));
    for (let at = image; at < features * batchStride; at += batchStride) {
      const error = f32x4.sub(f32x4.mul(v128.load(y + at), mass), v128.load(target + at));
      v128.store(dx + at, f32x4.mul(weight, error));
    }
  }
}
