/**
 * PNG files as pixels: every color type and bit depth, interlaced or not, with a palette, with transparency.
 *
 * No library replaces these three files, because none reads all of it in bounded memory. fast-png 8 fails on interlaced images
 * of less than 8 bits. pngjs 7 inflates an interlaced image without a bound (a file of 0.4 MB takes 800 MB), accepts data that
 * end too early, and returns RGBA only, four times the memory of a gray image. Here Node's zlib inflates to no more than the
 * header allows.
 *
 * Source: PNG specification, third edition, https://www.w3.org/TR/png-3/
 */
import { inflateSync } from 'node:zlib';
import { damagedFile, errorCode } from '../dataset-error';
import type { RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import { exifOrientation, upright } from './orientation';
import { type PngChunks, type PngHeader, readPngChunks } from './png-chunks';
import { type Pass, passesOf, rowBytes, unfilter } from './png-scanlines';

/**
 * The image of a PNG file, upright. Samples of 16 bits are rounded to 8.
 *
 * @throws DatasetError when the file is damaged, or the image larger than allowed
 */
export function decodePng(bytes: Uint8Array, mostPixels: number, name: string): RasterImage {
  const chunks = readPngChunks(bytes, mostPixels, name);
  const { header, exif } = chunks;
  const { width, height, depth } = header;
  const channels = channelsOf(chunks);
  const bits = samplesOf(header) * depth;
  const passes = passesOf(width, height, header.interlaced);
  // The file and its data end to end, the rows twice while they are put together, and the pixels.
  const needed = 2 * bytes.length + 2 * bytesOf(passes, header) + width * height * channels;
  checkDecodingMemory({ name, width, height, bytes: needed });
  const data = inflated(chunks, passes, name);
  // Allocated after the data are known to be as long as the header says.
  const pixels = new Uint8Array(width * height * channels);
  const write = pixelWriter(chunks, name);
  const isPlain = depth === 8 && header.colorType !== 3 && samplesOf(header) === channels && !header.interlaced;
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
  return upright({ width, height, channels, pixels }, exif === undefined ? 1 : exifOrientation(exif));
}

/** The rows of all passes, still filtered. */
function inflated({ header, data }: PngChunks, passes: readonly Pass[], name: string): Uint8Array {
  const expected = bytesOf(passes, header);
  let rows: Uint8Array;
  try {
    rows = inflateSync(Buffer.concat(data), { maxOutputLength: expected });
  } catch (error) {
    throw damagedFile(name, `${expected} bytes of pixels`, `data that do not unpack to them (${errorCode(error)})`);
  }
  if (rows.length !== expected) throw damagedFile(name, `${expected} bytes of pixels`, String(rows.length));
  return rows;
}

function bytesOf(passes: readonly Pass[], header: PngHeader): number {
  const bits = samplesOf(header) * header.depth;
  return passes.reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(columns, bits)), 0);
}

/** The samples of a pixel in the file, by color type. A color of the palette is one sample. */
const samplesByColorType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The number of samples of a pixel in the file. */
function samplesOf({ colorType }: PngHeader): number {
  return samplesByColorType[colorType];
}

/** The number of channels of the decoded image. */
function channelsOf({ header: { colorType }, transparency }: PngChunks): RasterImage['channels'] {
  const colors = colorType === 0 || colorType === 4 ? 1 : 3;
  return (colorType >= 4 || transparency !== undefined ? colors + 1 : colors) as RasterImage['channels'];
}

/** Writes the pixel that begins with a row's sample number `sample` to `pixels`, from `to` on. */
type PixelWriter = (row: Uint8Array, sample: number, pixels: Uint8Array, to: number) => void;

function pixelWriter(chunks: PngChunks, name: string): PixelWriter {
  return chunks.header.colorType === 3 ? paletteWriter(chunks, name) : sampleWriter(chunks);
}

/** Scales samples to 0 to 255. One color may be declared transparent. */
function sampleWriter(chunks: PngChunks): PixelWriter {
  const { header, transparency } = chunks;
  const { depth } = header;
  const samples = samplesOf(header);
  const hasTransparentColor = channelsOf(chunks) > samples;
  const scale = 255 / ((1 << depth) - 1);
  const transparent = Array.from({ length: samples }, (_, k) => sampleAt(transparency ?? new Uint8Array(), k, 16));
  return (row, sample, pixels, to) => {
    let isTransparent = true;
    for (let k = 0; k < samples; k++) {
      const value = sampleAt(row, sample + k, depth);
      pixels[to + k] = Math.round(value * scale);
      isTransparent &&= value === transparent[k];
    }
    if (hasTransparentColor) pixels[to + samples] = isTransparent ? 0 : 255;
  };
}

/** Looks colors up in the palette; its first colors may have an alpha. */
function paletteWriter({ header, palette = new Uint8Array(), transparency }: PngChunks, name: string): PixelWriter {
  const colors = palette.length / 3;
  return (row, sample, pixels, to) => {
    const color = sampleAt(row, sample, header.depth);
    if (color >= colors) throw damagedFile(name, `colors below ${colors}`, String(color));
    for (let k = 0; k < 3; k++) pixels[to + k] = palette[3 * color + k];
    if (transparency !== undefined) pixels[to + 3] = transparency[color] ?? 255;
  };
}

/** Sample number `index` of a row, as it is stored. */
function sampleAt(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index];
  if (depth === 16) return row[2 * index] * 256 + row[2 * index + 1];
  const bit = index * depth;
  return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}
