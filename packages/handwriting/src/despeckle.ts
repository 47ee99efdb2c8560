/** Single wrong pixels mended: dust, dead pixels of a camera, salt and pepper of a bad transmission. */
import type { GreyImage } from './gray-image';

/** How far a pixel stands out from each of its neighbours when it is wrong and not merely noisy. */
const STANDS_OUT = 32;

/**
 * Pixels that are far brighter than the brightest of their eight neighbours, or far darker than the darkest, become the mean of these neighbours.
 * A stroke, however thin, goes on in some neighbour, so it stays; a median filter would wear it away.
 */
export function despeckled({ width, height, pixels }: GreyImage): GreyImage {
  const mended = pixels.slice();
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      // Nearly all pixels are like the one before them.
      const beside = column > 0 ? pixels[at - 1] : pixels[at + 1];
      if (Math.abs(pixels[at] - beside) < STANDS_OUT) continue;
      let least = 255;
      let most = 0;
      let sum = -pixels[at];
      let count = -1;
      for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++) {
        for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) {
          const neighbour = y * width + x;
          sum += pixels[neighbour];
          count++;
          if (neighbour === at) continue;
          least = Math.min(least, pixels[neighbour]);
          most = Math.max(most, pixels[neighbour]);
        }
      }
      if (pixels[at] >= most + STANDS_OUT || pixels[at] <= least - STANDS_OUT) mended[at] = Math.round(sum / count);
    }
  }
  return { width, height, pixels: mended };
}
