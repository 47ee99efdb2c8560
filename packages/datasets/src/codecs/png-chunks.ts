/** The chunks of a PNG file, checked: its header, palette, transparency, metadata, and where its data are. */
import { crc32 } from 'node:zlib';
import { damagedFile } from '../dataset-error';
import { checkSize } from '../image';
import { PNG_SIGNATURE } from './png-file';

/** What the header of a PNG says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. */
  readonly colorType: number;
  readonly interlaced: boolean;
}

/** The chunks that matter for pixels. */
export interface PngChunks {
  readonly header: PngHeader;
  /** `PLTE`: red, green and blue of each color. */
  readonly palette: Uint8Array | undefined;
  /** `tRNS`: the alpha of the palette's first colors, or the one color that is transparent. */
  readonly transparency: Uint8Array | undefined;
  readonly exif: Uint8Array | undefined;
  /** `IDAT`: the zlib stream, in parts. */
  readonly data: readonly Uint8Array[];
}

/** The bit depths that each color type may have. */
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * The chunks of a PNG file. Nothing is copied or inflated.
 *
 * @throws DatasetError when the file is damaged, or the image larger than allowed
 */
export function readPngChunks(bytes: Uint8Array, mostPixels: number, name: string): PngChunks {
  if (PNG_SIGNATURE.some((byte, k) => bytes[k] !== byte))
    throw damagedFile(name, 'the signature of PNG', 'another one');
  let header: PngHeader | undefined;
  const single = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  for (const { type, content } of chunksOf(bytes, name)) {
    if (header === undefined) {
      if (type !== 'IHDR') throw damagedFile(name, 'a header (IHDR) first', `'${type}'`);
      header = readHeader(content, mostPixels, name);
    } else if (type === 'IDAT') data.push(content);
    else single.set(type, content);
    if (type === 'IEND') break;
  }
  if (header === undefined || data.length === 0 || !single.has('IEND')) {
    throw damagedFile(name, 'a PNG with a header, data and an end', 'a file cut short');
  }
  const palette = single.get('PLTE');
  if (header.colorType === 3 && (palette === undefined || palette.length % 3 !== 0)) {
    throw damagedFile(name, 'a palette of colors', palette === undefined ? 'none' : `${palette.length} bytes`);
  }
  return { header, palette, transparency: single.get('tRNS'), exif: single.get('eXIf'), data };
}

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
}

function* chunksOf(bytes: Uint8Array, name: string): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = PNG_SIGNATURE.length;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw damagedFile(name, `${end + 4} bytes at least`, String(bytes.length));
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type))
      throw damagedFile(name, 'a chunk with a name of four letters', JSON.stringify(type));
    // The name of an ancillary chunk begins with a lowercase letter; a damaged one is skipped.
    const isCritical = type[0] === type[0].toUpperCase();
    const checksum = view.getUint32(end);
    if (crc32(bytes.subarray(at + 4, end)) === checksum) yield { type, content: bytes.subarray(at + 8, end) };
    else if (isCritical) throw damagedFile(name, `the checksum ${checksum.toString(16)} in '${type}'`, 'another one');
    at = end + 4;
  }
}

function readHeader(content: Uint8Array, mostPixels: number, name: string): PngHeader {
  if (content.length !== 13) throw damagedFile(name, 'a header of 13 bytes', String(content.length));
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colorType, compression, filter, interlace] = content.subarray(8);
  if (!depthsOf[colorType]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw damagedFile(name, 'a header that PNG knows', [...content.subarray(8)].join(' '));
  }
  checkSize(width, height, mostPixels, name);
  return { width, height, depth, colorType, interlaced: interlace === 1 };
}
