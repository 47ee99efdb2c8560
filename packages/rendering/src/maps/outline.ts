/** The outline of a digit over a heat map of the same pixels: it shows where in the digit the map is strong. */
import type { RasterImage } from '@longhand/datasets';
import type { Matrix } from '../image';

/**
 * A heat map with the outline of a digit as a double line, white on the side of the ink and black on the other: one of them
 * stands out from any color. Ink is every value above half the largest.
 *
 * @param image an RGB image of the map, `scale × scale` pixels for each number
 * @param digit a matrix of the map's height and width
 * @throws RangeError when the image has another size than the digit's times `scale`
 * @example
 * const digit = { height: 1, width: 2, values: [0, 255] };
 * outlined(heatmapImage(digit, { scale: 4 }), digit, 4).width; // 8
 */
export function outlined(image: RasterImage, digit: Matrix, scale: number): RasterImage {
  const { width, height } = image;
  if (width !== digit.width * scale || height !== digit.height * scale) {
    throw new RangeError(
      `outlined: expected ${digit.width * scale}×${digit.height * scale} pixels for the digit, got ${width}×${height}`,
    );
  }
  let most = 0;
  for (let at = 0; at < digit.values.length; at++) most = Math.max(most, digit.values[at]);
  const isInk = (x: number, y: number): boolean => {
    if (x < 0 || y < 0 || x >= width || y >= height) return false;
    return digit.values[Math.floor(y / scale) * digit.width + Math.floor(x / scale)] > most / 2;
  };
  const pixels = image.pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const own = isInk(x, y);
      const isEdge = [-1, 0, 1].some((down) => [-1, 0, 1].some((across) => isInk(x + across, y + down) !== own));
      const at = 3 * (y * width + x);
      if (isEdge) pixels.fill(own ? 255 : 0, at, at + 3);
    }
  }
  return { ...image, pixels };
}
