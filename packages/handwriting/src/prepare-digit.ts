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
import { closedBackground, localMedian } from './background';
import {
  type Components,
  connectedComponents,
  framesOf,
  groupStrokes,
  plausibleComponents,
  rowsOf,
  strokesOf,
} from './components';
import { boxOfImage, removeImpulseNoise, resizeArea, smooth } from './filters';
import { hysteresisThresholds, isDarkOnLight, residualOf, type Thresholds } from './foreground';
import { type Box, type GrayImage, toGray } from './gray-image';
import { centerByMass, fitDigit } from './layout';
import type { Region } from './sheet';
import { withUsualStrokes } from './stroke-width';
import { drawn, photographed, type Surroundings } from './surroundings';

/** Larger images are downscaled to this side: a digit of a twentieth of it still has twice the pixels that are needed. */
const WORKING_SIDE = 1000;
const POLARITY_SIDE = 200;
/** Half of a square in which there is more paper than ink, as a fraction of the shorter side. */
const AROUND = 0.3;
/** The box of a digit begins where it is this dark, of 255. */
const LEAST_INK = 40;
/** In images smaller than this a stroke may be one pixel wide, so they are not smoothed. */
const LEAST_SMOOTHED_SIDE = 100;

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
 * const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, 280, 280);
 * prepareDigit({ width, height, channels: 4, pixels: data }).image // 784 bytes
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
 * @example prepareDrawing({ width, height, channels: 4, pixels: data }).image // as prepareDigit's
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
  return digitOf(segmentation, strokes, picture, groupStrokes(components.list, strokes));
}

/**
 * Prepares each digit of an image that shows rows of them, from left to right and from top to bottom. Digits may not touch.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, or no ink stands out in it
 * @example segmentDigits(photograph).map(({ image }) => classify(image)).join('')
 */
export function segmentDigits(picture: RasterImage, { name = 'picture' }: DigitOptions = {}): PreparedDigit[] {
  checkRasterImage(picture, name);
  const prepared = alreadyPrepared(picture);
  if (prepared !== undefined) return [asItIs(prepared)];
  const segmentation = segmentForeground(picture, name, photographed);
  const { components, strokes } = segmentation;
  return rowsOf(components.list, strokes).flatMap((ofRow, line) =>
    groupStrokes(components.list, ofRow).map((labels) => ({
      ...digitOf(segmentation, labels, picture, [labels]),
      line,
    })),
  );
}

/** An image of MNIST's kind as a digit: nothing is done to it. */
function asItIs({ image, box, darkOnLight }: AlreadyPrepared): PreparedDigit {
  const background = { ...image, pixels: new Uint8Array(image.pixels.length) };
  const steps = { gray: image, background, foreground: image, strokes: image, fitted: image };
  return { image: image.pixels, box, row: [box], line: 0, darkOnLight, steps };
}

/** The foreground of an image, segmented. All images are of one size. */
interface Segmentation {
  readonly gray: GrayImage;
  readonly background: GrayImage;
  readonly darkOnLight: boolean;
  /** From 0, background, to 255, the level of full ink; noise included. */
  readonly foreground: GrayImage;
  readonly components: Components;
  /** The labels of the components that are strokes. */
  readonly strokes: readonly number[];
  /** Pixels of these images for one pixel of the given image; at most 1. */
  readonly scale: number;
}

/** @throws DatasetError when there is no image, no ink, or only specks */
function segmentForeground(picture: RasterImage, name: string, surroundings: Surroundings): Segmentation {
  const original = toGray(picture);
  const scale = Math.min(1, WORKING_SIDE / Math.max(original.width, original.height));
  const gray = scale === 1 ? original : resizeArea(original, scaledSize(original, scale));
  const { width, height } = gray;
  const clean = removeImpulseNoise(gray);
  const smoothed = Math.min(width, height) < LEAST_SMOOTHED_SIDE ? clean : smooth(clean);
  const { island, sheetFor } = surroundings.around(smoothed);
  const darkOnLight = polarityOf(smoothed, island);
  // From here on ink is dark.
  const dark = darkOnLight ? smoothed : inverted(smoothed);
  const isSheet = sheetFor(darkOnLight);
  const background = closedBackground(dark, surroundings.withoutRules);
  const residual = residualOf(dark, background, isSheet);
  const { faintest } = hysteresisThresholds(residual, isSheet, name);
  // A box may be printed far darker than what a pencil writes into it.
  const unframed = withoutFrames(residual.foreground, { low: faintest, high: 2 * faintest });
  const ruled = surroundings.withoutRules(unframed, residual.noise);
  const thresholds = hysteresisThresholds({ ...residual, foreground: ruled.foreground }, isSheet, name);
  const components = connectedComponents(ruled.foreground, thresholds);
  const kept = plausibleComponents({ components, isSheet, isRule: ruled.isRule });
  const strokes = strokesOf({ components: components.list, labels: kept, width, height, name });
  const foreground = stretched(ruled.foreground, thresholds.full);
  return {
    gray,
    background: darkOnLight ? background : inverted(background),
    darkOnLight,
    foreground,
    components,
    strokes,
    scale,
  };
}

/** A foreground without the printed boxes around what is written. */
function withoutFrames(foreground: GrayImage, thresholds: Pick<Thresholds, 'low' | 'high'>): GrayImage {
  const components = connectedComponents(foreground, thresholds);
  const frames = new Set(framesOf(components, foreground.width));
  if (frames.size === 0) return foreground;
  const pixels = foreground.pixels.slice();
  for (let k = 0; k < pixels.length; k++) if (frames.has(components.labels[k])) pixels[k] = 0;
  return { ...foreground, pixels };
}

/** The polarity of the ink: that of the sheet alone where there is a table around it. */
function polarityOf(image: GrayImage, island: Region | undefined): boolean {
  const box = island === undefined ? boxOfImage(image) : shrunk(island.box);
  // Which of two colors is the ink's can be seen from afar.
  const scale = Math.min(1, POLARITY_SIDE / Math.max(box.right - box.left, box.bottom - box.top));
  const size = scaledSize({ width: box.right - box.left, height: box.bottom - box.top }, scale);
  const part = resizeArea(image, { ...size, box });
  return isDarkOnLight(part, localMedian(part, Math.round(Math.min(part.width, part.height) * AROUND)));
}

/** A box without its outermost twentieth at each side: a sheet that is turned does not fill its box. */
function shrunk({ left, top, right, bottom }: Box): Box {
  const [x, y] = [Math.floor((right - left) / 20), Math.floor((bottom - top) / 20)];
  return { left: left + x, top: top + y, right: right - x, bottom: bottom - y };
}

function inverted(image: GrayImage): GrayImage {
  return { ...image, pixels: image.pixels.map((level) => 255 - level) };
}

function scaledSize(
  { width, height }: Pick<GrayImage, 'width' | 'height'>,
  scale: number,
): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A contrast stretch: MNIST's strokes are white in the middle, whatever the pen was. */
function stretched(foreground: GrayImage, full: number): GrayImage {
  return { ...foreground, pixels: foreground.pixels.map((value) => Math.min(Math.round((value * 255) / full), 255)) };
}

/** The digit that the strokes of these labels make. */
function digitOf(
  segmentation: Segmentation,
  labels: readonly number[],
  picture: RasterImage,
  row: readonly (readonly number[])[],
): PreparedDigit {
  const { gray, background, darkOnLight, foreground, components } = segmentation;
  const isOurs = new Uint8Array(components.list.length + 1);
  for (const label of labels) isOurs[label] = 1;
  const pixels = new Uint8Array(foreground.pixels.length);
  for (let k = 0; k < pixels.length; k++) {
    if (isOurs[components.labels[k]] === 1) pixels[k] = foreground.pixels[k];
  }
  const strokes = { ...foreground, pixels };
  const box = boundingBox(segmentation, labels);
  const usual = withUsualStrokes(strokes, box);
  const fitted = brightened(fitDigit(usual, inkBoxOf(usual)));
  return {
    image: centerByMass(fitted).pixels,
    box: inPicture(box, segmentation, picture),
    row: row.map((ofOne) => inPicture(boundingBox(segmentation, ofOne), segmentation, picture)),
    line: 0,
    darkOnLight,
    steps: { gray, background, foreground, strokes, fitted },
  };
}

/** The bounding box of the ink. A digit has some: its strokes reach full strength somewhere. */
function inkBoxOf({ width, height, pixels }: GrayImage): Box {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (pixels[at] < LEAST_INK) continue;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
    }
  }
  return box;
}

/** As bright as MNIST's digits, whose strokes reach 255 in the middle. */
function brightened(image: GrayImage): GrayImage {
  const peak = Math.max(...image.pixels);
  return { ...image, pixels: image.pixels.map((level) => Math.round((level * 255) / Math.max(peak, 1))) };
}

/** The bounding box of the components of these labels. */
function boundingBox({ components }: Segmentation, labels: readonly number[]): Box {
  const boxes = labels.map((label) => components.list[label - 1].box);
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/** A box in the pixels of the given image. */
function inPicture(box: Box, { scale }: Segmentation, { width, height }: RasterImage): Box {
  return {
    left: Math.floor(box.left / scale),
    top: Math.floor(box.top / scale),
    right: Math.min(Math.ceil(box.right / scale), width),
    bottom: Math.min(Math.ceil(box.bottom / scale), height),
  };
}
