/**
 * Grays on any background: an image of black in sixteen degrees of opacity, which pages with a dark background invert. A PNG
 * of four bits a pixel with a palette, uncompressed: a digit takes 600 bytes. The encoder of `@longhand/datasets/node` would
 * not do here: it writes RGB without opacity, and its compression needs Node, while this package runs in pages too.
 */

import type { Matrix } from '../image';

export interface GrayPngOptions extends Matrix {
  /** The value that is transparent, and the one that is opaque. */
  readonly low: number;
  readonly high: number;
}

/**
 * The image as a `data:` URL, to be shown with its pixels as squares.
 *
 * @throws RangeError when there are not height × width values
 * @example grayPngUrl({ values: [0, 255], height: 1, width: 2, low: 0, high: 255 }) // 'data:image/png;base64,…'
 */
export function grayPngUrl({ values, height, width, low, high }: GrayPngOptions): string {
  if (values.length !== height * width) {
    throw new RangeError(`grayPngUrl: expected ${height}×${width} = ${height * width} values, got ${values.length}`);
  }
  // Each row begins with the number of its filter, 0 for none; then two pixels a byte.
  const stride = 1 + Math.ceil(width / 2);
  const rows = new Uint8Array(height * stride);
  for (let at = 0; at < height * width; at++) {
    const part = Math.min(Math.max((values[at] - low) / (high - low), 0), 1);
    const column = at % width;
    const byte = Math.floor(at / width) * stride + 1 + (column >> 1);
    rows[byte] |= Math.round(15 * part) << (column % 2 === 0 ? 4 : 0);
  }
  const degrees = Uint8Array.from({ length: 16 }, (_, degree) => 17 * degree);
  const [bitDepth, palette] = [4, 3];
  const bytes = [
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', [...bigEndian(width), ...bigEndian(height), bitDepth, palette, 0, 0, 0]),
    ...chunk('PLTE', new Uint8Array(3 * degrees.length)),
    ...chunk('tRNS', degrees),
    ...chunk('IDAT', stored(rows)),
    ...chunk('IEND', []),
  ];
  return `data:image/png;base64,${btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''))}`;
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function chunk(name: string, data: ArrayLike<number>): number[] {
  const content = [...Array.from(name, (letter) => letter.charCodeAt(0)), ...Array.from(data)];
  return [...bigEndian(data.length), ...content, ...bigEndian(crc32(content))];
}

/** A zlib stream (RFC 1950) of blocks that are stored (RFC 1951, 3.2.4). */
function stored(data: Uint8Array): number[] {
  const most = 65535;
  const bytes = [0x78, 0x01];
  for (let from = 0; from < data.length; from += most) {
    const block = data.subarray(from, from + most);
    const length = [block.length & 255, block.length >> 8];
    const last = from + most >= data.length ? 1 : 0;
    bytes.push(last, ...length, ...length.map((byte) => byte ^ 255), ...block);
  }
  return [...bytes, ...bigEndian(adler32(data))];
}

function adler32(data: Uint8Array): number {
  let [sum, sumOfSums] = [1, 0];
  for (const byte of data) {
    sum = (sum + byte) % 65521;
    sumOfSums = (sumOfSums + sum) % 65521;
  }
  return (sumOfSums << 16) | sum;
}

function crc32(data: readonly number[]): number {
  let rest = 0xffffffff;
  for (const byte of data) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest;
}
