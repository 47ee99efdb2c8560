/** From how much ink on a pixel is part of a stroke. */
import { DatasetError } from '@longhand/datasets';
import type { Departure } from './departure';

/** Departures from the ground below this are not read, however quiet the picture is. */
const FAINTEST = 20;
/**
 * How many times as strong as the noise ink has to be. What is called noise here, a hundredth of all pixels exceeds; and the more
 * pixels there are, the farther the strangest of them strays.
 */
const ABOVE_NOISE = 1.6;
const ABOVE_NOISE_OF_MANY = 2.1;
const MANY_PIXELS = 10_000;

/** Amounts of ink, from 0 to 255. */
export interface Thresholds {
  /** A pixel of this much ink belongs to a stroke if it hangs together with certain ink. */
  readonly low: number;
  /** A pixel of this much is certain ink. */
  readonly high: number;
  /** The ink in the middle of a stroke. */
  readonly full: number;
}

/**
 * The thresholds of a picture. What departs from the ground in the contrary direction is no ink, so it shows how strong noise
 * and remaining unevenness are in both.
 *
 * @throws DatasetError when there is no ink, or none that stands out
 */
export function thresholdsOf({ ink, contrary }: Departure, name: string): Thresholds {
  const noise = percentileOf(contrary.pixels, 0.99);
  const faintest = Math.max(
    FAINTEST,
    Math.ceil(noise * (ink.pixels.length < MANY_PIXELS ? ABOVE_NOISE : ABOVE_NOISE_OF_MANY)),
  );
  const candidates = ink.pixels.filter((value) => value >= faintest);
  if (candidates.length > 0) {
    const full = percentileOf(candidates, 0.95);
    return { low: Math.max(faintest * 0.6, full * 0.25), high: Math.max(faintest, full * 0.5), full };
  }
  const strongest = percentileOf(ink.pixels, 1);
  if (strongest < FAINTEST)
    throw new DatasetError(`${name}: expected a digit, got a blank picture; write one, or write darker`);
  throw new DatasetError(
    `${name}: expected ink that stands out, got a contrast of ${percent(strongest)} where noise makes ${percent(noise)}; use more light, a darker pen, or more empty paper around the digit`,
  );
}

/** The least value that the part `part` of all values does not exceed. */
function percentileOf(values: Uint8Array, part: number): number {
  const counts = new Uint32Array(256);
  for (let k = 0; k < values.length; k++) counts[values[k]]++;
  let seen = 0;
  let value = -1;
  do seen += counts[++value];
  while (seen < part * values.length);
  return value;
}

function percent(ink: number): string {
  return `${Math.round((ink / 255) * 100)} %`;
}
