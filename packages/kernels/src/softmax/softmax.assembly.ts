/**
 * Softmax over features (`torch.softmax`), four images at a time.
 *
 *   y[k, n]  = e^(x[k, n] − maxₖ x) / Σₖ e^(x[k, n] − maxₖ x)
 *   dx[k, n] = y[k, n] · (dy[k, n] − Σₗ dy[l, n] · y[l, n])
 *
 * Layout: all arrays are `[features, batch]`, rows of `batchStride` bytes.
 */
import { exp } from '../assembly/exponential.assembly';
import { fma, splat } from '../assembly/vector.assembly';

/** The largest number of each image. */
@inline
export function largestOf(x: usize, batchStride: usize, features: usize): v128 {
  let largest = v128.load(x);
  for (let k: usize = 1; k < features; k++) largest = f32x4.max(largest, v128.load(x + k * batchStride));
  return largest;
}

/** Writes e^(x − largest) to y; their sum. */
@inline
export function exponentialsOf(x: usize, y: usize, batchStride: usize, features: usize, largest: v128): v128 {
  let sum = splat(0);
  for (let k: usize = 0; k < features; k++) {
    const e = exp(f32x4.sub(v128.load(x + k * batchStride), largest));
    v128.store(y + k * batchStride, e);
    sum = f32x4.add(sum, e);
  }
  return sum;
}

/** Divides each of y's numbers. */
@inline
export function divideAll(y: usize, batchStride: usize, features: usize, by: v128): void {
  for (let k: usize = 0; k < features; k++) v128.store(y + k * batchStride, f32x4.div(v128.load(y + k * batchStride), by));
}

/** y from x. */
export function softmax(x: usize, y: usize, batchStride: usize, features: usize): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    const largest = largestOf(x + image, batchStride, features);
    divideAll(y + image, batchStride, features, exponentialsOf(x + image, y + image, batchStride, features, largest));
  }
}

/** dx from y and dy. */
export function softmaxInputGrad(y: usize, dy: usize, dx: usize, batchStride: usize, features: usize): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    let mean = splat(0);
    for (let at = image; at < features * batchStride; at += batchStride) {
      mean = fma(v128.load(dy + at), v128.load(y + at), mean);
    }
    for (let at = image; at < features * batchStride; at += batchStride) {
      v128.store(dx + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), mean)));
    }
  }
}
