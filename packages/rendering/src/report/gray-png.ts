/** Grays on any background: an image of black in sixteen levels of alpha, which pages with a dark background invert. */
import { encodeAlphaPng } from '@longhand/datasets';
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
  const levels = Uint8Array.from(values, (value) =>
    Math.round(15 * Math.min(Math.max((value - low) / (high - low), 0), 1)),
  );
  return pngUrl(encodeAlphaPng({ width, height, levels }));
}

/** The bytes of a PNG file as a `data:` URL. */
export function pngUrl(bytes: Uint8Array): string {
  return `data:image/png;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
}
