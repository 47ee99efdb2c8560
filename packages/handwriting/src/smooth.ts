/** Noise evened out a little before anything is decided by a threshold. */
import type { GreyImage } from './gray-image';

/**
 * Each pixel the mean of its 3 × 3 neighbourhood weighted 1 2 1: the noise of single pixels falls to three eighths, and
 * what is as wide as a stroke stays. At the edge, the outermost pixels are continued.
 */
export function smooth({ width, height, pixels }: GreyImage): GreyImage {
  const across = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    for (let column = 0; column < width; column++) {
      const before = pixels[start + Math.max(column - 1, 0)];
      const after = pixels[start + Math.min(column + 1, width - 1)];
      across[start + column] = before + 2 * pixels[start + column] + after;
    }
  }
  const smoothed = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const above = Math.max(row - 1, 0) * width;
    const below = Math.min(row + 1, height - 1) * width;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      smoothed[at] = (across[above + column] + 2 * across[at] + across[below + column] + 8) >> 4;
    }
  }
  return { width, height, pixels: smoothed };
}
