/** Matrices as images: heat maps in the colors of all pages. */
import type { RasterImage } from '@longhand/datasets';
import { largestMagnitude, type Matrix } from '../image';
import { inkColor, signedColor } from './map-colors';

/** The options of {@link heatmapImage}. */
export interface HeatmapImageOptions {
  /** The pixels of a number, in each direction. */
  readonly scale: number;
  /** The magnitude at the end of the color scale. Default: the largest of the matrix. */
  readonly largest?: number;
  /** Whether it is an image, whose numbers are ink: black at the largest. Default: false, blue above zero and orange below. */
  readonly isInk?: boolean;
}

/**
 * A heat map: `scale × scale` pixels for each number, `[height · scale, width · scale]` in all.
 *
 * @throws RangeError when there are not height × width numbers
 * @example heatmapImage({ height: 1, width: 2, values: [0, 1] }, { scale: 4 }).width; // 8
 */
export function heatmapImage(
  matrix: Matrix,
  { scale, largest = largestMagnitude([matrix]), isInk = false }: HeatmapImageOptions,
): RasterImage {
  const { height, width, values } = matrix;
  if (values.length !== height * width) {
    throw new RangeError(`heatmapImage: expected ${height}×${width} = ${height * width} numbers, got ${values.length}`);
  }
  const pixels = new Uint8Array(height * scale * width * scale * 3);
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const value = values[Math.floor(y / scale) * width + Math.floor(x / scale)];
      pixels.set(isInk ? inkColor(value / largest) : signedColor(value, largest), 3 * (y * width * scale + x));
    }
  }
  return { width: width * scale, height: height * scale, channels: 3, pixels };
}
