/**
 * A photograph or drawing of a digit made into an image like MNIST's: white on black, 20 pixels in its longer direction,
 * its center of mass in the middle of 28 × 28. Without this preprocessing the best network guesses.
 *
 *   grayscale → downscaled, impulse noise removed, smoothed      gray-image.ts, filters.ts
 *   → background, estimated and refined                          background.ts
 *   → polarity, foreground residual, hysteresis thresholds       foreground.ts
 *   → connected components → strokes → digits                    components.ts
 *   → fitted into 20 × 20 → centered by mass in 28 × 28          layout.ts
 */
import { checkRasterImage, type RasterImage } from '@longhand/datasets';
import { type AlreadyPrepared, alreadyPrepared } from './already-prepared';
import { groupStrokes } from './components';
import { digitImageOf } from './digit-image';
import type { Box, GrayImage } from './gray-image';
import type { Piece } from './pieces';
import { boundingBox, inPicture, type Segmentation, segmentForeground } from './segmentation';
import { drawn, photographed, type Surroundings } from './surroundings';

/** The options of {@link prepareDigit} and {@link prepareDrawing}. */
export interface DigitOptions {
  /** The image's name in messages, such as its file's name. Default: `picture`. */
  readonly name?: string;
}

/** A digit ready to be classified. */
export interface PreparedDigit {
  /** 28 · 28 bytes, row by row, 0 background and 255 ink: an image as MNIST has them. */
  readonly image: Uint8Array;
  /** The bounding box of the digit, in the given image's pixels. */
  readonly box: Box;
  /** The bounding boxes of all digits if the image shows a row of them, from left to right, as {@link segmentDigits} finds them. */
  readonly row: readonly Box[];
  /** The number of the row that it stands in, from 0 at the top. */
  readonly line: number;
  /** Whether it is doubtful that this is one digit: a part of several that touch, or more than one. */
  readonly isDoubtful: boolean;
  /** The polarity: whether the image shows dark ink on a light background. */
  readonly darkOnLight: boolean;
  /** The intermediate images, to look at. */
  readonly steps: DigitSteps;
}

/** The intermediate images. The first four are of one size, at most 800 pixels in the longer direction. */
export interface DigitSteps {
  /** The luma, downscaled. */
  readonly gray: GrayImage;
  /** The estimated background: what the paper would look like without ink. */
  readonly background: GrayImage;
  /** The foreground residual, with 255 the level of full ink. From here on 0 is background and 255 ink. */
  readonly foreground: GrayImage;
  /** The foreground of this digit's strokes alone. */
  readonly strokes: GrayImage;
  /** At most 20 × 20. */
  readonly fitted: GrayImage;
}

/**
 * Prepares the one digit of an image: all its strokes together.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, or no ink stands out in it
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { loadMnist } from '@longhand/mnist/node';
 * // A 7 in dark ink on white paper, 84 pixels high.
 * const seven = imageAt(loadMnist({ split: 'test' }), 0);
 * const pixels = Uint8Array.from({ length: 84 * 84 }, (_, k) => 255 - seven[28 * Math.floor(k / 252) + (Math.floor(k / 3) % 28)]);
 * const picture = { width: 84, height: 84, channels: 1, pixels } as const;
 * const { image, darkOnLight } = prepareDigit(picture);
 * [image.length, darkOnLight]; // [ 784, true ]
 */
export function prepareDigit(picture: RasterImage, { name = 'picture' }: DigitOptions = {}): PreparedDigit {
  checkRasterImage(picture, name);
  const prepared = alreadyPrepared(picture);
  if (prepared !== undefined) return asItIs(prepared);
  return onlyDigitOf(picture, name, photographed);
}

/**
 * The same for a drawing, on a canvas for instance, whose paper is plain and fills the picture: nothing is searched for a table around a
 * sheet or for printed lines, so that a page needs a third less code.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, or no ink stands out in it
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { loadMnist } from '@longhand/mnist/node';
 * // A 7 in dark ink on white paper, 84 pixels high.
 * const seven = imageAt(loadMnist({ split: 'test' }), 0);
 * const pixels = Uint8Array.from({ length: 84 * 84 }, (_, k) => 255 - seven[28 * Math.floor(k / 252) + (Math.floor(k / 3) % 28)]);
 * const picture = { width: 84, height: 84, channels: 1, pixels } as const;
 * prepareDrawing(picture).image.length; // 784
 */
export function prepareDrawing(picture: RasterImage, { name = 'picture' }: DigitOptions = {}): PreparedDigit {
  checkRasterImage(picture, name);
  const prepared = alreadyPrepared(picture);
  if (prepared !== undefined) return asItIs(prepared);
  return onlyDigitOf(picture, name, drawn);
}

function onlyDigitOf(picture: RasterImage, name: string, surroundings: Surroundings): PreparedDigit {
  const segmentation = segmentForeground(picture, name, surroundings);
  const { components, strokes } = segmentation;
  const row = groupStrokes(components.list, strokes).map((labels) => boundingBox(segmentation, labels));
  return {
    ...digitOf(segmentation, strokesPiece(segmentation, strokes), picture),
    row: row.map((box) => inPicture(box, segmentation, picture)),
  };
}

/** An image of MNIST's kind as a digit: nothing is done to it. */
export function asItIs({ image, box, darkOnLight }: AlreadyPrepared): PreparedDigit {
  const background = { ...image, pixels: new Uint8Array(image.pixels.length) };
  const steps = { gray: image, background, foreground: image, strokes: image, fitted: image };
  return { image: image.pixels, box, row: [box], line: 0, isDoubtful: false, darkOnLight, steps };
}

/** The strokes of these labels alone. */
export function strokesPiece(segmentation: Segmentation, labels: readonly number[]): Piece {
  const { foreground, components } = segmentation;
  const isOurs = new Uint8Array(components.list.length + 1);
  for (const label of labels) isOurs[label] = 1;
  const pixels = new Uint8Array(foreground.pixels.length);
  for (let k = 0; k < pixels.length; k++) {
    if (isOurs[components.labels[k]] === 1) pixels[k] = foreground.pixels[k];
  }
  return { strokes: { ...foreground, pixels }, box: boundingBox(segmentation, labels) };
}

/** The digit that a piece is. */
export function digitOf(
  segmentation: Segmentation,
  { strokes, box, isDoubtful = false }: Piece,
  picture: RasterImage,
): PreparedDigit {
  const { gray, background, darkOnLight, foreground } = segmentation;
  const { image, fitted } = digitImageOf(strokes, box);
  const own = inPicture(box, segmentation, picture);
  const steps = { gray, background, foreground, strokes, fitted };
  return { image, box: own, row: [own], line: 0, isDoubtful, darkOnLight, steps };
}
