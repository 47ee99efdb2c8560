/**
 * Normalization: the bytes of images, image after image, become floats with the images side by side.
 *
 *   y[k, c, n] = (x[n, k, c] / 255 − mean[c]) / std[c]
 *
 * for channel c of pixel k of image n. Pixels are data and not learned from, so there is no gradient.
 */
import { OptionError } from '@longhand/tensor';
import { checkCounts, kernelSpec } from '../contract/spec';

/** What one channel, as fractions of 255, is shifted and divided by. */
export interface ChannelNormalization {
  /** What is subtracted from a pixel from 0 to 1. */
  readonly mean: number;
  /** What the rest is divided by: the standard deviation, above 0. */
  readonly std: number;
}

/** Sizes, and the normalization of each channel. */
export interface NormalizeGeometry {
  /** The number of images that lie side by side. */
  readonly batch: number;
  /** Pixels of one image, each with a byte for every channel. */
  readonly pixels: number;
  /** The normalization of each channel, in their order. */
  readonly channels: readonly ChannelNormalization[];
}

/**
 * The geometry of a normalization.
 *
 * @param where the caller's name, for messages
 * @throws ShapeError when a size is not a whole number of at least one, OptionError unless all numbers are finite and
 *   the standard deviations are above 0
 * @example
 * const [x, y] = [Uint8Array.of(0, 255), new Float32Array(2)];
 * const geometry = normalizeGeometry('input', { batch: 1, pixels: 2, channels: [{ mean: 0.5, std: 0.5 }] });
 * referenceKernels.prepare('normalize', geometry, { x, y })();
 * y; // [ -1, 1 ]
 */
export function normalizeGeometry(where: string, { batch, pixels, channels }: NormalizeGeometry): NormalizeGeometry {
  checkCounts(where, { batch, pixels, channels: channels.length });
  for (const { mean, std } of channels) {
    if (!(Number.isFinite(mean) && Number.isFinite(std) && std > 0)) {
      throw new OptionError(`${where}: expected a finite mean and a std above 0 to divide by, got ${mean} and ${std}`);
    }
  }
  return { batch, pixels, channels };
}

/**
 * What each of the 256 bytes becomes; in float64, so that storing a value rounds once.
 *
 * @example normalizedBytes({ mean: 0.5, std: 0.5 })[255] // 1
 */
export function normalizedBytes({ mean, std }: ChannelNormalization): Float64Array {
  return Float64Array.from({ length: 256 }, (_, byte) => (byte / 255 - mean) / std);
}

const entries = (g: NormalizeGeometry): number => g.pixels * g.channels.length * g.batch;

const spec = kernelSpec<NormalizeGeometry>();

export const normalizeSpecs = {
  normalize: spec({ x: entries }, { y: entries }, { bytes: ['x'], takesEight: true }),
};
