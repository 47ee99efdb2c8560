/** A picture turned and mirrored the way its orientation asks for. */
import type { RasterImage } from '../image';
import type { Orientation } from './exif-orientation';

/**
 * The picture upright. The orientation says where the stored first row and first column belong: 2 the top and the right, 3 the
 * bottom and the right, 4 the bottom and the left; 5 to 8 have rows and columns exchanged, and 6 and 8 among them are
 * what a camera writes that was held upright.
 */
export function oriented(picture: RasterImage, orientation: Orientation): RasterImage {
  if (orientation === 1) return picture;
  const { width, height, channels, pixels } = picture;
  const isExchanged = orientation >= 5;
  // Where the stored columns run to the left, and the stored rows upwards.
  const isLeftward = [2, 3, 7, 8].includes(orientation);
  const isUpward = [3, 4, 6, 7].includes(orientation);
  const upright = new Uint8Array(pixels.length);
  for (let row = 0, from = 0; row < height; row++) {
    const y = isUpward ? height - 1 - row : row;
    for (let column = 0; column < width; column++) {
      const x = isLeftward ? width - 1 - column : column;
      const to = (isExchanged ? x * height + y : y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) upright[to + channel] = pixels[from++];
    }
  }
  return { width: isExchanged ? height : width, height: isExchanged ? width : height, channels, pixels: upright };
}
