/** A PNG file as its chunks, checked: what the picture is, and where its data lie. */
import { crc32 } from 'node:zlib';
import { checkSize, damaged } from './picture-fault';

/** What the header of a PNG says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey and opacity, 6 colour and opacity. */
  readonly colourType: number;
  readonly interlaced: boolean;
}

/** The chunks that matter for pixels. */
export interface PngChunks {
  readonly header: PngHeader;
  /** Red, green and blue of each colour of the palette. */
  readonly palette: Uint8Array | undefined;
  /** The opacity of the palette's colours, or the one colour that is transparent. */
  readonly transparency: Uint8Array | undefined;
  readonly exif: Uint8Array | undefined;
  /** What is to be inflated, in parts. */
  readonly data: readonly Uint8Array[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Which depths each colour type may have. */
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
 * @throws DatasetError when the file is damaged, or the picture larger than allowed
 */
export function readPngChunks(bytes: Uint8Array, mostPixels: number, name: string): PngChunks {
  if (SIGNATURE.some((byte, k) => bytes[k] !== byte)) throw damaged(name, 'the signature of PNG', 'another one');
  let header: PngHeader | undefined;
  const single = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  for (const { type, content } of chunksOf(bytes, name)) {
    if (header === undefined) {
      if (type !== 'IHDR') throw damaged(name, 'a header (IHDR) first', `'${type}'`);
      header = readHeader(content, mostPixels, name);
    } else if (type === 'IDAT') data.push(content);
    else single.set(type, content);
    if (type === 'IEND') break;
  }
  if (header === undefined || data.length === 0 || !single.has('IEND')) {
    throw damaged(name, 'a PNG with a header, data and an end', 'a file cut short');
  }
  const palette = single.get('PLTE');
  if (header.colourType === 3 && (palette === undefined || palette.length % 3 !== 0)) {
    throw damaged(name, 'a palette of colours', palette === undefined ? 'none' : `${palette.length} bytes`);
  }
  return { header, palette, transparency: single.get('tRNS'), exif: single.get('eXIf'), data };
}

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
}

function* chunksOf(bytes: Uint8Array, name: string): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE.length;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw damaged(name, `${end + 4} bytes at least`, String(bytes.length));
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw damaged(name, 'a chunk with a name of four letters', JSON.stringify(type));
    // A name that begins with a small letter is a chunk that one can do without.
    const isNeeded = type[0] === type[0].toUpperCase();
    const checksum = view.getUint32(end);
    if (crc32(bytes.subarray(at + 4, end)) === checksum) yield { type, content: bytes.subarray(at + 8, end) };
    else if (isNeeded) throw damaged(name, `the checksum ${checksum.toString(16)} in '${type}'`, 'another one');
    at = end + 4;
  }
}

function readHeader(content: Uint8Array, mostPixels: number, name: string): PngHeader {
  if (content.length !== 13) throw damaged(name, 'a header of 13 bytes', String(content.length));
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = content.subarray(8);
  if (!depthsOf[colourType]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw damaged(name, 'a header that PNG knows', [...content.subarray(8)].join(' '));
  }
  checkSize(width, height, mostPixels, name);
  return { width, height, depth, colourType, interlaced: interlace === 1 };
}
