/** The filters before segmentation: area resampling, removal of impulse noise, smoothing. */
import type { Box, GrayImage } from './gray-image';

/** How far a pixel stands out from each of its neighbors when it is impulse noise: 32 of 255 levels. */
const IMPULSE = 32;

export interface ResizeOptions {
  /** The new width in pixels. */
  readonly width: number;
  /** The new height in pixels. */
  readonly height: number;
  /** The part of the image to take. Default: the whole image. */
  readonly box?: Box;
}

/**
 * Resizes by area averaging, as OpenCV's `INTER_AREA`: each new pixel is the mean of the area that it covers, where a pixel on
 * the area's edge counts by the fraction inside. No pixel falls between two samples, so thin strokes stay. The filter is
 * separable: rows first, then columns.
 *
 * @example resizeArea({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0, 100) }, { width: 1, height: 1 }).pixels // [50]
 */
export function resizeArea(image: GrayImage, { width, height, box = boxOfImage(image) }: ResizeOptions): GrayImage {
  const columns = areaWeights(box.left, box.right, width);
  const rows = areaWeights(box.top, box.bottom, height);
  const narrow = new Float32Array((box.bottom - box.top) * width);
  for (let row = box.top, to = 0; row < box.bottom; row++) {
    const start = row * image.width;
    for (let column = 0; column < width; column++, to++) {
      const { first, weights } = columns[column];
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * image.pixels[start + first + k];
      narrow[to] = sum;
    }
  }
  const pixels = new Uint8Array(width * height);
  const sums = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    const { first, weights } = rows[row];
    sums.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const start = (first - box.top + k) * width;
      for (let column = 0; column < width; column++) sums[column] += weights[k] * narrow[start + column];
    }
    for (let column = 0; column < width; column++) pixels[row * width + column] = Math.round(sums[column]);
  }
  return { width, height, channels: 1, pixels };
}

/** The bounding box of a whole image. */
export function boxOfImage({ width, height }: GrayImage): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** The old samples that one new sample covers. */
interface CoveredSamples {
  /** The index of the first. */
  readonly first: number;
  /** The fraction of the new sample that each covers. They sum to 1. */
  readonly weights: Float64Array;
}

function areaWeights(from: number, to: number, count: number): CoveredSamples[] {
  const step = (to - from) / count;
  return Array.from({ length: count }, (_, index) => {
    const start = from + index * step;
    const end = index === count - 1 ? to : start + step;
    const first = Math.min(Math.floor(start), to - 1);
    const last = Math.min(Math.max(Math.ceil(end), first + 1), to);
    const weights = Float64Array.from({ length: last - first }, (_, k) => {
      const covered = Math.min(end, first + k + 1) - Math.max(start, first + k);
      return Math.max(covered, 0) / (end - start);
    });
    return { first, weights };
  });
}

/**
 * Removes impulse noise (salt and pepper): dust, dead pixels of a camera, errors of a transmission. A pixel that is far
 * brighter than the brightest of its eight neighbors, or far darker than the darkest, becomes the mean of these neighbors.
 * A stroke, however thin, continues in some neighbor, so it stays; a median filter would erode it.
 */
export function removeImpulseNoise({ width, height, pixels, ...image }: GrayImage): GrayImage {
  const repaired = pixels.slice();
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      // Nearly every pixel is like the one beside it, and is done here.
      const beside = column > 0 ? pixels[at - 1] : pixels[at + 1];
      if (Math.abs(pixels[at] - beside) < IMPULSE) continue;
      let least = 255;
      let most = 0;
      let sum = -pixels[at];
      let count = -1;
      for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++) {
        for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) {
          const neighbor = y * width + x;
          sum += pixels[neighbor];
          count++;
          if (neighbor === at) continue;
          least = Math.min(least, pixels[neighbor]);
          most = Math.max(most, pixels[neighbor]);
        }
      }
      if (pixels[at] >= most + IMPULSE || pixels[at] <= least - IMPULSE) repaired[at] = Math.round(sum / count);
    }
  }
  return { ...image, width, height, pixels: repaired };
}

/**
 * A 3 × 3 Gaussian blur with the binomial weights 1 2 1 in each direction: the standard deviation of independent noise falls to
 * three eighths, and what is as wide as a stroke stays. The border is replicated.
 */
export function smooth({ width, height, pixels, ...image }: GrayImage): GrayImage {
  const across = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) {
      const before = pixels[start + Math.max(column - 1, 0)];
      const after = pixels[start + Math.min(column + 1, width - 1)];
      across[start + column] = before + 2 * pixels[start + column] + after;
    }
  }
  const smoothed = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const above = Math.max(row - 1, 0) * width;
    const below = Math.min(row + 1, height - 1) * width;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      smoothed[at] = (across[above + column] + 2 * across[at] + across[below + column] + 8) >> 4;
    }
  }
  return { ...image, width, height, pixels: smoothed };
}
