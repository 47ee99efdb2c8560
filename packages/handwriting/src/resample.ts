/** A picture at another size, by averaging areas: nothing between two samples is lost, so thin strokes stay. */
import type { Box, GreyImage } from './gray-image';

export interface ResampleOptions {
  readonly width: number;
  readonly height: number;
  /** The part to take; the whole picture when left out. */
  readonly box?: Box;
}

/**
 * Each new pixel is the mean of the area that it covers, pixels cut by its edges counting by the part inside. Rows and
 * columns are independent of each other, so each direction is done by itself.
 *
 * @example resample({ width: 2, height: 1, pixels: Uint8Array.of(0, 100) }, { width: 1, height: 1 }).pixels // [50]
 */
export function resample(image: GreyImage, { width, height, box = wholeOf(image) }: ResampleOptions): GreyImage {
  const columns = spansOf(box.left, box.right, width);
  const rows = spansOf(box.top, box.bottom, height);
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
  return { width, height, pixels };
}

/** The whole picture as a box. */
export function wholeOf({ width, height }: GreyImage): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

interface Span {
  readonly first: number;
  /** They sum to 1. */
  readonly weights: Float64Array;
}

/** Which old samples each of `count` new ones covers, and how much each counts. */
function spansOf(from: number, to: number, count: number): Span[] {
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
