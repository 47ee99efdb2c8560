/**
 * Batch normalization in vectors, PyTorch's `batch_norm`, with gradients:
 *
 *   x̂ = (x − mean[c]) · invStd[c]        y = x̂ · weight[c] + bias[c]
 *   dBias[c] = Σ dy                      dWeight[c] = Σ dy · x̂
 *   dx = weight[c] · invStd[c] · (dy − meanDy[c] − x̂ · meanDyXhat[c])
 *
 * `batch-norm.ts` derives them and says what they are in evaluation. Sums run over all pixels and over the images whose mask is 1.
 *
 * Layout: x, y, dx and dy are `[pixels, channels, batch]`, imageMask `[batch]`, all others `[channels]`. Every lane is an entry
 * of one channel and image.
 */
import { fma, fnma, splat } from '../assembly/vector.assembly';

@unmanaged
export class BatchNormShape {
  /** Bytes of one entry of all images: 4 · batch. */
  batchStride: usize;
  pixels: usize;
  channels: usize;
}

@unmanaged
export class BatchNormStatisticsArguments extends BatchNormShape {
  /** `[pixels, channels, batch]` */
  x: usize;
  /** `[batch]` */
  imageMask: usize;
  /** `[2 · channels + 1]`: mean, m2, and the numbers for each channel. */
  statistics: usize;
  /** Two vectors for each channel. */
  scratch: usize;
}

/** All bits set in the lanes that hold an image. */
@inline
function lanesOf(imageMask: usize): v128 {
  return f32x4.ne(v128.load(imageMask), splat(0));
}

/** The sum of the lanes of the vector at an address, in float64. */
@inline
function sumAt(address: usize): f64 {
  return <f64>load<f32>(address) + <f64>load<f32>(address, 4) + <f64>load<f32>(address, 8) + <f64>load<f32>(address, 12);
}

/**
 * Mean and m2 in two passes over deviations, so that a large mean costs none of their digits: the first is from the first image's
 * first pixel x₀, the second from the mean that the first pass found. What its rounding left corrects both:
 *
 *   mean₀ = x₀ + Σ (x − x₀) / N        d = x − mean₀        mean = mean₀ + Σ d / N        m2 = Σ d² − (Σ d)² / N
 */
export function batchNormStatistics(args: BatchNormStatisticsArguments): void {
  const batchStride = args.batchStride;
  const channels = args.channels;
  const imageMask = args.imageMask;
  const mean = args.statistics;
  const m2 = mean + (channels << 2);

  let images: usize = 0;
  let first: usize = 0;
  for (let n: usize = 0; n < batchStride; n += 4) {
    if (load<f32>(imageMask + n) == 0) continue;
    if (images == 0) first = args.x + n;
    images++;
  }
  const count = args.pixels * images;
  // A micro-batch without images has sums of zero.
  const share = 1 / <f64>max(count, 1);

  for (let c: usize = 0; c < channels; c++) store<f32>(mean + (c << 2), images == 0 ? 0 : load<f32>(first + c * batchStride));
  addDeviations(args, false);
  correctMeans(args, share);
  addDeviations(args, true);
  correctMeans(args, share);
  store<f32>(m2 + (channels << 2), <f32>count);
}

/** Σ d of each channel into the scratch, and Σ d² if they are wanted, with d = x − mean. */
function addDeviations(args: BatchNormStatisticsArguments, squared: bool): void {
  const batchStride = args.batchStride;
  const channels = args.channels;
  const imageMask = args.imageMask;
  const scratch = args.scratch;
  const end = args.x + args.pixels * channels * batchStride;
  memory.fill(scratch, 0, channels << 5);
  for (let x = args.x; x != end; ) {
    for (let c: usize = 0; c < channels; c++) {
      const mean = v128.load32_splat(args.statistics + (c << 2));
      let sum = v128.load(scratch + (c << 5));
      if (squared) {
        let squares = v128.load(scratch + (c << 5), 16);
        for (let n: usize = 0; n < batchStride; n += 16, x += 16) {
          const deviation = v128.and(f32x4.sub(v128.load(x), mean), lanesOf(imageMask + n));
          sum = f32x4.add(sum, deviation);
          squares = fma(deviation, deviation, squares);
        }
        v128.store(scratch + (c << 5), squares, 16);
      } else {
        for (let n: usize = 0; n < batchStride; n += 16, x += 16) {
          sum = f32x4.add(sum, v128.and(f32x4.sub(v128.load(x), mean), lanesOf(imageMask + n)));
        }
      }
      v128.store(scratch + (c << 5), sum);
    }
  }
}

/** From the scratch's sums of deviations from a mean: m2, and the mean that they are zero around. `share` is 1 / N. */
function correctMeans(args: BatchNormStatisticsArguments, share: f64): void {
  const scratch = args.scratch;
  const mean = args.statistics;
  const m2 = mean + (args.channels << 2);
  for (let c: usize = 0; c < args.channels; c++) {
    const sum = sumAt(scratch + (c << 5));
    const correction = sum * share;
    store<f32>(mean + (c << 2), <f32>(<f64>load<f32>(mean + (c << 2)) + correction));
    store<f32>(m2 + (c << 2), <f32>(sumAt(scratch + (c << 5) + 16) - sum * correction));
  }
}

@unmanaged
export class BatchNormArguments extends BatchNormShape {
  /** `[pixels, channels, batch]` */
  x: usize;
  /** `[channels]` */
  mean: usize;
  /** `[channels]` */
  invStd: usize;
  /** `[channels]` */
  weight: usize;
  /** `[channels]` */
  bias: usize;
  /** Like x. */
  y: usize;
}

/** y from x. The mean is subtracted first: in x · scale + shift the digits of a large mean would cancel. */
export function batchNorm(args: BatchNormArguments): void {
  const batchStride = args.batchStride;
  const channels = args.channels;
  const end = args.x + args.pixels * channels * batchStride;
  let y = args.y;
  for (let x = args.x; x != end; ) {
    for (let c: usize = 0; c < channels << 2; c += 4) {
      const mean = v128.load32_splat(args.mean + c);
      const scale = f32x4.mul(v128.load32_splat(args.invStd + c), v128.load32_splat(args.weight + c));
      const bias = v128.load32_splat(args.bias + c);
      for (let n: usize = 0; n < batchStride; n += 16, x += 16, y += 16) {
        v128.store(y, fma(f32x4.sub(v128.load(x), mean), scale, bias));
      }
    }
  }
}

@unmanaged
export class BatchNormGradientSumsArguments extends BatchNormShape {
  /** `[pixels, channels, batch]` */
  x: usize;
  /** `[channels]` */
  mean: usize;
  /** `[channels]` */
  invStd: usize;
  /** Like x. */
  dy: usize;
  /** `[batch]` */
  imageMask: usize;
  /** `[channels]` */
  dWeight: usize;
  /** `[channels]` */
  dBias: usize;
  /** Two vectors for each channel. */
  scratch: usize;
}

/** dWeight and dBias of a micro-batch. */
export function batchNormGradientSums(args: BatchNormGradientSumsArguments): void {
  const batchStride = args.batchStride;
  const channels = args.channels;
  const imageMask = args.imageMask;
  const scratch = args.scratch;
  const end = args.x + args.pixels * channels * batchStride;
  let dyAt = args.dy;
  memory.fill(scratch, 0, channels << 5);
  for (let x = args.x; x != end; ) {
    for (let c: usize = 0; c < channels; c++) {
      const mean = v128.load32_splat(args.mean + (c << 2));
      let sum = v128.load(scratch + (c << 5));
      let products = v128.load(scratch + (c << 5), 16);
      for (let n: usize = 0; n < batchStride; n += 16, x += 16, dyAt += 16) {
        const lanes = lanesOf(imageMask + n);
        const dy = v128.and(v128.load(dyAt), lanes);
        sum = f32x4.add(sum, dy);
        products = fma(dy, v128.and(f32x4.sub(v128.load(x), mean), lanes), products);
      }
      v128.store(scratch + (c << 5), sum);
      v128.store(scratch + (c << 5), products, 16);
    }
  }
  for (let c: usize = 0; c < channels; c++) {
    const invStd = <f64>load<f32>(args.invStd + (c << 2));
    store<f32>(args.dBias + (c << 2), <f32>sumAt(scratch + (c << 5)));
    store<f32>(args.dWeight + (c << 2), <f32>(sumAt(scratch + (c << 5) + 16) * invStd));
  }
}

@unmanaged
export class BatchNormEvaluationInputGradArguments extends BatchNormShape {
  /** `[channels]` */
  invStd: usize;
  /** `[channels]` */
  weight: usize;
  /** `[pixels, channels, batch]` */
  dy: usize;
  /** Like dy. */
  dx: usize;
}

/** dx with constant mean and variance: weight · invStd · dy. */
export function batchNormEvaluationInputGrad(args: BatchNormEvaluationInputGradArguments): void {
  const batchStride = args.batchStride;
  const channels = args.channels;
  const end = args.dy + args.pixels * channels * batchStride;
  let dx = args.dx;
  for (let dy = args.dy; dy != end; ) {
    for (let c: usize = 0; c < channels << 2; c += 4) {
      const scale = f32x4.mul(v128.load32_splat(args.invStd + c), v128.load32_splat(args.weight + c));
      for (let n: usize = 0; n < batchStride; n += 16, dy += 16, dx += 16) v128.store(dx, f32x4.mul(v128.load(dy), scale));
    }
  }
}

@unmanaged
export class BatchNormInputGradArguments extends BatchNormShape {
  /** `[pixels, channels, batch]` */
  x: usize;
  /** `[channels]` */
  mean: usize;
  /** `[channels]` */
  invStd: usize;
  /** `[channels]` */
  weight: usize;
  /** Like x. */
  dy: usize;
  /** `[channels]`, over the whole batch. */
  meanDy: usize;
  /** `[channels]`, over the whole batch. */
  meanDyXhat: usize;
  /** `[batch]` */
  imageMask: usize;
  /** Like x. */
  dx: usize;
}

/** dx through x̂, mean and variance; 0 in lanes without an image. */
export function batchNormInputGrad(args: BatchNormInputGradArguments): void {
  const batchStride = args.batchStride;
  const channels = args.channels;
  const imageMask = args.imageMask;
  const end = args.x + args.pixels * channels * batchStride;
  let dyAt = args.dy;
  let dx = args.dx;
  for (let x = args.x; x != end; ) {
    for (let c: usize = 0; c < channels << 2; c += 4) {
      const mean = v128.load32_splat(args.mean + c);
      const invStd = v128.load32_splat(args.invStd + c);
      const scale = f32x4.mul(invStd, v128.load32_splat(args.weight + c));
      const meanDy = v128.load32_splat(args.meanDy + c);
      const factor = f32x4.mul(invStd, v128.load32_splat(args.meanDyXhat + c));
      for (let n: usize = 0; n < batchStride; n += 16, x += 16, dyAt += 16, dx += 16) {
        const dy = f32x4.sub(v128.load(dyAt), meanDy);
        const through = fnma(f32x4.sub(v128.load(x), mean), factor, dy);
        v128.store(dx, v128.and(f32x4.mul(through, scale), lanesOf(imageMask + n)));
      }
    }
  }
}
