/** PNG, JPEG, WebP, BMP and GIF files as pixels, whatever their size, orientation, bit depth and color type. */
import { type BudgetOptions, limitOf } from '@longhand/schema';
import { bytesOf } from '../bytes';
import { DatasetError, errorCode, unreadableFile } from '../dataset-error';
import type { RasterImage } from '../image';
import { readBounded } from '../read-bounded';
import { decodeBmp } from './decode-bmp';
import { decodeGif } from './decode-gif';
import { decodeJpeg } from './decode-jpeg';
import { decodePng } from './decode-png';
import { decodeWebp } from './decode-webp';
import { type DecodingLimits, REDUCED_ABOVE } from './reduction';

/** The options of {@link decodeImage}. */
export interface DecodeOptions extends BudgetOptions {
  /** The image's name in messages. Default: `picture`, or the path of a file. */
  readonly name?: string;
  /**
   * Pixels above which a picture is reduced to a half, a quarter or an eighth of its width and height while it is decoded, which
   * bounds the memory for it. Default: 12,500,000.
   */
  readonly reduceAbove?: number;
}

/** How a file is read, besides. */
export interface ReadImageOptions extends DecodeOptions {
  /** What was read of an open stream before, and belongs to the picture. Default: nothing. */
  readonly head?: Uint8Array;
}

/**
 * Decodes a PNG, JPEG, WebP, BMP or GIF file to an upright image with 8 bits a sample; the bytes tell the format. The size is read from the
 * file's header and compared with the budget before anything of that size is allocated.
 *
 * A PNG keeps its channels (a palette becomes RGB); JPEG and BMP become RGB, WebP and the first image of a GIF RGBA. A large PNG or JPEG is
 * reduced, and says so in `reduction`.
 *
 * @throws DatasetError when the file has another format, is damaged or too large
 * @example decodeImage(encodePng({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(0, 255) })).pixels; // [ 0, 255 ]
 */
export function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): RasterImage {
  const { name = 'picture', reduceAbove = REDUCED_ABOVE, budget } = options;
  bytesOf(name, 'bytes', bytes);
  return decoders[formatOf(bytes, name)](bytes, { mostPixels: limitOf('pixels', budget), reduceAbove, name });
}

/**
 * Reads and decodes a picture file, as {@link decodeImage} does.
 *
 * @param path may be the number of an open file: 0 is standard input
 * @throws DatasetError when the file cannot be read, has another format, is damaged or too large
 * @example
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('dot.png', encodePng({ width: 1, height: 1, channels: 1, pixels: Uint8Array.of(7) }));
 * readImage('dot.png').pixels; // [ 7 ]
 */
export function readImage(
  path: string | number,
  { name = String(path), ...options }: ReadImageOptions = {},
): RasterImage {
  return decodeImage(readWhole(path, { name, ...options }), { name, ...options });
}

/** @throws DatasetError when it cannot be read, has another format or is larger than any picture within the budget */
function readWhole(source: string | number, { name, head, budget }: ReadImageOptions & { name: string }): Uint8Array {
  // Four channels of 16 bits, uncompressed.
  const bytes = Math.min(limitOf('bytes', budget), 8 * limitOf('pixels', budget));
  const error = (message: string): DatasetError => new DatasetError(message);
  try {
    return readBounded(source, {
      ...(head && { head }),
      name,
      budget: { bytes },
      judge: (beginning) => formatOf(beginning, name),
      hint: 'make the picture smaller',
      error,
    });
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    switch (errorCode(error)) {
      case 'ENOENT':
        throw new DatasetError(`${name}: expected a picture, but there is no such file; check the path`);
      case 'EISDIR':
        throw new DatasetError(`${name}: expected a picture, but it is a folder; name files in it`);
      default:
        throw unreadableFile(name, error);
    }
  }
}

/** The decoders of all formats. */
const decoders = {
  PNG: decodePng,
  JPEG: decodeJpeg,
  WebP: decodeWebp,
  BMP: decodeBmp,
  GIF: decodeGif,
} satisfies Readonly<Record<string, (bytes: Uint8Array, limits: DecodingLimits) => RasterImage>>;

/** The formats that are decoded. */
type Format = keyof typeof decoders;

/** The bytes by which a format is recognized: names of files often lie. */
interface Signature {
  readonly kind: string;
  readonly at: number;
  readonly bytes: string;
}

const signatures: readonly Signature[] = [
  { kind: 'PNG', at: 0, bytes: '\x89PNG' },
  { kind: 'JPEG', at: 0, bytes: '\xff\xd8' },
  { kind: 'GIF', at: 0, bytes: 'GIF8' },
  { kind: 'WebP', at: 8, bytes: 'WEBP' },
  { kind: 'an AVIF', at: 4, bytes: 'ftypavif' },
  ...['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1'].map((brand) => ({
    kind: 'a HEIC',
    at: 4,
    bytes: `ftyp${brand}`,
  })),
  { kind: 'a PDF', at: 0, bytes: '%PDF' },
  { kind: 'BMP', at: 0, bytes: 'BM' },
  { kind: 'a TIFF', at: 0, bytes: 'II*\0' },
  { kind: 'a TIFF', at: 0, bytes: 'MM\0*' },
  { kind: 'a JPEG XL', at: 0, bytes: '\xff\x0a' },
  { kind: 'an SVG', at: 0, bytes: '<svg' },
];

/** @throws DatasetError when the bytes are of no format that is decoded */
function formatOf(bytes: Uint8Array, name: string): Format {
  const kind = kindOf(bytes);
  if (kind !== undefined && Object.hasOwn(decoders, kind)) return kind as Format;
  const what = bytes.length === 0 || kind === undefined ? 'the picture' : 'it';
  const advice = `save ${what} ${bytes.length === 0 ? 'again' : 'as PNG or JPEG'}`;
  throw new DatasetError(
    `${name}: expected a PNG, JPEG, WebP, BMP or GIF picture, got ${contentText(bytes)}; ${advice}`,
  );
}

function kindOf(bytes: Uint8Array): string | undefined {
  return signatures.find((signature) => begins(bytes, signature))?.kind;
}

function begins(bytes: Uint8Array, { at, bytes: expected }: Signature): boolean {
  return [...expected].every((character, k) => bytes[at + k] === character.charCodeAt(0));
}

/**
 * What a file is by its first bytes, in words.
 *
 * @example contentText(Uint8Array.of(0xff, 0xd8)); // 'a JPEG file'
 */
export function contentText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const kind = kindOf(bytes);
  if (kind !== undefined) return `${/^an? /.test(kind) ? '' : 'a '}${kind} file`;
  const start = bytes.subarray(0, 12);
  const isText = start.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13));
  const shown = isText
    ? JSON.stringify(String.fromCharCode(...start))
    : [...start.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `a file that begins with ${shown}`;
}
