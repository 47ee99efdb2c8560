/** BMP files as pixels, by `bmp-ts`: every depth, palettes and run lengths. Alpha is left out, since most programs write none. */
import { decode } from 'bmp-ts';
import { DatasetError, damagedFile } from '../dataset-error';
import { checkSize, type RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import type { DecodingLimits } from './reduction';

/** @throws DatasetError when the file is damaged, or the image larger than allowed */
export function decodeBmp(bytes: Uint8Array, { mostPixels, name }: DecodingLimits): RasterImage {
  if (bytes.length < 54) throw damagedFile(name, 'a BMP image', `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Rows from the top down have a negative height.
  const [width, height] = [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  checkSize(width, height, mostPixels, name);
  checkDecodingMemory({ name, width, height, bytes: 7 * width * height + bytes.length });
  try {
    // Alpha, blue, green, red: the order that the library has for every depth; its option for RGBA leaves palettes out.
    const { data } = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (data.length !== 4 * width * height) {
      throw damagedFile(name, `${4 * width * height} samples`, String(data.length));
    }
    const pixels = Uint8Array.from(
      { length: 3 * width * height },
      (_, at) => data[4 * Math.floor(at / 3) + 3 - (at % 3)],
    );
    return { width, height, channels: 3, pixels };
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw damagedFile(name, 'a whole BMP image', 'one that cannot be decoded');
  }
}
