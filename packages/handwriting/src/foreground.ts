/** The foreground residual, its polarity, and the hysteresis thresholds that separate ink from noise. */
import { DatasetError } from '@longhand/datasets';
import type { GrayImage } from './gray-image';

/** A background darker than this is taken as this dark: a division by little would amplify noise. */
const LEAST_RANGE = 48;
/** A residual below this is not taken for ink, however little noise there is. */
const FAINTEST = 20;
/**
 * The ratio of the faintest ink to the noise level. The noise level is the 99th percentile of the inverted residual. In a
 * large image more pixels exceed it, and the extremes are farther out, so the ratio is higher.
 */
const ABOVE_NOISE = 1.6;
const ABOVE_NOISE_IN_LARGE_IMAGES = 2.1;
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

/** What is left after the background is subtracted, divided by the range from the background to black or to white. */
export interface Residual {
  /** In the direction of ink: 0 is background, 255 full contrast. */
  readonly foreground: GrayImage;
  /** In the opposite direction, where there is no ink: noise, and what remains of uneven illumination. */
  readonly inverted: GrayImage;
}

/**
 * The residual of each pixel as a fraction of the range from its background to black, or to white when the ink is light; 255 is
 * the whole range. A fraction and not a difference, because a shadow dims background and ink by the same factor. The inverted
 * residual has the same scale.
 */
export function residualOf(gray: GrayImage, background: GrayImage, darkOnLight: boolean): Residual {
  const foreground = new Uint8Array(gray.pixels.length);
  const inverted = new Uint8Array(gray.pixels.length);
  for (let k = 0; k < foreground.length; k++) {
    const range = Math.max(darkOnLight ? background.pixels[k] : 255 - background.pixels[k], LEAST_RANGE);
    const residual = ((background.pixels[k] - gray.pixels[k]) * (darkOnLight ? 255 : -255)) / range;
    if (residual > 0) foreground[k] = Math.min(Math.round(residual), 255);
    else inverted[k] = Math.min(Math.round(-residual), 255);
  }
  return { foreground: { ...gray, pixels: foreground }, inverted: { ...gray, pixels: inverted } };
}

/** Levels of the foreground residual, from 0 to 255. */
export interface Thresholds {
  /** A pixel of this level belongs to a stroke if it is connected to a pixel of level `high`. */
  readonly low: number;
  /** A pixel of this level is ink. */
  readonly high: number;
  /** The level in the middle of a stroke. */
  readonly full: number;
}

/**
 * The hysteresis thresholds of an image. There is no ink in the inverted residual, so its 99th percentile is the level of the
 * noise and of remaining unevenness in both directions. The thresholds lie above it, and at a quarter and a half of the level of
 * full ink, the 95th percentile of all pixels above the noise.
 *
 * @throws DatasetError when there is no ink, or none that stands out from the noise
 */
export function hysteresisThresholds({ foreground, inverted }: Residual, name: string): Thresholds {
  const noise = percentileOf(inverted.pixels, 0.99);
  const isLarge = foreground.pixels.length >= LARGE_IMAGE;
  const faintest = Math.max(FAINTEST, Math.ceil(noise * (isLarge ? ABOVE_NOISE_IN_LARGE_IMAGES : ABOVE_NOISE)));
  const candidates = foreground.pixels.filter((value) => value >= faintest);
  if (candidates.length > 0) {
    const full = percentileOf(candidates, 0.95);
    return { low: Math.max(faintest * 0.6, full * 0.25), high: Math.max(faintest, full * 0.5), full };
  }
  const strongest = percentileOf(foreground.pixels, 1);
  if (strongest < FAINTEST)
    throw new DatasetError(`${name}: expected a digit, got a blank picture; write one, or write darker`);
  throw new DatasetError(
    `${name}: expected ink that stands out, got a contrast of ${percent(strongest)} where noise makes ${percent(noise)}; use more light, a darker pen, or more empty paper around the digit`,
  );
}

/** The least value that the fraction `part` of all values does not exceed. */
function percentileOf(values: Uint8Array, part: number): number {
  const counts = new Uint32Array(256);
  for (let k = 0; k < values.length; k++) counts[values[k]]++;
  let seen = 0;
  let value = -1;
  do seen += counts[++value];
  while (seen < part * values.length);
  return value;
}

function percent(level: number): string {
  return `${Math.round((level / 255) * 100)} %`;
}
