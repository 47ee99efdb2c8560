/** A digit in a few characters: for screens that show it beside other things. */
import { digitPicture } from '../digit-picture';

export interface SmallPictureOptions {
  /** Row by row, from 0 (ground) to 255 (ink). */
  readonly pixels: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** Columns there are; half as many lines. */
  readonly columns: number;
  readonly ascii?: boolean;
  readonly color: boolean;
}

/**
 * The inked part of the picture in at most `columns` columns and half as many lines. With colour its greys, coarser;
 * without, its shape in braille dots, four to eight times as fine; or in ASCII.
 *
 * @example smallPicture({ pixels, height: 28, width: 28, columns: 10, color: true })
 */
export function smallPicture({ columns, ascii = false, color, ...image }: SmallPictureOptions): string {
  const cut = inkedPart(image);
  // Half blocks are one pixel wide and half a line high; braille dots half of either.
  const across = color || ascii ? columns : 2 * columns;
  const small = shrunk(cut, Math.max(Math.ceil(Math.max(cut.width, cut.height) / across), 1));
  return color || ascii ? digitPicture({ ...small, ascii, color }) : dots(small);
}

interface Image {
  readonly pixels: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/** The picture without its empty edges; all of it, if it is empty. */
function inkedPart({ pixels, height, width }: Image): Image {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let at = 0; at < height * width; at++) {
    // What is hardly grey would make the digit smaller than it needs to be.
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
function shrunk({ pixels, height, width }: Image, by: number): Image {
  const small = { height: Math.ceil(height / by), width: Math.ceil(width / by) };
  const means = new Float64Array(small.height * small.width);
  for (let at = 0; at < height * width; at++) {
    const [row, column] = [Math.floor(at / width), at % width];
    means[Math.floor(row / by) * small.width + Math.floor(column / by)] += pixels[at] / (by * by);
  }
  return { pixels: means, ...small };
}

/** Braille: a dot for every pixel that is more ink than ground. */
function dots({ pixels, height, width }: Image): string {
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
