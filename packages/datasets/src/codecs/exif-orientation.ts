/** How a camera was held: the one entry of a picture's Exif data that changes what is to be seen. */

/** 1 is upright; 2 to 8 are what Exif calls the other seven ways to turn and mirror a picture. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * The orientation that Exif data (a TIFF header with its first directory) give. Upright when they say nothing or are
 * damaged: a picture should not be refused for its captions.
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
