/** Gray images, boxes in them, and how color and transparency become gray. */
import type { RasterImage } from '@longhand/datasets';

/** An image with one byte a pixel. What the number means is said where it is used. */
export interface GrayImage extends RasterImage {
  readonly channels: 1;
  readonly pixels: Uint8Array;
}

/** A bounding box in pixels: columns `left` to `right − 1` and rows `top` to `bottom − 1`. */
export interface Box {
  /** The first column. */
  readonly left: number;
  /** The first row. */
  readonly top: number;
  /** The first column that is not in it. */
  readonly right: number;
  /** The first row that is not in it. */
  readonly bottom: number;
}

/** ITU-R BT.601's luma, as in television, JPEG and OpenCV's `COLOR_RGB2GRAY`, in 65536ths: they sum to 65536. */
const RED = 19595;
const GREEN = 38470;
const BLUE = 7471;

/**
 * The luma of each pixel, 0 black to 255 white.
 *
 * Transparent pixels need a background to be composited with. An image that is mostly opaque shows its background, and the
 * gaps take its mean gray. Strokes on a transparent canvas are composited with white; light strokes, which would vanish on
 * white, with black.
 *
 * @example toGray({ width: 1, height: 1, channels: 3, pixels: Uint8Array.of(255, 0, 0) }).pixels // [76]
 */
export function toGray({ width, height, channels, pixels }: RasterImage): GrayImage {
  const gray = lumaOf(pixels, channels, width * height);
  if (channels % 2 === 0) {
    const background = compositingBackground(gray, pixels, channels);
    for (let k = 0; k < gray.length; k++) {
      const alpha = pixels[k * channels + channels - 1];
      if (alpha < 255) gray[k] = Math.round((gray[k] * alpha + background * (255 - alpha)) / 255);
    }
  }
  return { width, height, channels: 1, pixels: gray };
}

function lumaOf(pixels: RasterImage['pixels'], channels: number, count: number): Uint8Array {
  const gray = new Uint8Array(count);
  if (channels < 3) {
    for (let k = 0; k < count; k++) gray[k] = pixels[k * channels];
  } else {
    for (let k = 0, at = 0; k < count; k++, at += channels) {
      gray[k] = (RED * pixels[at] + GREEN * pixels[at + 1] + BLUE * pixels[at + 2] + 32768) >> 16;
    }
  }
  return gray;
}

/** The gray that transparent pixels are composited with. */
function compositingBackground(gray: Uint8Array, pixels: RasterImage['pixels'], channels: number): number {
  let weight = 0;
  let sum = 0;
  for (let k = 0; k < gray.length; k++) {
    const alpha = pixels[k * channels + channels - 1];
    weight += alpha;
    sum += alpha * gray[k];
  }
  if (weight > (gray.length * 255) / 2) return sum / weight;
  return sum > 127 * weight ? 0 : 255;
}
