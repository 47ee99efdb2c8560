/** How much ink there is at each pixel: what departs from the ground, in the direction in which ink does. */
import type { GreyImage } from './gray-image';

/** A ground darker than this is taken for this dark: a division by little would make ink of noise. */
const LEAST_RANGE = 48;

/**
 * Whether the ink is darker than the ground. What departs from the ground is ink, noise and unevenness; its third power
 * keeps the sign, and lets the strong departures of a few pixels of ink outweigh the weak ones of many others.
 */
export function isDarkOnLight(grey: GreyImage, ground: GreyImage): boolean {
  let sum = 0;
  for (let k = 0; k < grey.pixels.length; k++) {
    const departure = ground.pixels[k] - grey.pixels[k];
    sum += departure * departure * departure;
  }
  return sum >= 0;
}

/** How far a picture departs from its ground, in both directions, from 0 to 255: a part of the way to black, or to white. */
export interface Departure {
  /** In the direction of ink. */
  readonly ink: GreyImage;
  /** In the other direction, where no ink is: noise, and what is left of uneven light. */
  readonly contrary: GreyImage;
}

/**
 * How far each pixel has gone from its ground towards black, or towards white if the ink is light; 255 is all the way. As a
 * part of the way and not as a difference, because in a shadow ground and ink are dimmed by the same factor. What went the
 * other way is measured by the same yardstick.
 */
export function departureOf(grey: GreyImage, ground: GreyImage, darkOnLight: boolean): Departure {
  const ink = new Uint8Array(grey.pixels.length);
  const contrary = new Uint8Array(grey.pixels.length);
  for (let k = 0; k < ink.length; k++) {
    const range = Math.max(darkOnLight ? ground.pixels[k] : 255 - ground.pixels[k], LEAST_RANGE);
    const departure = ((ground.pixels[k] - grey.pixels[k]) * (darkOnLight ? 255 : -255)) / range;
    if (departure > 0) ink[k] = Math.min(Math.round(departure), 255);
    else contrary[k] = Math.min(Math.round(-departure), 255);
  }
  return { ink: { ...grey, pixels: ink }, contrary: { ...grey, pixels: contrary } };
}
