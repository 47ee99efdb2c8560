/**
 * Binary cross-entropy, the mean over features, four images at a time: on probabilities (`torch.nn.BCELoss`) and on logits
 * (`torch.nn.BCEWithLogitsLoss`).
 *
 *   loss[n]  = −meanₖ(t · log p + (1 − t) · log(1 − p)),  logarithms at least −100, as in PyTorch
 *   dx[k, n] = imageWeight[n] · (p − t) / max(p · (1 − p), 10⁻¹²) / features
 *
 *   loss[n]  = meanₖ(max(x, 0) − x · t + log(1 + e^−|x|)),  y = sigmoid(x)
 *   dx[k, n] = imageWeight[n] · (y − t) / features
 *
 * Layout: x, target, y and dx are `[features, batch]`, rows of `batchStride` bytes; loss and imageWeight are `[batch]`.
 */
import { exp, log, log1p, sigmoid } from '../assembly/exponential.assembly';
import { splat } from '../assembly/vector.assembly';

const leastLog: f32 = -100;
const leastDenominator: f32 = 1e-12;

/** loss from probabilities x. */
export function binaryCrossEntropy(x: usize, target: usize, loss: usize, batchStride: usize, features: usize): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    let sum = splat(0);
    for (let at = image; at < features * batchStride; at += batchStride) {
      const probability = v128.load(x + at);
      const t = v128.load(target + at);
      const hit = f32x4.max(log(probability), splat(leastLog));
      const miss = f32x4.max(log1p(f32x4.neg(probability)), splat(leastLog));
      sum = f32x4.sub(sum, f32x4.add(f32x4.mul(t, hit), f32x4.mul(f32x4.sub(splat(1), t), miss)));
    }
    v128.store(loss + image, f32x4.div(sum, splat(<f32>features)));
  }
}

/** dx from probabilities x. */
export function binaryCrossEntropyInputGrad(
  x: usize,
  target: usize,
  imageWeight: usize,
  dx: usize,
  batchStride: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    const weight = v128.load(imageWeight + image);
    for (let at = image; at < features * batchStride; at += batchStride) {
      const probability = v128.load(x + at);
      const product = f32x4.mul(probability, f32x4.sub(splat(1), probability));
      const denominator = f32x4.max(product, splat(leastDenominator));
      const difference = f32x4.mul(weight, f32x4.sub(probability, v128.load(target + at)));
      v128.store(dx + at, f32x4.div(f32x4.div(difference, denominator), splat(<f32>features)));
    }
  }
}

/** y and loss from logits x. */
export function sigmoidBinaryCrossEntropy(
  x: usize,
  target: usize,
  y: usize,
  loss: usize,
  batchStride: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    let sum = splat(0);
    for (let at = image; at < features * batchStride; at += batchStride) {
      const logit = v128.load(x + at);
      const correction = log1p(exp(f32x4.neg(f32x4.abs(logit))));
      const linear = f32x4.sub(f32x4.max(logit, splat(0)), f32x4.mul(logit, v128.load(target + at)));
      sum = f32x4.add(sum, f32x4.add(linear, correction));
      v128.store(y + at, sigmoid(logit));
    }
    v128.store(loss + image, f32x4.div(sum, splat(<f32>features)));
  }
}

/** dx from y. */
export function sigmoidBinaryCrossEntropyInputGrad(
  y: usize,
  target: usize,
  imageWeight: usize,
  dx: usize,
  batchStride: usize,
  features: usize,
): void {
  for (let image: usize = 0; image < batchStride; image += 16) {
    const weight = v128.load(imageWeight + image);
    for (let at = image; at < features * batchStride; at += batchStride) {
      const difference = f32x4.mul(weight, f32x4.sub(v128.load(y + at), v128.load(target + at)));
      v128.store(dx + at, f32x4.div(difference, splat(<f32>features)));
    }
  }
}
