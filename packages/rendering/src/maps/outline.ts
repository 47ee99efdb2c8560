/** The shape of a digit drawn over a map of the same pixels, so that it is seen where in the digit the map is strong. */
import type { ColourPicture, MapOfNumbers } from './map-pixels';

/**
 * An enlarged map with the edge of a digit as a double line, white on the side of the ink and black on the other: one of them
 * stands out from any colour. Ink is what is more than half as strong as the strongest.
 *
 * @param picture the map, `scale × scale` pixels a number
 * @param digit of as many numbers
 * @throws RangeError when the digit has not the picture's size
 * @example outlined(mapPixels(occlusion, { scale: 12, signed: true }), digit, 12)
 */
export function outlined(picture: ColourPicture, digit: MapOfNumbers, scale: number): ColourPicture {
  const { width, height } = picture;
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
  const pixels = picture.pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const own = isInk(x, y);
      const isEdge = [-1, 0, 1].some((down) => [-1, 0, 1].some((across) => isInk(x + across, y + down) !== own));
      const at = 3 * (y * width + x);
      if (isEdge) pixels.fill(own ? 255 : 0, at, at + 3);
    }
  }
  return { ...picture, pixels };
}
