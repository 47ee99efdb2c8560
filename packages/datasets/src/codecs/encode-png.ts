/** Images as PNG files in Node, with zlib's compression. */
import { deflateSync } from 'node:zlib';
import { checkRasterImage, type RasterImage } from '../image';
import { pngFile } from './png-file';

/** PNG's color types by the number of channels: gray, gray and alpha, RGB, RGB and alpha. */
const colorTypes = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/**
 * The bytes of a PNG file with 8 bits a sample, its rows unfiltered.
 *
 * @throws DatasetError when the number of pixels does not match the size
 * @example writeFileSync('digit.png', encodePng({ width: 28, height: 28, channels: 1, pixels: image }))
 */
export function encodePng(image: RasterImage): Uint8Array<ArrayBuffer> {
  checkRasterImage(image, 'encodePng');
  const { width, height, channels, pixels } = image;
  const row = width * channels;
  // Each row begins with the number of its filter: 0, none.
  const scanlines = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) scanlines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  return pngFile({ width, height, bitDepth: 8, colorType: colorTypes[channels], scanlines }, (data) =>
    deflateSync(data),
  );
}
