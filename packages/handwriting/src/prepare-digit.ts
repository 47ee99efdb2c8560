/**
 * A photograph or drawing of a digit made into what a network that learned from MNIST knows: white on black, 20 pixels
 * in the longer direction, its centre of mass in the middle of 28 × 28. Without this the best network guesses.
 *
 *   grey → smaller, mended, smoothed → ground → ink → thresholds → connected pieces → strokes → 20 × 20 → 28 × 28
 */

import type { RasterImage } from '@longhand/datasets';
import { digitGroupsOf } from './digit-groups';
import { type FoundInk, findInk } from './found-ink';
import { centred, fitted } from './frame';
import type { Box, GreyImage } from './gray-image';

export interface DigitOptions {
  /** What the picture is called in messages, such as its file's name; `picture` when left out. */
  readonly name?: string;
}

/** A digit ready to be read. */
export interface PreparedDigit {
  /** 28 · 28 bytes, row by row, 0 ground and 255 ink: an image as MNIST has them. */
  readonly image: Uint8Array;
  /** Where in the picture it was found, in the picture's pixels. */
  readonly box: Box;
  /** Where each digit is if it was a row of them, from left to right, as {@link segmentDigits} would take it apart. */
  readonly row: readonly Box[];
  /** Whether the picture had dark ink on light ground. */
  readonly darkOnLight: boolean;
  /** How it came about, to be looked at. The first four are of one size, at most 800 pixels in the longer direction. */
  readonly steps: DigitSteps;
}

export interface DigitSteps {
  readonly grey: GreyImage;
  /** What the paper would look like without ink. */
  readonly ground: GreyImage;
  /** From here on 0 is ground and 255 ink. */
  readonly ink: GreyImage;
  /** The ink of this digit alone: noise and everything else is gone. */
  readonly strokes: GreyImage;
  /** At most 20 × 20. */
  readonly fitted: GreyImage;
}

/**
 * The one digit of a picture: all its strokes together.
 *
 * @throws DatasetError when the picture is blank, or nothing in it stands out
 * @example
 * const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, 280, 280);
 * prepareDigit({ width, height, channels: 4, pixels: data }).image // 784 bytes
 */
export function prepareDigit(picture: RasterImage, { name = 'picture' }: DigitOptions = {}): PreparedDigit {
  const found = findInk(picture, name);
  return digitOf(found, found.strokes, picture, digitGroupsOf(found.components.list, found.strokes));
}

/**
 * The digits of a picture that has one row of them, from left to right. Digits may not touch.
 *
 * @throws DatasetError when the picture is blank, or nothing in it stands out
 * @example segmentDigits(photograph).map(({ image }) => read(image)).join('')
 */
export function segmentDigits(picture: RasterImage, { name = 'picture' }: DigitOptions = {}): PreparedDigit[] {
  const found = findInk(picture, name);
  return digitGroupsOf(found.components.list, found.strokes).map((labels) => digitOf(found, labels, picture, [labels]));
}

/** The digit that the strokes of these labels make. */
function digitOf(
  found: FoundInk,
  labels: readonly number[],
  picture: RasterImage,
  row: readonly (readonly number[])[],
): PreparedDigit {
  const { grey, ground, darkOnLight, ink, components } = found;
  const isOurs = new Uint8Array(components.list.length + 1);
  for (const label of labels) isOurs[label] = 1;
  const pixels = ink.pixels.map((value, k) => (isOurs[components.labels[k]] === 1 ? value : 0));
  const strokes = { ...ink, pixels };
  const box = boxOf(found, labels);
  const small = fitted(strokes, box);
  return {
    image: centred(small).pixels,
    box: inPicture(box, found, picture),
    row: row.map((ofOne) => inPicture(boxOf(found, ofOne), found, picture)),
    darkOnLight,
    steps: { grey, ground, ink, strokes, fitted: small },
  };
}

/** Around the components of these labels. */
function boxOf({ components }: FoundInk, labels: readonly number[]): Box {
  const boxes = labels.map((label) => components.list[label - 1].box);
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/** A box in the pixels of the picture that was given. */
function inPicture(box: Box, { scale }: FoundInk, { width, height }: RasterImage): Box {
  return {
    left: Math.floor(box.left / scale),
    top: Math.floor(box.top / scale),
    right: Math.min(Math.ceil(box.right / scale), width),
    bottom: Math.min(Math.ceil(box.bottom / scale), height),
  };
}
