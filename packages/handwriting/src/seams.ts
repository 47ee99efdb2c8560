/**
 * Seams: paths from the top of an image to its bottom that cross as little ink as they can, along which touching digits may be cut.
 *
 * Source: Avidan and Shamir, "Seam carving for content-aware image resizing", 2007, for the dynamic program.
 */
import type { GrayImage } from './gray-image';

/** A path from top to bottom. */
export interface Seam {
  /** For each row the column that it goes before: what is at its left and what is at its right. */
  readonly columns: Int32Array;
  /** Its mean column. */
  readonly middle: number;
  /** How many strokes it crosses. */
  readonly crossings: number;
  /** How many pixels of ink it goes through. */
  readonly ink: number;
}

/** The costs of a pixel that a seam goes through, and of a step aside. Ink costs up to 1. */
const PAPER_COST = 0.01;
const ASIDE_COST = 0.03;

interface SeamOptions {
  /** The distance between the columns around which seams are looked for, in pixels. */
  readonly step: number;
  /** How far a seam may lie from its column, in pixels. */
  readonly reach: number;
}

/**
 * The seams of an image from left to right, the best one around each of evenly spaced columns; none twice.
 *
 * @param image 0 background, 255 ink
 */
export function seamsOf(image: GrayImage, { step, reach }: SeamOptions): Seam[] {
  const seams: Seam[] = [];
  for (let column = step; column <= image.width - step; column += step) {
    const seam = seamAround(image, Math.round(column), reach);
    if (!seams.some((other) => isSame(seam, other, step / 4))) seams.push(seam);
  }
  return seams.sort((a, b) => a.middle - b.middle);
}

function isSame(one: Seam, other: Seam, most: number): boolean {
  let away = 0;
  for (let row = 0; row < one.columns.length; row++) away += Math.abs(one.columns[row] - other.columns[row]);
  return away <= most * one.columns.length;
}

function seamAround({ width, height, pixels }: GrayImage, column: number, reach: number): Seam {
  const left = Math.max(0, column - reach);
  const right = Math.min(width - 1, column + reach);
  const count = right - left + 1;
  const cost = (row: number, k: number): number => PAPER_COST + pixels[row * width + left + k] / 255;
  let sums = Float64Array.from({ length: count }, (_, k) => cost(0, k));
  /** For each row and column the step that leads to it from the row above: −1, 0 or 1. */
  const steps = new Int8Array(height * count);
  for (let row = 1; row < height; row++) {
    const next = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      let [best, step] = [sums[k], 0];
      if (k > 0 && sums[k - 1] + ASIDE_COST < best) [best, step] = [sums[k - 1] + ASIDE_COST, -1];
      if (k < count - 1 && sums[k + 1] + ASIDE_COST < best) [best, step] = [sums[k + 1] + ASIDE_COST, 1];
      next[k] = best + cost(row, k);
      steps[row * count + k] = step;
    }
    sums = next;
  }
  const columns = new Int32Array(height);
  let at = sums.indexOf(Math.min(...sums));
  let [total, ink, crossings, isInk] = [0, 0, 0, false];
  for (let row = height - 1; row >= 0; row--) {
    columns[row] = left + at;
    total += left + at;
    const isNow = pixels[row * width + left + at] >= 128;
    if (isNow) ink++;
    if (isNow && !isInk) crossings++;
    isInk = isNow;
    at += steps[row * count + at];
  }
  return { columns, middle: total / height, crossings, ink };
}
