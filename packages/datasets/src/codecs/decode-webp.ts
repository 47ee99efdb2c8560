/**
 * WebP files as pixels, by libwebp compiled to WebAssembly (`@cwasm/webp`, 0.1 MB, no native binary). The size is in the header, which is
 * read before: of a file with one lossy image, one lossless, or the extended form.
 *
 * Source: RFC 9649, sections 2.5 to 2.7
 */
import { createRequire } from 'node:module';
import type * as webp from '@cwasm/webp';
import { damagedFile } from '../dataset-error';
import { checkSize, type RasterImage } from '../image';
import { checkDecodingMemory } from './decoding-memory';
import type { DecodingLimits } from './reduction';

/** @throws DatasetError when the file is damaged, or the image larger than allowed */
export function decodeWebp(bytes: Uint8Array, { mostPixels, name }: DecodingLimits): RasterImage {
  const { width, height } = sizeOf(bytes, name);
  checkSize(width, height, mostPixels, name);
  // Twice four channels, and the planes of the decoder.
  checkDecodingMemory({ name, width, height, bytes: 16 * width * height + bytes.length });
  // Loaded where it is needed: it compiles at once.
  const { decode } = createRequire(import.meta.url)('@cwasm/webp') as typeof webp;
  try {
    const decoded = decode(bytes);
    if (decoded.width === width && decoded.height === height) {
      return { width, height, channels: 4, pixels: decoded.data };
    }
  } catch {
    // The decoder says no more than that it failed.
  }
  throw damagedFile(name, 'a whole WebP image', 'one that cannot be decoded');
}

function sizeOf(bytes: Uint8Array, name: string): { readonly width: number; readonly height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 30) throw damagedFile(name, 'a WebP image', `${bytes.length} bytes`);
  const chunk = String.fromCharCode(...bytes.subarray(12, 16));
  switch (chunk) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: 1 + (view.getUint32(24, true) & 0xffffff), height: 1 + (view.getUint32(26, true) >> 8) };
    default:
      throw damagedFile(name, 'a chunk VP8, VP8L or VP8X', JSON.stringify(chunk));
  }
}
