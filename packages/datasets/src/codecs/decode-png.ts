/**
 * PNG files as pixels: every color type and bit depth, interlaced or not, with a palette, with transparency.
 *
 * No library replaces these three files, because none reads all of it in bounded memory. fast-png 8 fails on interlaced images
 * of less than 8 bits. pngjs 7 inflates an interlaced image without a bound (a file of 0.4 MB takes 800 MB), accepts data that
 * end too early, and returns RGBA only, four times the memory of a gray image. Here rows are inflated and taken one at a time.
 *
 * Source: PNG specification, third edition, https://www.w3.org/TR/png-3/
 */
import { Unzlib } from 'fflate';
import { DatasetError, damagedFile } from '../dataset-error';
import type { RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import { exifOrientation, upright } from './orientation';
import { type PngChunks, type PngHeader, readPngChunks } from './png-chunks';
import { type Pass, passesOf, rowBytes, unfilter } from './png-scanlines';
import { type DecodingLimits, type Reduction, reduced, reducedSize, reductionOf, rowReducer } from './reduction';

/** Bytes of a file that are inflated at once. They unpack to a thousand times as many at most. */
const PIECE = 16_384;

/**
 * The image of a PNG file, upright. Samples of 16 bits are rounded to 8. A picture of more pixels than are kept is reduced while
 * it is decoded: pixels to their mean, of an interlaced picture to the first.
 *
 * @throws DatasetError when the file is damaged, or the image larger than allowed
 */
export function decodePng(bytes: Uint8Array, { mostPixels, reduceAbove, name }: DecodingLimits): RasterImage {
  const chunks = readPngChunks(bytes, mostPixels, name);
  const { header, exif } = chunks;
  const channels = channelsOf(chunks);
  const reduction = reductionOf(header.width, header.height, reduceAbove);
  const { width, height } = reducedSize(header, reduction);
  // The file, the pixels before and after they are turned, and a piece that is unpacked.
  const needed = bytes.length + 2 * width * height * channels + 1024 * PIECE;
  checkDecodingMemory({ name, width: header.width, height: header.height, bytes: needed });
  const pixels = new Uint8Array(width * height * channels);
  const take = header.interlaced
    ? interlacedRows({ chunks, pixels, reduction, name })
    : plainRows({ chunks, pixels, reduction, name });
  forRows(chunks, take, name);
  const orientation = exif === undefined ? 1 : exifOrientation(exif);
  return reduced(upright({ width, height, channels, pixels }, orientation), reduction);
}

/** What rows become. */
interface Target {
  readonly chunks: PngChunks;
  /** Of the reduced picture. */
  readonly pixels: Uint8Array;
  readonly reduction: Reduction;
  readonly name: string;
}

/** Takes a row of a pass, unfiltered. */
type TakeRow = (row: Uint8Array, pass: Pass, index: number) => void;

/** Rows of a picture that is not interlaced, as pixels of the reduced picture. */
function plainRows({ chunks, pixels, reduction, name }: Target): TakeRow {
  const { width, height, depth, colorType } = chunks.header;
  const [samples, channels] = [samplesOf(chunks.header), channelsOf(chunks)];
  const write = pixelWriter(chunks, name);
  const isPlain = depth === 8 && colorType !== 3 && samples === channels;
  const decoded = new Uint8Array(width * channels);
  const reduce = rowReducer({ width, height, channels, pixels }, reduction);
  return (row) => {
    if (isPlain) reduce(row);
    else {
      for (let column = 0; column < width; column++) write(row, column * samples, decoded, column * channels);
      reduce(decoded);
    }
  };
}

/** Rows of the passes of interlacing. Of a reduced picture, the pixels between are left out. */
function interlacedRows({ chunks, pixels, reduction, name }: Target): TakeRow {
  const { header } = chunks;
  const [samples, channels] = [samplesOf(header), channelsOf(chunks)];
  const { width, height } = reducedSize(header, reduction);
  const write = pixelWriter(chunks, name);
  return (row, { left, top, stepX, stepY, columns }, index) => {
    const y = top + index * stepY;
    if (y % reduction !== 0 || y >= height * reduction) return;
    for (let column = 0; column < columns; column++) {
      const x = left + column * stepX;
      if (x % reduction !== 0 || x >= width * reduction) continue;
      write(row, column * samples, pixels, ((y / reduction) * width + x / reduction) * channels);
    }
  };
}

/**
 * Unpacks the rows of all passes, one at a time.
 *
 * @throws DatasetError when there are fewer or more than the header says
 */
function forRows({ header, data }: PngChunks, take: TakeRow, name: string): void {
  const bits = samplesOf(header) * header.depth;
  const passes = passesOf(header.width, header.height, header.interlaced);
  const expected = passes.reduce((sum, { columns, rows }) => sum + rows * (1 + rowBytes(columns, bits)), 0);
  const distance = Math.max(1, bits / 8);
  const refuse = (got: string): never => {
    throw damagedFile(name, `${expected} bytes of pixels`, got);
  };
  let [pass, index, filled, total] = [0, 0, 0, 0];
  let [row, above] = [new Uint8Array(0), new Uint8Array(0)];
  const begin = (): void => {
    const length = pass < passes.length ? 1 + rowBytes(passes[pass].columns, bits) : 0;
    [row, above] = [new Uint8Array(length), new Uint8Array(length)];
  };
  begin();
  const takeBytes = (bytes: Uint8Array): void => {
    total += bytes.length;
    if (total > expected) refuse('more');
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + row.length - filled);
      row.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < row.length) return;
      unfilter(row[0], row.subarray(1), above.subarray(1), distance, name);
      take(row.subarray(1), passes[pass], index);
      [row, above, filled] = [above, row, 0];
      if (++index === passes[pass].rows) {
        [pass, index] = [pass + 1, 0];
        begin();
      }
    }
  };
  inflate(data, takeBytes, refuse);
  if (total < expected) refuse(String(total));
}

/** Inflates a zlib stream in parts, in bounded memory. */
function inflate(
  parts: readonly Uint8Array[],
  take: (bytes: Uint8Array) => void,
  refuse: (got: string) => never,
): void {
  const stream = new Unzlib(take);
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length; at += PIECE) stream.push(part.subarray(at, at + PIECE));
    }
    stream.push(new Uint8Array(0), true);
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    refuse(`data that do not unpack to them (${(error as Error).message})`);
  }
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
