/** Images as PNG files in Node, with zlib's compression. */
import { deflateSync } from 'node:zlib';
import type { RasterImage } from '../image';
import { rasterPng } from './png-file';

/**
 * The bytes of a PNG file with 8 bits a sample, its rows unfiltered.
 *
 * @throws DatasetError when the number of pixels does not match the size
 * @example writeFileSync('digit.png', encodePng({ width: 28, height: 28, channels: 1, pixels: image }))
 */
export function encodePng(image: RasterImage): Uint8Array<ArrayBuffer> {
  return rasterPng(image, 'encodePng', (data) => deflateSync(data));
}
