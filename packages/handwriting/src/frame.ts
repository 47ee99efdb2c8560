/** The last steps as MNIST's makers took them: the digit fitted into 20 × 20, its centre of mass brought to the middle of 28 × 28. */
import type { Box, GreyImage } from './gray-image';
import { resample } from './resample';

/** The side of MNIST's images. */
export const DIGIT_SIDE = 28;
/** The side of the square that the digit fills in one direction. */
const FITTED_SIDE = 20;

/**
 * The part of a picture within the box, its longer side 20 pixels and its proportions kept. Ink does not get paler:
 * every new pixel is the mean of its area.
 */
export function fitted(ink: GreyImage, box: Box): GreyImage {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const scale = FITTED_SIDE / Math.max(width, height);
  return resample(ink, {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    box,
  });
}

/**
 * The digit in a field of 28 × 28, moved by whole pixels so that its centre of mass comes as near as that allows to the
 * middle, but never over the edge.
 *
 * Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998, section III.A.
 */
export function centred({ width, height, pixels }: GreyImage): GreyImage {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      mass += pixels[at];
      massX += pixels[at] * (column + 0.5);
      massY += pixels[at] * (row + 0.5);
    }
  }
  const left = placeOf(massX / mass, width);
  const top = placeOf(massY / mass, height);
  const field = new Uint8Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let row = 0; row < height; row++) {
    field.set(pixels.subarray(row * width, (row + 1) * width), (top + row) * DIGIT_SIDE + left);
  }
  return { width: DIGIT_SIDE, height: DIGIT_SIDE, pixels: field };
}

function placeOf(centre: number, extent: number): number {
  return Math.min(Math.max(Math.ceil(DIGIT_SIDE / 2 - centre), 0), DIGIT_SIDE - extent);
}
