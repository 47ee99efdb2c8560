/** All that comes before single digits: from a picture to its strokes. */

import { checkRasterImage, type RasterImage } from '@longhand/datasets';
import { type Components, componentsOf } from './components';
import { departureOf, isDarkOnLight } from './departure';
import { despeckled } from './despeckle';
import type { GreyImage } from './gray-image';
import { greyOf } from './grey';
import { groundOf } from './ground';
import { correctedGround } from './ground-correction';
import { resample } from './resample';
import { smooth } from './smooth';
import { strokesOf } from './strokes';
import { thresholdsOf } from './thresholds';

/** Larger pictures are made this large first: a digit of a twentieth of the side still has twice the pixels it will need. */
const WORKING_SIDE = 800;
/** In smaller pictures a stroke may be a pixel wide, and is not smoothed. */
const SMOOTHED_SIDE = 100;

/** The ink of a picture. All pictures are of one size, smaller than the original by `scale`. */
export interface FoundInk {
  readonly grey: GreyImage;
  /** What the paper would look like without ink. */
  readonly ground: GreyImage;
  readonly darkOnLight: boolean;
  /** From 0, ground, to 255, as strong as the strokes are: noise is still in it. */
  readonly ink: GreyImage;
  readonly components: Components;
  /** The labels of the components that are strokes. */
  readonly strokes: readonly number[];
  /** Pixels of these pictures for one of the original. */
  readonly scale: number;
}

/** @throws DatasetError when there is no picture, no ink, or only specks */
export function findInk(picture: RasterImage, name: string): FoundInk {
  checkRasterImage(picture, name);
  const original = greyOf(picture);
  const scale = Math.min(1, WORKING_SIDE / Math.max(original.width, original.height));
  const grey = scale === 1 ? original : resample(original, scaledSize(original, scale));
  const clean = despeckled(grey);
  const calm = Math.min(grey.width, grey.height) < SMOOTHED_SIDE ? clean : smooth(clean);
  const ground = correctedGround(calm, groundOf(calm));
  const darkOnLight = isDarkOnLight(calm, ground);
  const departure = departureOf(calm, ground, darkOnLight);
  const thresholds = thresholdsOf(departure, name);
  const components = componentsOf({ ...departure.ink, ...thresholds });
  const strokes = strokesOf({ components: components.list, width: grey.width, height: grey.height, name });
  return { grey, ground, darkOnLight, ink: strengthened(departure.ink, thresholds.full), components, strokes, scale };
}

function scaledSize({ width, height }: GreyImage, scale: number): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** MNIST's strokes are white in the middle, whatever the pen was. */
function strengthened(ink: GreyImage, full: number): GreyImage {
  return { ...ink, pixels: ink.pixels.map((value) => Math.min(Math.round((value * 255) / full), 255)) };
}
