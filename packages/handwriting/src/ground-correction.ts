/** The second look at the ground: what the border could not tell of it. */
import type { GreyImage } from './gray-image';

/** How far around a pixel its ground is looked for, as a part of the longer side. */
const REACH = 1 / 6;
/** Departures smaller than this are ground in any case. */
const LEAST_INK = 24;

/**
 * The ground corrected by what lies around each pixel: the mean departure from the first ground of all pixels nearby that
 * are no ink. So the cone of a lamp in the middle of the sheet goes, and so does a stroke that ran over the border and into
 * the first estimate.
 *
 * Whatever departs by a third of the strongest departure, to either side, counts as ink here.
 */
export function correctedGround(grey: GreyImage, ground: GreyImage): GreyImage {
  const { width, height } = grey;
  const departures = new Float32Array(width * height);
  let strongest = 0;
  for (let k = 0; k < departures.length; k++) {
    departures[k] = grey.pixels[k] - ground.pixels[k];
    strongest = Math.max(strongest, Math.abs(departures[k]));
  }
  const limit = Math.max(LEAST_INK, strongest / 3);
  const counted = new Float32Array(width * height);
  for (let k = 0; k < departures.length; k++) {
    if (Math.abs(departures[k]) < limit) counted[k] = 1;
    else departures[k] = 0;
  }
  const radius = Math.max(2, Math.round(Math.max(width, height) * REACH));
  const sums = boxSums(departures, width, height, radius);
  const counts = boxSums(counted, width, height, radius);
  const pixels = new Uint8Array(width * height);
  for (let k = 0; k < pixels.length; k++) {
    const correction = counts[k] < 1 ? 0 : sums[k] / counts[k];
    pixels[k] = Math.min(Math.max(Math.round(ground.pixels[k] + correction), 0), 255);
  }
  return { width, height, pixels };
}

/** For each pixel the sum over the square around it, as far as the picture goes: along the rows, then along the columns. */
function boxSums(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  const sums = new Float32Array(values.length);
  for (let row = 0; row < height; row++)
    runningSums(values, across, { start: row * width, step: 1, count: width, radius });
  for (let column = 0; column < width; column++) {
    runningSums(across, sums, { start: column, step: width, count: height, radius });
  }
  return sums;
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  readonly radius: number;
}

function runningSums(from: Float32Array, into: Float32Array, { start, step, count, radius }: Line): void {
  let sum = 0;
  for (let k = 0; k < Math.min(radius, count); k++) sum += from[start + k * step];
  for (let k = 0; k < count; k++) {
    if (k + radius < count) sum += from[start + (k + radius) * step];
    if (k - radius > 0) sum -= from[start + (k - radius - 1) * step];
    into[start + k * step] = sum;
  }
}
