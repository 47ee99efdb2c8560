/** The orientation of a camera: the one entry of Exif metadata that changes what an image shows. */
import type { RasterImage } from '../image';

/** 1 is upright; 2 to 8 are Exif's numbers for the other seven rotations and reflections. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * The orientation in Exif data (a TIFF header with its first directory). It is 1 when there is none or the data are damaged: an
 * image should not be refused for its metadata.
 *
 * Source: Exif 2.32, sections 4.5 and 4.6.
 */
export function exifOrientation(exif: Uint8Array): Orientation {
  if (exif.length < 14) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const isLittle = order === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (view.getUint16(2, isLittle) !== 42 || directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, isLittle);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > exif.length) return 1;
    if (view.getUint16(at, isLittle) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, isLittle);
    return view.getUint16(at + 2, isLittle) === SHORT && value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/**
 * The image upright. The orientation says where the first stored row and column belong: 2 top and right, 3 bottom and right,
 * 4 bottom and left. 5 to 8 have rows and columns exchanged; a camera held upright writes 6 or 8.
 */
export function upright(picture: RasterImage, orientation: Orientation): RasterImage {
  if (orientation === 1) return picture;
  const { width, height, channels, pixels } = picture;
  const isExchanged = orientation >= 5;
  // Whether the stored columns run to the left, and the stored rows upwards.
  const isLeftward = [2, 3, 7, 8].includes(orientation);
  const isUpward = [3, 4, 6, 7].includes(orientation);
  const rotated = new Uint8Array(pixels.length);
  for (let row = 0, from = 0; row < height; row++) {
    const y = isUpward ? height - 1 - row : row;
    for (let column = 0; column < width; column++) {
      const x = isLeftward ? width - 1 - column : column;
      const to = (isExchanged ? x * height + y : y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) rotated[to + channel] = pixels[from++];
    }
  }
  return { width: isExchanged ? height : width, height: isExchanged ? width : height, channels, pixels: rotated };
}
