/** The layout of MNIST's images: the digit fitted into 20 × 20 pixels, its center of mass in the middle of 28 × 28. */
import { resizeArea } from './filters';
import type { Box, GrayImage } from './gray-image';

/** The side of MNIST's images, in pixels. */
const IMAGE_SIDE = 28;
/** The longer side of a digit in them, in pixels. */
const DIGIT_SIDE = 20;

/**
 * The part of an image within the box, resized to 20 pixels in its longer direction; the aspect ratio stays. Ink does not get
 * paler, since every new pixel is the mean of its area.
 */
export function fitDigit(foreground: GrayImage, box: Box): GrayImage {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const scale = DIGIT_SIDE / Math.max(width, height);
  return resizeArea(foreground, {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
    box,
  });
}

/**
 * The digit in an image of 28 × 28, translated by whole pixels so that its center of mass is as near to the middle as that
 * allows, but never over the edge.
 *
 * Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998, section III.A.
 */
export function centerByMass({ width, height, pixels }: GrayImage): GrayImage {
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
  const left = offsetOf(massX / mass, width);
  const top = offsetOf(massY / mass, height);
  const centered = new Uint8Array(IMAGE_SIDE * IMAGE_SIDE);
  for (let row = 0; row < height; row++) {
    centered.set(pixels.subarray(row * width, (row + 1) * width), (top + row) * IMAGE_SIDE + left);
  }
  return { width: IMAGE_SIDE, height: IMAGE_SIDE, channels: 1, pixels: centered };
}

/** Where a digit of this center of mass and this extent begins, along one axis. */
function offsetOf(center: number, extent: number): number {
  return Math.min(Math.max(Math.ceil(IMAGE_SIDE / 2 - center), 0), IMAGE_SIDE - extent);
}
