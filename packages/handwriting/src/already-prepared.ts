/** Images that are laid out as MNIST's already: they are taken as they are, since whatever is done to them makes them worse. */

import type { RasterImage } from '@longhand/datasets';
import { type Box, type GrayImage, toGray } from './gray-image';

const SIDE = 28;
/** The longer side of MNIST's digits. */
const DIGIT_SIDE = 20;
/** Their center of mass is placed by whole pixels: at the middle, or less than a pixel beyond, and what resizing adds. */
const BESIDE = 0.6;

/** An image as MNIST has them, white on black. */
export interface AlreadyPrepared {
  readonly image: GrayImage;
  readonly box: Box;
  /** Whether it was black on white. */
  readonly darkOnLight: boolean;
}

/**
 * A picture of 28 × 28 pixels with an empty border, whose ink is 20 pixels long and has its center of mass in the middle; black on white
 * is exchanged. Undefined for any other picture.
 *
 * @example alreadyPrepared({ width: 28, height: 28, channels: 1, pixels: imageAt(mnist, 0) })?.box // where its digit is
 */
export function alreadyPrepared(picture: RasterImage): AlreadyPrepared | undefined {
  if (picture.width !== SIDE || picture.height !== SIDE) return undefined;
  const gray = toGray(picture);
  const darkOnLight = gray.pixels[0] > 127;
  const pixels = darkOnLight ? gray.pixels.map((level) => 255 - level) : gray.pixels;
  const box = { left: SIDE, top: SIDE, right: 0, bottom: 0 };
  let [mass, massX, massY, peak] = [0, 0, 0, 0];
  for (let k = 0; k < pixels.length; k++) {
    if (pixels[k] === 0) continue;
    const [x, y] = [k % SIDE, Math.floor(k / SIDE)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
    mass += pixels[k];
    massX += pixels[k] * (x + 0.5);
    massY += pixels[k] * (y + 0.5);
    peak = Math.max(peak, pixels[k]);
  }
  const isCentered = (sum: number): boolean => sum / mass >= SIDE / 2 - BESIDE && sum / mass <= SIDE / 2 + 1 + BESIDE;
  const longer = Math.max(box.right - box.left, box.bottom - box.top);
  const isFitted = longer <= DIGIT_SIDE && longer >= DIGIT_SIDE - 2;
  // Noise in the background, as of JPEG, would make the box larger.
  if (peak < 200 || !isFitted || !isCentered(massX) || !isCentered(massY)) return undefined;
  return { image: { ...gray, pixels }, box, darkOnLight };
}
