/** The formulas of `softmax-cross-entropy.ts`, four images at a time. */
import { log } from '../assembly/exponential.assembly';
import { multiplyAdd, splat } from '../assembly/vector.assembly';
import { divideAll, exponentialsOf, largestOf } from '../softmax/softmax.assembly';

export function softmaxCrossEntropy(
  x: usize,
  target: usize,
  y: usize,
  loss: usize,
  line: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < line; image += 16) {
    const largest = largestOf(x + image, line, features);
    const sum = exponentialsOf(x + image, y + image, line, features, largest);
    divideAll(y + image, line, features, sum);
    const logSum = log(sum);
    let total = splat(0);
    for (let at = image; at < features * line; at += line) {
      const distance = f32x4.add(f32x4.sub(largest, v128.load(x + at)), logSum);
      total = multiplyAdd(v128.load(target + at), distance, total);
    }
    v128.store(loss + image, total);
  }
}

export function softmaxCrossEntropyInputGrad(
  y: usize,
  target: usize,
  imageWeight: usize,
  dx: usize,
  line: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < line; image += 16) {
    const weight = v128.load(imageWeight + image);
    let mass = splat(0);
    for (let at = image; at < features * line; at += line) mass = f32x4.add(mass, v128.load(target + at));
    for (let at = image; at < features * line; at += line) {
      const error = f32x4.sub(f32x4.mul(v128.load(y + at), mass), v128.load(target + at));
      v128.store(dx + at, f32x4.mul(weight, error));
    }
  }
}
