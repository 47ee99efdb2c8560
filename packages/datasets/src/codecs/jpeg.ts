/** JPEG files as pixels. The decoder is jpeg-js; what it may be given is checked here first. */
import jpeg from 'jpeg-js';
import type { RasterImage } from '../image';
import { readJpegHeader } from './jpeg-header';
import { oriented } from './orientation';
import { damaged } from './picture-fault';

/** What the decoder holds for each pixel at most, in bytes: coefficients, rows of each component, colours. */
const BYTES_A_PIXEL = 64;
const SPARE_MEGABYTES = 16;

/**
 * The picture of a JPEG file, upright.
 *
 * @throws DatasetError when the file is damaged, of a kind that nobody writes, or larger than allowed
 */
export function decodeJpeg(bytes: Uint8Array, mostPixels: number, name: string): RasterImage {
  const { width, height, orientation, isRgb } = readJpegHeader(bytes, mostPixels, name);
  const pixels = decoded(bytes, { megapixels: (width * height) / 1_000_000, isRgb, name });
  return oriented({ width, height, channels: 3, pixels }, orientation);
}

interface Expectation {
  readonly megapixels: number;
  readonly isRgb: boolean;
  readonly name: string;
}

function decoded(bytes: Uint8Array, { megapixels, isRgb, name }: Expectation): Uint8Array {
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      // Should the decoder find another size than the header's, it stops here.
      maxResolutionInMP: megapixels,
      maxMemoryUsageInMB: SPARE_MEGABYTES + megapixels * BYTES_A_PIXEL,
      ...(isRgb ? { colorTransform: false } : {}),
    }).data;
  } catch (error) {
    throw damaged(name, 'whole JPEG data', `“${(error as Error).message}”`);
  }
}
