/**
 * Background estimation: what the paper would look like without ink. A first estimate is interpolated from the image's border;
 * a second pass corrects it by the residual of the background pixels around each pixel.
 */
import type { GrayImage } from './gray-image';

/** The border is sampled in at most this many cells along each side … */
const MOST_CELLS = 12;
/** … none of them shorter than this many pixels. */
const LEAST_LENGTH = 8;
/** The radius of the local mean, as a fraction of the longer side. */
const RADIUS = 1 / 6;
/** A pixel that differs by less than this many levels is background in any case. */
const LEAST_CONTRAST = 24;

/**
 * The background of an image, estimated from its border, where digits seldom are. Each cell along a side gives the median
 * of its pixels; a median of three neighboring cells then removes a stroke that runs over the edge.
 *
 * Inside, the four sides are interpolated as a Coons patch: (left to right) + (top to bottom) − (corner to corner). A sum of
 * a function of the column and a function of the row is reproduced exactly, so an illumination gradient and vignetting leave
 * no residual.
 *
 * Source: Coons, "Surfaces for computer-aided design of space forms", 1967.
 */
export function estimateBackground(image: GrayImage): GrayImage {
  const { width, height } = image;
  const depth = Math.max(Math.min(2, width, height), Math.round(Math.min(width, height) / 20));
  const top = sideOf(image, { length: width, depth, at: (along, across) => across * width + along });
  const bottom = sideOf(image, { length: width, depth, at: (along, across) => (height - 1 - across) * width + along });
  const left = sideOf(image, { length: height, depth, at: (along, across) => along * width + across });
  const right = sideOf(image, { length: height, depth, at: (along, across) => along * width + width - 1 - across });
  const corners = {
    topLeft: (top[0] + left[0]) / 2,
    topRight: (top[width - 1] + right[0]) / 2,
    bottomLeft: (bottom[0] + left[height - 1]) / 2,
    bottomRight: (bottom[width - 1] + right[height - 1]) / 2,
  };
  const pixels = new Uint8Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    const v = (row + 0.5) / height;
    const leftCorners = lerp(corners.topLeft, corners.bottomLeft, v);
    const rightCorners = lerp(corners.topRight, corners.bottomRight, v);
    for (let column = 0; column < width; column++, to++) {
      const u = (column + 0.5) / width;
      const across = lerp(left[row], right[row], u);
      const down = lerp(top[column], bottom[column], v);
      const gray = across + down - lerp(leftCorners, rightCorners, u);
      pixels[to] = Math.min(Math.max(Math.round(gray), 0), 255);
    }
  }
  return { width, height, channels: 1, pixels };
}

/** One side of an image. */
interface Side {
  /** In pixels. */
  readonly length: number;
  /** How many pixels from the edge inward are sampled. */
  readonly depth: number;
  /** The index of the pixel `along` the side and `across`, inward from it. */
  readonly at: (along: number, across: number) => number;
}

/** The background along a side, one value for each of its pixels: the medians of the cells, linearly interpolated. */
function sideOf({ pixels }: GrayImage, { length, depth, at }: Side): Float64Array {
  const cells = Math.min(Math.max(Math.floor(length / LEAST_LENGTH), 1), MOST_CELLS);
  const medians = Array.from({ length: cells }, (_, cell) => {
    const values: number[] = [];
    const end = Math.ceil(((cell + 1) * length) / cells);
    for (let along = Math.floor((cell * length) / cells); along < end; along++) {
      for (let across = 0; across < depth; across++) values.push(pixels[at(along, across)]);
    }
    return medianOf(values);
  });
  const filtered = medians.map((_, cell) => medianOf(medians.slice(Math.max(cell - 1, 0), cell + 2)));
  return Float64Array.from({ length }, (_, along) => {
    const position = Math.min(Math.max(((along + 0.5) * cells) / length - 0.5, 0), cells - 1);
    const before = Math.floor(position);
    return lerp(filtered[before], filtered[Math.min(before + 1, cells - 1)], position - before);
  });
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function lerp(from: number, to: number, t: number): number {
  return from + (to - from) * t;
}

/**
 * The background refined by a masked box filter: the mean residual of all background pixels nearby is added to the first
 * estimate. This removes the light cone of a lamp in the middle of the sheet, and a stroke that crossed the border and
 * spoiled the first estimate.
 *
 * A pixel is masked as foreground when its residual, of either sign, is a third of the largest or more.
 */
export function refineBackground(gray: GrayImage, background: GrayImage): GrayImage {
  const { width, height } = gray;
  const residual = new Float32Array(width * height);
  let largest = 0;
  for (let k = 0; k < residual.length; k++) {
    residual[k] = gray.pixels[k] - background.pixels[k];
    largest = Math.max(largest, Math.abs(residual[k]));
  }
  const limit = Math.max(LEAST_CONTRAST, largest / 3);
  const mask = new Float32Array(width * height);
  for (let k = 0; k < residual.length; k++) {
    if (Math.abs(residual[k]) < limit) mask[k] = 1;
    else residual[k] = 0;
  }
  const radius = Math.max(2, Math.round(Math.max(width, height) * RADIUS));
  const sums = boxSums(residual, width, height, radius);
  const counts = boxSums(mask, width, height, radius);
  const pixels = new Uint8Array(width * height);
  for (let k = 0; k < pixels.length; k++) {
    const correction = counts[k] < 1 ? 0 : sums[k] / counts[k];
    pixels[k] = Math.min(Math.max(Math.round(background.pixels[k] + correction), 0), 255);
  }
  return { width, height, channels: 1, pixels };
}

/** For each pixel the sum over the square around it, clipped by the image: along the rows, then along the columns. */
function boxSums(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  const sums = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    runningSums(values, across, { start: row * width, step: 1, count: width, radius });
  }
  for (let column = 0; column < width; column++) {
    runningSums(across, sums, { start: column, step: width, count: height, radius });
  }
  return sums;
}

/** One row or column: `count` values from index `start` on, `step` apart. */
interface Run {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly radius: number;
}

function runningSums(from: Float32Array, into: Float32Array, { start, step, count, radius }: Run): void {
  let sum = 0;
  for (let k = 0; k < Math.min(radius, count); k++) sum += from[start + k * step];
  for (let k = 0; k < count; k++) {
    if (k + radius < count) sum += from[start + (k + radius) * step];
    if (k - radius > 0) sum -= from[start + (k - radius - 1) * step];
    into[start + k * step] = sum;
  }
}
