/** What kind of file some bytes are, by how they begin: names of files often lie. */
import { DatasetError } from '../dataset-error';

/** The kinds that are read. */
export type PictureKind = 'PNG' | 'JPEG';

interface Signature {
  readonly kind: string;
  readonly at: number;
  readonly bytes: string;
}

const signatures: readonly Signature[] = [
  { kind: 'PNG', at: 0, bytes: '\x89PNG' },
  { kind: 'JPEG', at: 0, bytes: '\xff\xd8' },
  { kind: 'a GIF', at: 0, bytes: 'GIF8' },
  { kind: 'a WebP', at: 8, bytes: 'WEBP' },
  { kind: 'an AVIF', at: 4, bytes: 'ftypavif' },
  ...['heic', 'heix', 'hevc', 'heim', 'heis', 'mif1', 'msf1'].map((brand) => ({
    kind: 'a HEIC',
    at: 4,
    bytes: `ftyp${brand}`,
  })),
  { kind: 'a PDF', at: 0, bytes: '%PDF' },
  { kind: 'a BMP', at: 0, bytes: 'BM' },
  { kind: 'a TIFF', at: 0, bytes: 'II*\0' },
  { kind: 'a TIFF', at: 0, bytes: 'MM\0*' },
  { kind: 'a JPEG XL', at: 0, bytes: '\xff\x0a' },
  { kind: 'an SVG', at: 0, bytes: '<svg' },
];

/** @throws DatasetError when the bytes are no PNG and no JPEG file */
export function pictureKindOf(bytes: Uint8Array, name: string): PictureKind {
  const kind = signatures.find((signature) => begins(bytes, signature))?.kind;
  if (kind === 'PNG' || kind === 'JPEG') return kind;
  throw new DatasetError(`${name}: expected a PNG or JPEG picture, got ${descriptionOf(bytes, kind)}`);
}

function begins(bytes: Uint8Array, { at, bytes: expected }: Signature): boolean {
  return [...expected].every((character, k) => bytes[at + k] === character.charCodeAt(0));
}

function descriptionOf(bytes: Uint8Array, kind: string | undefined): string {
  if (bytes.length === 0) return 'an empty file; save the picture again';
  if (kind !== undefined) return `${kind} file; save it as PNG or JPEG`;
  const start = bytes.subarray(0, 12);
  const isText = start.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13));
  const shown = isText
    ? JSON.stringify(String.fromCharCode(...start))
    : [...start.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `a file that begins with ${shown}; save the picture as PNG or JPEG`;
}
