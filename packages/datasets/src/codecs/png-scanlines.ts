/** The scanlines of a PNG: their length, their filters, and the passes of an interlaced image. */
import { damagedFile } from '../dataset-error';

/** One pass of interlacing: it holds every `stepX`-th pixel of every `stepY`-th row, from (`left`, `top`). */
export interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly columns: number;
  readonly rows: number;
}

/** Left, top, horizontal and vertical step of Adam7's passes. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** The passes that have any pixel. An image that is not interlaced has one. */
export function passesOf(width: number, height: number, interlaced: boolean): Pass[] {
  return (interlaced ? adam7 : [[0, 0, 1, 1]])
    .map(([left, top, stepX, stepY]) => ({
      left,
      top,
      stepX,
      stepY,
      columns: Math.ceil((width - left) / stepX),
      rows: Math.ceil((height - top) / stepY),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** The bytes of a scanline of `columns` pixels, without the byte that names its filter. */
export function rowBytes(columns: number, bitsPerPixel: number): number {
  return Math.ceil((columns * bitsPerPixel) / 8);
}

/**
 * Reverses the filter of a scanline, in place. Each byte was stored as the difference from a prediction by the byte to the left (a),
 * the byte above (b) and the byte above a (c).
 *
 * Source: PNG specification, third edition, section 9.
 *
 * @param filter the number that the scanline begins with
 * @param above the scanline before, without its filter; zeros for the first of a pass
 * @param distance the number of bytes in a pixel, at least 1
 * @throws DatasetError when there is no such filter
 */
export function unfilter(filter: number, row: Uint8Array, above: Uint8Array, distance: number, name: string): void {
  if (filter > 4) throw damagedFile(name, 'row filters from 0 to 4', String(filter));
  if (filter === 0) return;
  for (let k = 0; k < row.length; k++) {
    const a = k < distance ? 0 : row[k - distance];
    const c = k < distance ? 0 : above[k - distance];
    row[k] += predicted(filter, a, above[k], c);
  }
}

function predicted(filter: number, a: number, b: number, c: number): number {
  if (filter === 1) return a;
  if (filter === 2) return b;
  if (filter === 3) return (a + b) >> 1;
  // Paeth: the one of the three that is nearest to a + b − c; the first of several.
  const distanceA = Math.abs(b - c);
  const distanceB = Math.abs(a - c);
  const distanceC = Math.abs(a + b - 2 * c);
  if (distanceA <= distanceB && distanceA <= distanceC) return a;
  return distanceB <= distanceC ? b : c;
}
