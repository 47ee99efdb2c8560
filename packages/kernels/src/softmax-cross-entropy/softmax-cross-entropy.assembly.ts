/**
 * Softmax with cross-entropy (`torch.nn.CrossEntropyLoss` on probabilities as targets), four images at a time.
 *
 *   y       = softmax(x)
 *   loss[n] = −Σₖ target[k, n] · log y[k, n]
 *   dx[k, n] = imageWeight[n] · (y[k, n] · Σₗ target[l, n] − target[k, n])
 *
 * Layout: x, y, target and dx are `[features, batch]`, rows of `batchStride` bytes; loss and imageWeight are `[batch]`.
 */
import { log } from '../assembly/exponential.assembly';
import { fma, splat } from '../assembly/vector.assembly';
import { divideAll, exponentialsOf, largestOf } from '../softmax/softmax.assembly';

/** y and loss from x and target; log y = x − max x − log Σ e^(x − max x), which stays finite. */
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

/** dx from y and target. */
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
      const difference = f32x4.sub(f32x4.mul(v128.load(y + at), mass), v128.load(target + at));
      v128.store(dx + at, f32x4.mul(weight, difference));
    }
  }
}
