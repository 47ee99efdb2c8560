/**
 * A dense layer on the bytes of images: normalization, the vector of all pixels and the layer as one. Most pixels of drawings are
 * background, and only the others take work. With the background byte b, what it becomes, v = (b / 255 − mean) / std, and what the others
 * are beyond it, x̂ = (x − b) / (255 std), which is exactly 0 for background,
 *
 *   y[o, n]       = bias[o] + v · Σ_i weight[o, i] + Σ_i weight[o, i] · x̂[n, i]
 *   dWeight[o, i] = v · Σ_n dy[o, n] + Σ_n dy[o, n] · x̂[n, i]
 *   dBias[o]      = Σ_n dy[o, n]
 *
 * for pixel i of image n, x[n, i] being its byte: v + x̂ is the pixel normalized. The sums of weights take work once a step, and products with
 * a zero are left out. The same over a whole batch, for `from` ≤ o < `to`, as in `dense-batch-grad`:
 *
 *   dWeight[o, i] = before[o, i] + v · Σ_m Σ_n dy[m, o, n] + Σ_m Σ_n dy[m, o, n] · x̂[m, n, i]
 *
 * Pixels are data and not learned from, so there is no gradient at the input. Images have one channel: only then is the order of bytes that
 * of features.
 */
import { OptionError, ShapeError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';
import { type ChannelNormalization, normalizeGeometry } from '../normalize/normalize';

/** All sizes of one dense layer on pixels. */
export interface PixelDenseGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** Pixels of one image, a byte each. */
  readonly pixels: number;
  /** The length of an output. */
  readonly outFeatures: number;
  /** Whether each output has a bias. */
  readonly bias: boolean;
  /** What pixels are shifted and divided by. */
  readonly normalization: ChannelNormalization;
}

/** The gradient over a whole batch, of the outputs from `from` to before `to`. */
export interface PixelDenseBatchGradGeometry
  extends Pick<PixelDenseGeometry, 'pixels' | 'outFeatures' | 'normalization'> {
  /** The images of each micro-batch. */
  readonly images: number;
  /** The number of micro-batches. */
  readonly microBatches: number;
  /** The first of the outputs. */
  readonly from: number;
  /** The first output that is not among them. */
  readonly to: number;
  /** Whether the sum goes on from what earlier micro-batches gave. */
  readonly continued: boolean;
}

/** The most pixels: lists of them have sixteen bits for each. */
const mostPixels = 65535;

/**
 * The geometry of a dense layer on pixels.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, or there are more pixels than 65,535; OptionError unless
 *   {@link takesNormalization}
 * @example
 * const normalization = { mean: 0.5, std: 0.5 };
 * const geometry = pixelDenseGeometry('fc', { batch: 1, pixels: 2, outFeatures: 1, bias: true, normalization });
 * const y = new Float64Array(1);
 * referenceKernels.prepare('pixelDense', geometry, {
 *   x: Uint8Array.of(0, 255),
 *   weight: Float64Array.of(10, 100),
 *   bias: Float64Array.of(1),
 *   y,
 * })();
 * y; // [ 91 ]
 */
export function pixelDenseGeometry(where: string, geometry: PixelDenseGeometry): PixelDenseGeometry {
  const { batch, pixels, outFeatures, bias, normalization } = geometry;
  checkSizes(where, { batch, 'output features': outFeatures }, geometry);
  return { batch, pixels, outFeatures, bias, normalization };
}

/**
 * The gradient of some outputs' weights from the bytes and output gradients of micro-batches, one after another.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, there are more pixels than 65,535 or no such outputs; OptionError
 *   unless {@link takesNormalization}
 * @example
 * const sizes = { images: 16, pixels: 784, outFeatures: 256, microBatches: 4, normalization: { mean: 0.13, std: 0.31 } };
 * pixelDenseBatchGradGeometry('fc', { ...sizes, from: 0, to: 128, continued: false }).to; // 128
 */
export function pixelDenseBatchGradGeometry(
  where: string,
  geometry: PixelDenseBatchGradGeometry,
): PixelDenseBatchGradGeometry {
  const { images, microBatches, pixels, outFeatures, from, to, continued, normalization } = geometry;
  checkSizes(where, { images, 'micro-batches': microBatches, 'output features': outFeatures }, geometry);
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= outFeatures)) {
    throw new ShapeError(`${where}: expected outputs out of ${outFeatures}, got those from ${from} to ${to}`);
  }
  return { images, microBatches, pixels, outFeatures, from, to, continued, normalization };
}

function checkSizes(
  where: string,
  counts: Readonly<Record<string, number>>,
  { pixels, normalization }: Pick<PixelDenseGeometry, 'pixels' | 'normalization'>,
): void {
  checkCounts(where, { ...counts, pixels });
  if (pixels > mostPixels) throw new ShapeError(`${where}: expected at most ${mostPixels} pixels, got ${pixels}`);
  const { mean, std } = normalization;
  normalizeGeometry(where, { batch: 1, pixels, channels: [{ mean, std }] });
  if (!takesNormalization(normalization)) {
    throw new OptionError(`${where}: expected a mean and a std that float32 has room for, got ${mean} and ${std}`);
  }
}

/** What the pixels of images become: the background byte, what it becomes, and what one level more adds. */
export interface PixelValues {
  /** The byte of background, 0 or 255. */
  readonly background: number;
  /** What background is, normalized. */
  readonly atBackground: number;
  /** What one level more adds. */
  readonly scale: number;
}

/**
 * The background follows from the normalization alone, so that results do not depend on which images are seen together: where images are
 * dark in the mean it is black, otherwise white.
 *
 * @example pixelValues({ mean: 0.25, std: 0.5 }); // { background: 0, atBackground: -0.5, scale: 0.00784313725490196 }
 */
export function pixelValues({ mean, std }: ChannelNormalization): PixelValues {
  const background = mean < 0.5 ? 0 : 255;
  return { background, atBackground: (background / 255 - mean) / std, scale: 1 / (255 * std) };
}

/**
 * Whether a dense layer on pixels can work with a normalization in float32: a mean that is all but infinite, or a std of nearly nothing, is
 * left to `normalize`.
 *
 * @example takesNormalization({ mean: 0.1307, std: 0.3081 }); // true
 */
export function takesNormalization(normalization: ChannelNormalization): boolean {
  const { atBackground, scale } = pixelValues(normalization);
  return Math.abs(atBackground) < 1e30 && scale > 1e-30 && scale < 1e30;
}

const x = (g: PixelDenseGeometry): number => g.pixels * g.batch;
const y = (g: PixelDenseGeometry): number => g.outFeatures * g.batch;
const weight = (g: PixelDenseGeometry): number => g.outFeatures * g.pixels;
const bias = (g: PixelDenseGeometry): number => (g.bias ? g.outFeatures : 0);
const multiplyAdds = (g: PixelDenseGeometry): number => g.outFeatures * g.pixels * g.batch;
const rows = (g: PixelDenseBatchGradGeometry): number => (g.to - g.from) * g.pixels;

const spec = kernelSpec<PixelDenseGeometry>();
const batchSpec = kernelSpec<PixelDenseBatchGradGeometry>();
const options = { bytes: ['x' as const], multiplyAdds, takesEight: true };

export const pixelDenseSpecs = {
  pixelDense: spec({ x, weight, bias }, { y }, options),
  pixelDenseWeightGrad: spec({ x, dy: y }, { dWeight: weight, dBias: bias }, options),
  /** `before` is what earlier micro-batches gave, of length zero unless the sum is continued; it may be `dWeight` itself. */
  pixelDenseBatchWeightGrad: batchSpec(
    {
      x: (g) => g.microBatches * g.images * g.pixels,
      dy: (g) => g.microBatches * g.outFeatures * g.images,
      before: (g) => (g.continued ? rows(g) : 0),
    },
    { dWeight: rows },
    { bytes: ['x'], multiplyAdds: (g) => rows(g) * g.microBatches * g.images },
  ),
};
