/** A picture's foreground found and segmented: what is ink, what is paper, and which strokes there are. */
import type { RasterImage } from '@longhand/datasets';
import { closedBackground, localMedian } from './background';
import { type Components, connectedComponents, framesOf, plausibleComponents, strokesOf } from './components';
import { boxOfImage, removeImpulseNoise, resizeArea, smooth } from './filters';
import { hysteresisThresholds, isDarkOnLight, residualOf, type Thresholds } from './foreground';
import { type Box, type GrayImage, toGray } from './gray-image';
import type { Region } from './sheet';
import type { Surroundings } from './surroundings';

/** Larger images are downscaled to this side: a digit of a twentieth of it still has twice the pixels that are needed. */
const WORKING_SIDE = 1000;
const POLARITY_SIDE = 200;
/** Half of a square in which there is more paper than ink, as a fraction of the shorter side. */
const AROUND = 0.3;
/** In images smaller than this a stroke may be one pixel wide, so they are not smoothed. */
const LEAST_SMOOTHED_SIDE = 100;

/** The foreground of an image, segmented. All images are of one size. */
export interface Segmentation {
  readonly gray: GrayImage;
  readonly background: GrayImage;
  readonly darkOnLight: boolean;
  /** From 0, background, to 255, the level of full ink; noise included. */
  readonly foreground: GrayImage;
  readonly components: Components;
  /** The labels of the components that are strokes. */
  readonly strokes: readonly number[];
  /** The labels of those that may be strokes; and of all that lie on the sheet, on a printed line or not. */
  readonly kept: readonly number[];
  readonly onSheet: () => readonly number[];
  /** Pixels of these images for one pixel of the given image; at most 1. */
  readonly scale: number;
}

/** @throws DatasetError when there is no image, no ink, or only specks */
export function segmentForeground(picture: RasterImage, name: string, surroundings: Surroundings): Segmentation {
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
    kept,
    onSheet: () => plausibleComponents({ components, isSheet, isRule: new Uint8Array(isSheet.length) }),
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

/** The bounding box of the components of these labels. */
export function boundingBox({ components }: Segmentation, labels: readonly number[]): Box {
  const boxes = labels.map((label) => components.list[label - 1].box);
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

/** A box in the pixels of the given image. */
export function inPicture(box: Box, { scale }: Segmentation, { width, height }: RasterImage): Box {
  return {
    left: Math.floor(box.left / scale),
    top: Math.floor(box.top / scale),
    right: Math.min(Math.ceil(box.right / scale), width),
    bottom: Math.min(Math.ceil(box.bottom / scale), height),
  };
}
