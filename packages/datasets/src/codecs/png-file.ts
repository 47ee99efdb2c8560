/**
 * The one PNG encoder: a header, a palette if there is one, the zlib stream, an end. It is pure code for pages; a caller in
 * Node gives zlib's compression, and without it the stream has stored blocks. A library would be larger in a page and would
 * not write the palette of four bits.
 *
 * Source: PNG specification, third edition, https://www.w3.org/TR/png-3/; RFC 1950 and 1951 for the stream.
 */
import { bytesOf } from '../bytes';
import { DatasetError } from '../dataset-error';
import { checkRasterImage, type RasterImage } from '../image';

export const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** What a PNG file is made of. */
export interface PngContent {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly bitDepth: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. */
  readonly colorType: number;
  /** Red, green and blue of each color of the palette. */
  readonly palette?: Uint8Array;
  /** The alpha of each color of the palette. */
  readonly alpha?: Uint8Array;
  /** All rows, each beginning with the number of its filter. */
  readonly scanlines: Uint8Array;
}

/** The bytes of a PNG file. `compress` makes the zlib stream of the scanlines. Default: stored blocks, uncompressed. */
export function pngFile(
  content: PngContent,
  compress: (data: Uint8Array) => Uint8Array = storedZlib,
): Uint8Array<ArrayBuffer> {
  const { width, height, bitDepth, colorType, palette, alpha, scanlines } = content;
  const parts = [
    Uint8Array.from(PNG_SIGNATURE),
    chunk('IHDR', Uint8Array.of(...bigEndian(width), ...bigEndian(height), bitDepth, colorType, 0, 0, 0)),
    ...(palette === undefined ? [] : [chunk('PLTE', palette)]),
    ...(alpha === undefined ? [] : [chunk('tRNS', alpha)]),
    chunk('IDAT', compress(scanlines)),
    chunk('IEND', new Uint8Array()),
  ];
  return concatenated(parts);
}

/** PNG's color types by the number of channels: gray, gray and alpha, RGB, RGB and alpha. */
const colorTypes = { 1: 0, 2: 4, 3: 2, 4: 6 } as const;

/** The bytes of a PNG file with 8 bits a sample, its rows unfiltered; `compress` as in {@link pngFile}. */
export function rasterPng(
  image: RasterImage,
  where: string,
  compress?: (data: Uint8Array) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  checkRasterImage(image, where);
  const { width, height, channels, pixels } = image;
  const row = width * channels;
  // Each row begins with the number of its filter: 0, none.
  const scanlines = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) scanlines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  return pngFile({ width, height, bitDepth: 8, colorType: colorTypes[channels], scanlines }, compress);
}

/**
 * An uncompressed PNG file, for small images in pages: one of 32 × 32 pixels in color takes 3.2 kB.
 *
 * @throws DatasetError when the number of pixels does not match the size
 * @example encodeStoredPng({ width: 1, height: 1, channels: 3, pixels: Uint8Array.of(255, 0, 0) }).subarray(1, 4); // [ 80, 78, 71 ] (PNG)
 */
export function encodeStoredPng(image: RasterImage): Uint8Array<ArrayBuffer> {
  return rasterPng(image, 'encodeStoredPng');
}

/** An image of black in sixteen levels of alpha. */
export interface AlphaImage {
  /** In pixels, at least 1. */
  readonly width: number;
  /** In pixels, at least 1. */
  readonly height: number;
  /** `[height, width]`: 0 transparent to 15 opaque. */
  readonly levels: Uint8Array;
}

/**
 * A PNG of black in sixteen levels of alpha, with four bits a pixel and uncompressed: a digit of 28 × 28 takes 600 bytes. A page
 * with a dark background inverts it.
 *
 * @throws DatasetError unless there are height × width levels from 0 to 15
 * @example encodeAlphaPng({ width: 2, height: 1, levels: Uint8Array.of(0, 15) }).subarray(1, 4); // [ 80, 78, 71 ] (PNG)
 */
export function encodeAlphaPng({ width, height, levels }: AlphaImage): Uint8Array<ArrayBuffer> {
  if (![width, height].every((extent) => Number.isSafeInteger(extent) && extent >= 1)) {
    throw new DatasetError(
      `encodeAlphaPng: expected a width and a height of at least 1 pixel, got ${width} × ${height}`,
    );
  }
  if (levels.length !== width * height) {
    throw new DatasetError(
      `encodeAlphaPng: expected ${height}×${width} = ${height * width} levels, got ${levels.length}`,
    );
  }
  const above = bytesOf('encodeAlphaPng', 'levels', levels).find((level) => level > 15);
  if (above !== undefined) throw new DatasetError(`encodeAlphaPng: expected levels from 0 to 15, got ${above}`);
  const stride = 1 + Math.ceil(width / 2);
  const scanlines = new Uint8Array(height * stride);
  for (let at = 0; at < levels.length; at++) {
    const column = at % width;
    scanlines[Math.floor(at / width) * stride + 1 + (column >> 1)] |= levels[at] << (column % 2 === 0 ? 4 : 0);
  }
  const alpha = Uint8Array.from({ length: 16 }, (_, level) => 17 * level);
  return pngFile({ width, height, bitDepth: 4, colorType: 3, palette: new Uint8Array(3 * 16), alpha, scanlines });
}

/** Length, type, content, and the checksum of the latter two. */
function chunk(type: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const checked = concatenated([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), content]);
  return concatenated([
    Uint8Array.from(bigEndian(content.length)),
    checked,
    Uint8Array.from(bigEndian(crc32(checked))),
  ]);
}

/** A zlib stream of stored blocks (RFC 1951, 3.2.4) of at most 65,535 bytes each. */
function storedZlib(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const most = 65535;
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let from = 0; from < data.length; from += most) {
    const block = data.subarray(from, from + most);
    const [low, high] = [block.length & 255, block.length >> 8];
    const isLast = from + most >= data.length ? 1 : 0;
    parts.push(Uint8Array.of(isLast, low, high, low ^ 255, high ^ 255), block);
  }
  return concatenated([...parts, Uint8Array.from(bigEndian(adler32(data)))]);
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The checksum of a zlib stream (RFC 1950, section 8). */
function adler32(data: Uint8Array): number {
  let [sum, sumOfSums] = [1, 0];
  for (const byte of data) {
    sum = (sum + byte) % 65521;
    sumOfSums = (sumOfSums + sum) % 65521;
  }
  return (sumOfSums << 16) | sum;
}

/** The remainder of each byte after eight steps. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/** The checksum of a chunk (PNG specification, annex D). */
function crc32(data: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of data) rest = (rest >>> 8) ^ crcTable[(rest ^ byte) & 255];
  return ~rest;
}
