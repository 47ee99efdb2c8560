/**
 * Background estimation: what the paper would look like without ink. A local median tells paper from ink of either polarity; a closing
 * gives the paper under dark ink.
 */
import { connectedComponents } from './components';
import { resizeArea } from './filters';
import type { GrayImage } from './gray-image';
import { closing, distancesTo } from './morphology';
import type { RuleRemoval } from './surroundings';

/** A pixel that differs by less than this many levels is background in any case. */
const LEAST_CONTRAST = 24;

/**
 * The median of the square around each pixel, clipped by the image. Most of a paper is blank, so the median is the paper, whether ink is
 * dark or light; and the straight edge of a shadow stays where it is.
 *
 * Source: Huang, Yang and Tang, "A fast two-dimensional median filtering algorithm", 1979.
 *
 * @param radius in pixels; the square has a side of twice that and one
 */
export function localMedian({ width, height, pixels, ...image }: GrayImage, radius: number): GrayImage {
  const medians = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++) {
    const [top, bottom] = [Math.max(row - radius, 0), Math.min(row + radius, height - 1)];
    const counts = new Uint32Array(256);
    const [first, end] = [top * width, (bottom + 1) * width];
    let total = 0;
    let median = 0;
    /** How many are darker than the median. */
    let below = 0;
    // Before the first column the square only fills.
    for (let column = -radius; column < width; column++) {
      const [entering, leaving] = [column + radius, column - radius - 1];
      if (entering < width) {
        for (let at = first + entering; at < end; at += width) {
          counts[pixels[at]]++;
          if (pixels[at] < median) below++;
        }
        total += bottom - top + 1;
      }
      if (leaving >= 0) {
        for (let at = first + leaving; at < end; at += width) {
          counts[pixels[at]]--;
          if (pixels[at] < median) below--;
        }
        total -= bottom - top + 1;
      }
      if (column < 0) continue;
      while (below > total / 2) below -= counts[--median];
      while (below + counts[median] <= total / 2) below += counts[median++];
      medians[row * width + column] = median;
    }
  }
  return { ...image, width, height, pixels: medians };
}

/**
 * The background of dark ink: the image without all that is dark and narrower than three of its strokes. Unlike a mean it keeps the sharp
 * edges of shadows, sheets and fingers where they are.
 *
 * The strokes' width is measured in a small copy first. Its own background is closed as narrowly as shows all strokes: a square that is
 * wider than needed also closes the corners that a shadow makes with the border.
 *
 * @param withoutRules takes printed lines out, which are no strokes
 */
export function closedBackground(image: GrayImage, withoutRules: RuleRemoval): GrayImage {
  const { width, height } = image;
  const shorter = Math.min(width, height);
  const widest = Math.max(7, Math.round(shorter * WIDEST_STROKE));
  if (shorter < LEAST_MEASURED) return closing(image, widest);
  const scale = Math.min(1, MEASURED_SIDE / Math.max(width, height));
  const small = resizeArea(image, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const usual = contrastOf(small, closing(small, Math.round(shorter * USUAL_STROKE * scale)));
  const wide = contrastOf(small, closing(small, Math.round(widest * scale)));
  const stroke = strokeWidthIn(hasWiderStrokes(usual, wide) ? wide : usual, withoutRules) / scale;
  return closing(image, Math.min(widest, Math.max(9, Math.round(3 * stroke + 4))));
}

/** No stroke is wider than this fraction of the image's shorter side … */
const WIDEST_STROKE = 0.3;
/** … and few are wider than this one. */
const USUAL_STROKE = 0.12;
/** In images whose shorter side is less, strokes are not measured. */
const LEAST_MEASURED = 100;
const MEASURED_SIDE = 400;

/** How much darker than the background, as a fraction of it; 255 is black. */
function contrastOf(image: GrayImage, background: GrayImage): GrayImage {
  const pixels = new Uint8Array(image.pixels.length);
  for (let k = 0; k < pixels.length; k++) {
    pixels[k] = ((background.pixels[k] - image.pixels[k]) * 255) / Math.max(background.pixels[k], 48);
  }
  return { ...image, pixels };
}

/** Whether a wider square finds strokes that a narrower one takes for background. They do not reach the border, as shadows do. */
function hasWiderStrokes(usual: GrayImage, wide: GrayImage): boolean {
  const { width, height } = wide;
  const pixels = wide.pixels.map((value, k) => Math.max(0, value - usual.pixels[k]));
  const { list } = connectedComponents({ ...wide, pixels }, { low: LEAST_CONTRAST, high: 2 * LEAST_CONTRAST });
  const side = USUAL_STROKE * Math.min(width, height);
  return list.some(({ box, area }) => {
    const isWithin = box.left > 0 && box.top > 0 && box.right < width && box.bottom < height;
    return isWithin && area >= side * side;
  });
}

/**
 * The width of the widest strokes in pixels: of each component, three quarters of the length are narrower. Printed lines are none.
 */
function strokeWidthIn(contrast: GrayImage, withoutRules: RuleRemoval): number {
  const { foreground } = withoutRules(contrast, 0);
  const { width, height } = foreground;
  const candidates = foreground.pixels.filter((value) => value > LEAST_CONTRAST).sort();
  if (candidates.length === 0) return 0;
  const low = candidates[Math.floor(candidates.length * 0.9)] * 0.4;
  const { list, labels } = connectedComponents(foreground, { low, high: 1.5 * low });
  const isPaper = new Uint8Array(labels.length);
  for (let k = 0; k < labels.length; k++) isPaper[k] = labels[k] === 0 ? 1 : 0;
  const distances = distancesTo(isPaper, width, height);
  const within = list.map(({ box }) => box.left > 0 && box.top > 0 && box.right < width && box.bottom < height);
  const lengths = list.map(({ box }) => Math.max(box.right - box.left, box.bottom - box.top));
  const usable = list.map((_, k) => within[k] || !within.includes(true));
  const longest = Math.max(...lengths.filter((_, k) => usable[k]));
  const widths = list.map((): number[] => []);
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const at = row * width + column;
      const label = labels[at] - 1;
      if (label < 0 || !usable[label] || lengths[label] < longest / 4) continue;
      if (isRidge(distances, at, width)) widths[label].push(2 * distances[at] - 1);
    }
  }
  const typical = widths.map((each) => each.sort((a, b) => a - b)[Math.floor(0.75 * each.length)] ?? 0);
  return Math.max(0, ...typical);
}

/** Whether no neighbor is farther from the paper: the pixel is in the middle of a stroke. */
function isRidge(distances: Float32Array, at: number, width: number): boolean {
  for (const by of [1, width, width + 1, width - 1]) {
    if (distances[at - by] > distances[at] || distances[at + by] > distances[at]) return false;
  }
  return true;
}
