/** Images of a network's own size as pictures to be read, and as text for the address. */
import type { RasterImage } from '@longhand/datasets';
import { unzlibSync, zlibSync } from 'fflate';

/** An image as the network takes it: `[height, width]` bytes. */
export interface GrayImage {
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

/** Larger ones would make an address that is no longer sent. */
const largestSide = 64;

/** A picture that is read as it is, pixel by pixel. */
export function pictureOfImage({ height, width, pixels }: GrayImage): RasterImage {
  const colors = new Uint8Array(4 * pixels.length);
  for (let at = 0; at < pixels.length; at++) colors.set([pixels[at], pixels[at], pixels[at], 255], 4 * at);
  return { width, height, channels: 4, pixels: colors };
}

/**
 * The image as letters that an address takes as they are; undefined for a large one.
 *
 * @example textOfImage({ height: 28, width: 28, pixels }) // '28x28.eNpjYKA9…'
 */
export function textOfImage({ height, width, pixels }: GrayImage): string | undefined {
  if (Math.max(height, width) > largestSide || pixels.length !== height * width) return undefined;
  const text = btoa(String.fromCharCode(...zlibSync(pixels, { level: 9 })));
  return `${height}x${width}.${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** The image of such a text; undefined for any other. */
export function imageOfText(text: string): GrayImage | undefined {
  const [, rows, columns, data] = /^(\d{1,2})x(\d{1,2})\.([\w-]+)$/.exec(text) ?? [];
  const [height, width] = [Number(rows), Number(columns)];
  if (data === undefined || Math.max(height, width) > largestSide) return undefined;
  try {
    const bytes = atob(data.replaceAll('-', '+').replaceAll('_', '/'));
    const compressed = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
    // No text of an address unpacks to more: what does is cut there, one byte too long to be taken.
    const pixels = unzlibSync(compressed, { out: new Uint8Array(height * width + 1) });
    return pixels.length === height * width ? { height, width, pixels } : undefined;
  } catch {
    return undefined;
  }
}
