/** Colours to grey. */
import type { RasterImage } from '@longhand/datasets';
import type { GreyImage } from './gray-image';

/** BT.601's luma, what television, JPEG and drawing programs call grey, in 65536ths: they sum to 65536. */
const RED = 19595;
const GREEN = 38470;
const BLUE = 7471;

/**
 * A picture in greys, 0 black to 255 white, each the luma of its pixel.
 *
 * Transparency needs a ground to lie on. When most of the picture is opaque, that ground is there to be seen, and the gaps
 * take its mean grey; strokes on transparency lie on white, or on black when they are light: white strokes would vanish
 * on white.
 *
 * @example greyOf({ width: 1, height: 1, channels: 3, pixels: Uint8Array.of(255, 0, 0) }).pixels // [76]
 */
export function greyOf({ width, height, channels, pixels }: RasterImage): GreyImage {
  const grey = lumaOf(pixels, channels, width * height);
  if (channels % 2 === 0) {
    const ground = groundOf(grey, pixels, channels);
    for (let k = 0; k < grey.length; k++) {
      const opacity = pixels[k * channels + channels - 1];
      if (opacity < 255) grey[k] = Math.round((grey[k] * opacity + ground * (255 - opacity)) / 255);
    }
  }
  return { width, height, pixels: grey };
}

function lumaOf(pixels: RasterImage['pixels'], channels: number, count: number): Uint8Array {
  const grey = new Uint8Array(count);
  if (channels < 3) {
    for (let k = 0; k < count; k++) grey[k] = pixels[k * channels];
  } else {
    for (let k = 0, at = 0; k < count; k++, at += channels) {
      grey[k] = (RED * pixels[at] + GREEN * pixels[at + 1] + BLUE * pixels[at + 2] + 32768) >> 16;
    }
  }
  return grey;
}

/** The grey that transparent parts lie on. */
function groundOf(grey: Uint8Array, pixels: RasterImage['pixels'], channels: number): number {
  let weight = 0;
  let sum = 0;
  for (let k = 0; k < grey.length; k++) {
    const opacity = pixels[k * channels + channels - 1];
    weight += opacity;
    sum += opacity * grey[k];
  }
  if (weight > (grey.length * 255) / 2) return sum / weight;
  return sum > 127 * weight ? 0 : 255;
}
