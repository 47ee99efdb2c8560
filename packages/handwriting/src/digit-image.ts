/** The last steps: strokes cut out of a picture made an image like MNIST's. */
import type { Box, GrayImage } from './gray-image';
import { centerByMass, fitDigit } from './layout';
import { withUsualStrokes } from './stroke-width';

/** The box of a digit begins where it is this dark, of 255. */
const LEAST_INK = 40;

/** Strokes as a network takes them. */
export interface DigitImage {
  /** 28 · 28 bytes, row by row, 0 background and 255 ink. */
  readonly image: Uint8Array;
  /** At most 20 × 20. */
  readonly fitted: GrayImage;
}

/**
 * The image of a digit.
 *
 * @param strokes 0 outside of the digit's strokes, which reach 255 in the middle
 * @param box around them
 */
export function digitImageOf(strokes: GrayImage, box: Box): DigitImage {
  const usual = withUsualStrokes(strokes, box);
  const fitted = brightened(fitDigit(usual, inkBoxOf(usual) as Box));
  return { image: centerByMass(fitted).pixels, fitted };
}

/** The bounding box of the ink, if there is any. */
export function inkBoxOf({ width, height, pixels }: GrayImage, least = LEAST_INK): Box | undefined {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (pixels[at] < least) continue;
      if (column < box.left) box.left = column;
      if (column >= box.right) box.right = column + 1;
      if (row < box.top) box.top = row;
      box.bottom = row + 1;
    }
  }
  return box.right === 0 ? undefined : box;
}

/** As bright as MNIST's digits, whose strokes reach 255 in the middle. */
function brightened(image: GrayImage): GrayImage {
  const peak = Math.max(...image.pixels);
  return { ...image, pixels: image.pixels.map((level) => Math.round((level * 255) / Math.max(peak, 1))) };
}
