/** PNG and JPEG files as pixels, whatever their size, orientation, depth and colours. */
import { readFileSync, statSync } from 'node:fs';
import { DatasetError } from '../dataset-error';
import type { RasterImage } from '../image';
import { decodeJpeg } from './jpeg';
import { MOST_PIXELS } from './picture-fault';
import { pictureKindOf } from './picture-kind';
import { decodePng } from './png';

export interface DecodeOptions {
  /** What the picture is called in messages; `picture` when left out. */
  readonly name?: string;
  /** The most pixels that a picture may have; 50 million when left out. */
  readonly mostPixels?: number;
}

/** Fifty megapixels with all four channels of 16 bits, not packed at all. */
const LARGEST_FILE = 8 * MOST_PIXELS;

/**
 * The pixels of a PNG or JPEG file, turned upright. The size is read from the file's head and held against
 * `mostPixels` before anything of that size is made.
 *
 * @throws DatasetError when it is another kind of file, damaged or too large
 * @example decodeImage(readFileSync('seven.jpg'), { name: 'seven.jpg' }).channels // 3
 */
export function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): RasterImage {
  const { name = 'picture', mostPixels = MOST_PIXELS } = options;
  const decode = { PNG: decodePng, JPEG: decodeJpeg }[pictureKindOf(bytes, name)];
  return decode(bytes, mostPixels, name);
}

/**
 * The pixels of a PNG or JPEG file on disk.
 *
 * @throws DatasetError when it cannot be read, is another kind of file, damaged or too large
 * @example prepareDigit(readImage('seven.jpg'), { name: 'seven.jpg' })
 */
export function readImage(path: string, { name = path, ...options }: DecodeOptions = {}): RasterImage {
  return decodeImage(readWhole(path, name), { name, ...options });
}

function readWhole(path: string, name: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size <= LARGEST_FILE) return readFileSync(path);
    throw new DatasetError(`${name}: expected at most ${LARGEST_FILE} bytes, got ${size}; make the picture smaller`);
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new DatasetError(`${name}: expected a picture, but there is no such file; check the path`);
    if (code === 'EISDIR') throw new DatasetError(`${name}: expected a picture, but it is a folder; name files in it`);
    throw new DatasetError(`${name}: the picture cannot be read (${code}); check path and permissions`);
  }
}
