/**
 * The squared error, four images at a time; `factor` makes a mean or a half of it.
 *
 *   loss[n]  = factor · Σₖ (x[k, n] − target[k, n])²
 *   dx[k, n] = imageWeight[n] · 2 · factor · (x[k, n] − target[k, n])
 *
 * Layout: x, target and dx are `[features, batch]`, rows of `batchStride` bytes; loss and imageWeight are `[batch]`.
 */
import { fma, splat } from '../assembly/vector.assembly';

@unmanaged
export class MeanSquaredErrorArguments {
  x: usize;
  target: usize;
  loss: usize;
  batchStride: usize;
  features: usize;
  factor: f32;
}

/** loss from x and target. */
export function meanSquaredError(args: MeanSquaredErrorArguments): void {
  const x = args.x;
  const target = args.target;
  const loss = args.loss;
  const batchStride = args.batchStride;
  const features = args.features;
  const factor = args.factor;
  for (let image: usize = 0; image < batchStride; image += 16) {
    let sum = splat(0);
    for (let at = image; at < features * batchStride; at += batchStride) {
      const error = f32x4.sub(v128.load(x + at), v128.load(target + at));
      sum = fma(error, error, sum);
    }
    v128.store(loss + image, f32x4.mul(splat(factor), sum));
  }
}

@unmanaged
export class MeanSquaredErrorInputGradArguments {
  x: usize;
  target: usize;
  imageWeight: usize;
  dx: usize;
  batchStride: usize;
  features: usize;
  factor: f32;
}

/** dx from x and target. */
export function meanSquaredErrorInputGrad(args: MeanSquaredErrorInputGradArguments): void {
  const x = args.x;
  const target = args.target;
  const imageWeight = args.imageWeight;
  const dx = args.dx;
  const batchStride = args.batchStride;
  const features = args.features;
  const factor = args.factor;
  for (let image: usize = 0; image < batchStride; image += 16) {
    const weight = f32x4.mul(v128.load(imageWeight + image), splat(2 * factor));
    for (let at = image; at < features * batchStride; at += batchStride) {
      v128.store(dx + at, f32x4.mul(weight, f32x4.sub(v128.load(x + at), v128.load(target + at))));
    }
  }
}
