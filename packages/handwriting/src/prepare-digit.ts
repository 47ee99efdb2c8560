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
import { estimateBackground, refineBackground } from './background';
import { type Components, connectedComponents, groupStrokes, strokesOf } from './components';
import { removeImpulseNoise, resizeArea, smooth } from './filters';
import { hysteresisThresholds, isDarkOnLight, residualOf } from './foreground';
import { type Box, type GrayImage, toGray } from './gray-image';
import { centerByMass, fitDigit } from './layout';

/** Larger images are downscaled to this side: a digit of a twentieth of it still has twice the pixels that are needed. */
const WORKING_SIDE = 800;
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
  const segmentation = segmentForeground(picture, name);
  const { components, strokes } = segmentation;
  return digitOf(segmentation, strokes, picture, groupStrokes(components.list, strokes));
}

/**
 * Prepares each digit of an image that shows one row of them, from left to right. Digits may not touch.
 *
 * @param picture any size, 1 to 4 channels; it is not changed
 * @throws DatasetError when the image is blank, or no ink stands out in it
 * @example segmentDigits(photograph).map(({ image }) => classify(image)).join('')
 */
export function segmentDigits(picture: RasterImage, { name = 'picture' }: DigitOptions = {}): PreparedDigit[] {
  const segmentation = segmentForeground(picture, name);
  const { components, strokes } = segmentation;
  return groupStrokes(components.list, strokes).map((labels) => digitOf(segmentation, labels, picture, [labels]));
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
function segmentForeground(picture: RasterImage, name: string): Segmentation {
  checkRasterImage(picture, name);
  const original = toGray(picture);
  const scale = Math.min(1, WORKING_SIDE / Math.max(original.width, original.height));
  const gray = scale === 1 ? original : resizeArea(original, scaledSize(original, scale));
  const { width, height } = gray;
  const clean = removeImpulseNoise(gray);
  const smoothed = Math.min(width, height) < LEAST_SMOOTHED_SIDE ? clean : smooth(clean);
  const background = refineBackground(smoothed, estimateBackground(smoothed));
  const darkOnLight = isDarkOnLight(smoothed, background);
  const residual = residualOf(smoothed, background, darkOnLight);
  const thresholds = hysteresisThresholds(residual, name);
  const components = connectedComponents(residual.foreground, thresholds);
  const strokes = strokesOf({ components: components.list, width, height, name });
  const foreground = stretched(residual.foreground, thresholds.full);
  return { gray, background, darkOnLight, foreground, components, strokes, scale };
}

function scaledSize({ width, height }: GrayImage, scale: number): { width: number; height: number } {
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
  const pixels = foreground.pixels.map((value, k) => (isOurs[components.labels[k]] === 1 ? value : 0));
  const strokes = { ...foreground, pixels };
  const box = boundingBox(segmentation, labels);
  const fitted = fitDigit(strokes, box);
  return {
    image: centerByMass(fitted).pixels,
    box: inPicture(box, segmentation, picture),
    row: row.map((ofOne) => inPicture(boundingBox(segmentation, ofOne), segmentation, picture)),
    darkOnLight,
    steps: { gray, background, foreground, strokes, fitted },
  };
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
