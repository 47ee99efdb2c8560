/** What modules of all kinds have in common: an image, prepared in some way, to class probabilities. */
import type { RasterImage } from '@longhand/datasets';
import { calibratedProbabilities, doubtOf } from '@longhand/training';
import { softmax } from './functions';
import { networkOf } from './network';

/** What a page has: an `ImageData`. Its data have one to four bytes a pixel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export interface Classification {
  /** The name of the most probable class. */
  readonly label: string;
  readonly probability: number;
  /** Whether the class is sure, as `longhand predict` says it. */
  readonly sure: boolean;
  /** In the order of the classes. */
  readonly probabilities: Float64Array;
  /** What the network was given, `[height, width, channels]`. */
  readonly image: Uint8Array;
}

const [channels, height, width] = model.input;
const network = networkOf(model);

/** The network's output for pixels `[height, width, channels]`, prepared already. */
export function forward(pixels: ArrayLike<number>): Float64Array {
  const { length } = pixels;
  if (length !== height * width * channels) {
    throw new Error(`forward: expected ${height} · ${width} · ${channels} pixels, got ${length}`);
  }
  return network(pixels);
}

export function classified(image: Uint8Array): Classification {
  const output = forward(image);
  const own = model.closed ? output : softmax(output);
  const { calibration } = model;
  const probabilities = calibration === undefined ? own : Float64Array.from(calibratedProbabilities(own, calibration));
  const probability = Math.max(...probabilities);
  const label = model.classes[probabilities.indexOf(probability)];
  const sure = doubtOf(probabilities, calibration) === undefined;
  return { label, probability, sure, probabilities, image };
}

/** A picture of any size, or the bytes of one of the network's own. */
export function pictureOf(given: Picture | ArrayLike<number>): RasterImage {
  if (!('data' in given)) return { ...size, pixels: Uint8Array.from(given) };
  // By their names in texts: the bundler shortens those in code.
  const [columns, rows] = ['width', 'height'].map((name): number => Reflect.get(given, name));
  const { data } = given;
  return { width: columns, height: rows, channels: (data.length / (columns * rows)) as 4, pixels: data };
}

export const size = { width, height, channels: channels as 1 | 3 };
export const { classes } = model;
