/** A photograph made small enough for a page. */
import type { RasterImage } from '@longhand/datasets';

/**
 * The picture in three channels with no side longer than `most`: each pixel is the mean of a square of the picture. What is transparent
 * is white.
 *
 * @returns the image, and how many pixels of the picture became one of it, across and down
 * @example
 * const picture = { width: 1000, height: 600, channels: 1, pixels: new Uint8Array(600_000) } as const;
 * const { image, factor } = photograph(picture, { most: 480 });
 * [image.width, image.height, factor]; // [ 333, 200, 3 ]
 */
export function photograph(
  { width, height, channels, pixels }: RasterImage,
  { most }: { readonly most: number },
): { readonly image: RasterImage; readonly factor: number } {
  const factor = Math.max(1, Math.ceil(Math.max(width, height) / most));
  const [across, down] = [Math.max(1, Math.floor(width / factor)), Math.max(1, Math.floor(height / factor))];
  const small = new Uint8Array(across * down * 3);
  const hasAlpha = channels === 2 || channels === 4;
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const sums = [0, 0, 0];
      let count = 0;
      for (let row = y * factor; row < Math.min(height, (y + 1) * factor); row++) {
        for (let column = x * factor; column < Math.min(width, (x + 1) * factor); column++) {
          const at = (row * width + column) * channels;
          const opacity = hasAlpha ? pixels[at + channels - 1] / 255 : 1;
          for (const channel of [0, 1, 2]) {
            const value = pixels[channels < 3 ? at : at + channel];
            sums[channel] += 255 + (value - 255) * opacity;
          }
          count++;
        }
      }
      for (const channel of [0, 1, 2]) small[3 * (y * across + x) + channel] = Math.round(sums[channel] / count);
    }
  }
  return { image: { width: across, height: down, channels: 3, pixels: small }, factor };
}
