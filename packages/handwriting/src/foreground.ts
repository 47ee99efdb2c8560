/** The foreground residual, its polarity, and the hysteresis thresholds that separate ink from noise. */
import { DatasetError } from '@longhand/datasets';
import type { GrayImage } from './gray-image';

/** A background darker than this is taken as this dark: a division by little would amplify noise. */
const LEAST_RANGE = 48;
/** A residual below this is not taken for ink, however little noise there is. */
const FAINTEST = 20;
/**
 * The ratio of the faintest ink to the noise's standard deviation. In a large image more pixels exceed it, and the extremes are farther
 * out, so the ratio is higher.
 */
const ABOVE_NOISE = 3.7;
const ABOVE_NOISE_IN_LARGE_IMAGES = 5;
const LARGE_IMAGE = 10_000;

/**
 * The polarity of an image: whether its ink is darker than its background. The residual consists of ink, noise and uneven
 * illumination. Its third power, the skewness but for its scale, keeps the sign and lets the strong residual of a few pixels
 * of ink outweigh the weak residual of all others.
 */
export function isDarkOnLight(gray: GrayImage, background: GrayImage): boolean {
  let sum = 0;
  for (let k = 0; k < gray.pixels.length; k++) {
    const residual = background.pixels[k] - gray.pixels[k];
    sum += residual * residual * residual;
  }
  return sum >= 0;
}

/** What is left after the background is subtracted, divided by the range from the background to black. */
export interface Residual {
  /** In the direction of ink: 0 is background, 255 full contrast. */
  readonly foreground: GrayImage;
  /** The standard deviation of the noise, in the same levels. */
  readonly noise: number;
}

/**
 * The residual of each pixel of dark ink as a fraction of the range from its background to black; 255 is the whole range. A fraction and
 * not a difference, because a shadow dims background and ink by the same factor.
 *
 * A closed background lies above the noise of the paper. How far is the median of all residuals, since most of a paper is blank; the
 * residuals below the median are noise alone, and five sixths of normal noise lie above one standard deviation below it.
 *
 * @param isSheet 1 where the sheet is, in which noise is measured
 */
export function residualOf(gray: GrayImage, background: GrayImage, isSheet: Uint8Array): Residual {
  const { length } = gray.pixels;
  const residuals = new Float32Array(length);
  const counts = new Uint32Array(256);
  let count = 0;
  for (let k = 0; k < length; k++) {
    residuals[k] = ((background.pixels[k] - gray.pixels[k]) * 255) / Math.max(background.pixels[k], LEAST_RANGE);
    if (isSheet[k] === 1) {
      counts[Math.min(Math.max(Math.round(residuals[k]), 0), 255)]++;
      count++;
    }
  }
  const quantile = (part: number): number => {
    let seen = counts[0];
    let value = 0;
    while (seen < part * count && value < 255) seen += counts[++value];
    // Within the level, in proportion.
    return value + 0.5 - (counts[value] === 0 ? 0 : (seen - part * count) / counts[value]);
  };
  const offset = Math.max(0, quantile(0.5));
  const noise = Math.max(0, offset - Math.max(0, quantile(0.159)));
  const pixels = new Uint8Array(length);
  for (let k = 0; k < length; k++) pixels[k] = Math.round(Math.min(Math.max(residuals[k] - offset, 0), 255));
  return { foreground: { ...gray, pixels }, noise };
}

/** Levels of the foreground residual, from 0 to 255. */
export interface Thresholds {
  /** What is below is noise. */
  readonly faintest: number;
  /** A pixel of this level belongs to a stroke if it is connected to a pixel of level `high`. */
  readonly low: number;
  /** A pixel of this level is ink. */
  readonly high: number;
  /** The level in the middle of a stroke. */
  readonly full: number;
}

/**
 * The hysteresis thresholds of an image. They lie above the noise, and at a quarter and a half of the level of full ink, the 95th
 * percentile of all pixels above the noise.
 *
 * @param isSheet 1 where the sheet is
 * @throws DatasetError when there is no ink, or none that stands out from the noise
 */
export function hysteresisThresholds({ foreground, noise }: Residual, isSheet: Uint8Array, name: string): Thresholds {
  const isLarge = foreground.pixels.length >= LARGE_IMAGE;
  const faintest = Math.max(FAINTEST, Math.ceil(noise * (isLarge ? ABOVE_NOISE_IN_LARGE_IMAGES : ABOVE_NOISE)));
  const counts = countsOf(foreground.pixels, isSheet);
  const strongest = percentileOf(counts, 1);
  if (strongest >= faintest) {
    const full = percentileOf(counts.fill(0, 0, faintest), 0.95);
    return { faintest, low: Math.max(faintest * 0.6, full * 0.25), high: Math.max(faintest, full * 0.5), full };
  }
  if (strongest < FAINTEST)
    throw new DatasetError(`${name}: expected a digit, got a blank picture; write one, or write darker`);
  throw new DatasetError(
    `${name}: expected ink that stands out, got a contrast of ${percent(strongest)} where noise makes ${percent(3 * noise)}; use more light, a darker pen, or more empty paper around the digit`,
  );
}

/** How many pixels of the sheet have each level. */
function countsOf(values: Uint8Array, isSheet: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let k = 0; k < values.length; k++) counts[values[k]] += isSheet[k];
  return counts;
}

/** The least level that the fraction `part` of all does not exceed. */
function percentileOf(counts: Uint32Array, part: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  let value = -1;
  do seen += counts[++value];
  while (seen < part * total && value < 255);
  return value;
}

function percent(level: number): string {
  return `${Math.round((level / 255) * 100)} %`;
}
