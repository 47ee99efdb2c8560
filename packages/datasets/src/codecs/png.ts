/**
 * PNG files as pixels: every colour type and depth, interlaced or not, with a palette, with transparency. Node's own zlib
 * inflates, to no more than the header allows, so that a small file cannot unpack to a huge one.
 *
 * Source: PNG specification, third edition, https://www.w3.org/TR/png-3/
 */
import { inflateSync } from 'node:zlib';
import type { RasterImage } from '../image';
import { exifOrientation } from './exif-orientation';
import { oriented } from './orientation';
import { damaged } from './picture-fault';
import { type PngChunks, type PngHeader, readPngChunks } from './png-chunks';
import { channelsOf, pixelWriter, samplesOf } from './png-pixels';
import { type Pass, passesOf, rowBytes, unfilter } from './png-scanlines';

/**
 * The picture of a PNG file. Samples of 16 bits are rounded to 8.
 *
 * @throws DatasetError when the file is damaged, or the picture larger than allowed
 */
export function decodePng(bytes: Uint8Array, mostPixels: number, name: string): RasterImage {
  const chunks = readPngChunks(bytes, mostPixels, name);
  const { header, exif } = chunks;
  const { width, height, depth } = header;
  const channels = channelsOf(chunks);
  const bits = samplesOf(header) * depth;
  const passes = passesOf(width, height, header.interlaced);
  const data = inflated(chunks, passes, name);
  // Not before the file has shown that it holds as much.
  const pixels = new Uint8Array(width * height * channels);
  const write = pixelWriter(chunks, name);
  const isPlain = depth === 8 && header.colourType !== 3 && samplesOf(header) === channels && !header.interlaced;
  let at = 0;
  for (const { left, top, stepX, stepY, columns, rows } of passes) {
    const length = rowBytes(columns, bits);
    unfilter(data.subarray(at), { rows, length, distance: Math.max(1, bits / 8), name });
    for (let row = 0; row < rows; row++, at += length + 1) {
      const stored = data.subarray(at + 1, at + 1 + length);
      const start = (top + row * stepY) * width + left;
      if (isPlain) pixels.set(stored, start * channels);
      else {
        for (let column = 0; column < columns; column++) {
          write(stored, column * samplesOf(header), pixels, (start + column * stepX) * channels);
        }
      }
    }
  }
  return oriented({ width, height, channels, pixels }, exif === undefined ? 1 : exifOrientation(exif));
}

/** The rows of all passes, still filtered. */
function inflated({ header, data }: PngChunks, passes: readonly Pass[], name: string): Uint8Array {
  const expected = bytesOf(passes, header);
  let rows: Uint8Array;
  try {
    rows = inflateSync(Buffer.concat(data), { maxOutputLength: expected });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw damaged(name, `${expected} bytes of pixels`, `data that do not unpack to them (${code})`);
  }
  if (rows.length !== expected) throw damaged(name, `${expected} bytes of pixels`, String(rows.length));
  return rows;
}

function bytesOf(passes: readonly Pass[], header: PngHeader): number {
  const bits = samplesOf(header) * header.depth;
  return passes.reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(columns, bits)), 0);
}
