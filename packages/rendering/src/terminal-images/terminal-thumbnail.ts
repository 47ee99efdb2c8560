/** An image in a few characters: for screens that show it beside other things. */
import type { GrayImage } from '../image';
import { terminalImage } from './terminal-image';

export interface TerminalThumbnailOptions extends GrayImage {
  /** The most columns; the thumbnail has at most half as many lines. */
  readonly columns: number;
  readonly ascii?: boolean;
  readonly color: boolean;
}

/**
 * The part of the image that is not background, in at most `columns` columns and half as many lines. With color its grays, coarser;
 * without, its shape in braille dots, four to eight times as fine; or in ASCII.
 *
 * @example terminalThumbnail({ pixels, height: 28, width: 28, columns: 10, color: true })
 */
export function terminalThumbnail({ columns, ascii = false, color, ...image }: TerminalThumbnailOptions): string {
  const cut = cropped(image);
  // Half blocks are one pixel wide and half a line high; braille dots half of either.
  const across = color || ascii ? columns : 2 * columns;
  const small = shrunk(cut, Math.max(Math.ceil(Math.max(cut.width, cut.height) / across), 1));
  return color || ascii ? terminalImage({ ...small, ascii, color }) : dots(small);
}

/** The image without its empty edges; all of it, if it is empty. */
function cropped({ pixels, height, width }: GrayImage): GrayImage {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let at = 0; at < height * width; at++) {
    // What is hardly gray would make the digit smaller than it needs to be.
    if (pixels[at] < 32) continue;
    const [row, column] = [Math.floor(at / width), at % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  if (bottom < 0) return { pixels, height, width };
  const cut = { height: bottom - top + 1, width: right - left + 1 };
  const kept = new Uint8Array(cut.height * cut.width).map(
    (_, at) => pixels[(top + Math.floor(at / cut.width)) * width + left + (at % cut.width)],
  );
  return { pixels: kept, ...cut };
}

/** Squares of `by` × `by` pixels become one each, their mean. */
function shrunk({ pixels, height, width }: GrayImage, by: number): GrayImage {
  const small = { height: Math.ceil(height / by), width: Math.ceil(width / by) };
  const means = new Float64Array(small.height * small.width);
  for (let at = 0; at < height * width; at++) {
    const [row, column] = [Math.floor(at / width), at % width];
    means[Math.floor(row / by) * small.width + Math.floor(column / by)] += pixels[at] / (by * by);
  }
  return { pixels: means, ...small };
}

/** Braille: a dot for every pixel that is more foreground than background. */
function dots({ pixels, height, width }: GrayImage): string {
  const bits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
  const lines: string[] = [];
  for (let row = 0; row < height; row += 4) {
    let line = '';
    for (let column = 0; column < width; column += 2) {
      let character = 0x2800;
      for (const [dot, bit] of bits.entries()) {
        const [y, x] = [row + (dot >> 1), column + (dot & 1)];
        if (y < height && x < width && pixels[y * width + x] >= 96) character += bit;
      }
      line += character === 0x2800 ? ' ' : String.fromCodePoint(character);
    }
    lines.push(line);
  }
  return lines.join('\n');
}
