/** Images as PNG files in Node, with zlib's compression. */
import { deflateSync } from 'node:zlib';
import type { RasterImage } from '../image';
import { rasterPng } from './png-file';

/**
 * The bytes of a PNG file with 8 bits a sample, its rows unfiltered.
 *
 * @throws DatasetError when the number of pixels does not match the size
 * @example encodePng({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0, 255) }).subarray(1, 4); // [ 80, 78, 71 ] (PNG)
 */
export function encodePng(image: RasterImage): Uint8Array<ArrayBuffer> {
  return rasterPng(image, 'encodePng', (data) => deflateSync(data));
}
