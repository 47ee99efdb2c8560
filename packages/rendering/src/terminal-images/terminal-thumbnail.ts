/** An image in a few characters: for screens that show it beside other things. */
import { croppedTo, grayOf, type PixelImage } from '../image';
import { terminalImage } from './terminal-image';

/** The options of {@link terminalThumbnail}. */
export interface TerminalThumbnailOptions extends PixelImage {
  /** The most columns; the thumbnail has at most half as many lines. */
  readonly columns: number;
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/**
 * The part of the image that is not background (of an image in color all of it), in at most `columns` columns and half as many lines.
 * With color its grays or colors, coarser; without, its shape in braille dots, four to eight times as fine; or in ASCII.
 *
 * @example terminalThumbnail({ pixels: new Uint8Array(784).fill(255), height: 28, width: 28, columns: 10, color: false }).split('\n').length; // 4
 */
export function terminalThumbnail({ columns, ascii = false, color, ...image }: TerminalThumbnailOptions): string {
  const cut = cropped(image);
  // Half blocks are one pixel wide and half a line high; braille dots half of either.
  const across = color || ascii ? columns : 2 * columns;
  const small = shrunk(cut, Math.max(Math.ceil(Math.max(cut.width, cut.height) / across), 1));
  return color || ascii ? terminalImage({ ...small, ascii, color }) : dots(small);
}

/** The image without its empty edges; all of it, if it is empty or in color. */
function cropped(image: PixelImage): PixelImage {
  const { pixels, height, width, channels = 1 } = image;
  if (channels > 1) return image;
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let at = 0; at < height * width; at++) {
    // What is hardly gray would make the digit smaller than it needs to be.
    if (pixels[at] < 32) continue;
    const [row, column] = [Math.floor(at / width), at % width];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  if (bottom < 0) return image;
  return croppedTo(image, { top, left, height: bottom - top + 1, width: right - left + 1 });
}

/** Squares of `by` × `by` pixels become one each, their mean; at the right and lower edge there may be fewer. */
function shrunk({ pixels, height, width, channels = 1 }: PixelImage, by: number): PixelImage {
  const small = { height: Math.ceil(height / by), width: Math.ceil(width / by), channels };
  const means = new Float64Array(small.height * small.width * channels);
  for (let at = 0; at < height * width * channels; at++) {
    const [pixel, channel] = [Math.floor(at / channels), at % channels];
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const [y, x] = [Math.floor(row / by), Math.floor(column / by)];
    const count = Math.min(by, height - y * by) * Math.min(by, width - x * by);
    means[(y * small.width + x) * channels + channel] += pixels[at] / count;
  }
  return { pixels: means, ...small };
}

/** Braille: a dot for every pixel that is more foreground than background; of an image in color, lighter than the mean. */
function dots(image: PixelImage): string {
  const { pixels, height, width } = grayOf(image);
  const isColored = (image.channels ?? 1) > 1;
  const least = isColored ? Array.from(pixels).reduce((sum, value) => sum + value, 0) / pixels.length : 96;
  const bits = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
  const lines: string[] = [];
  for (let row = 0; row < height; row += 4) {
    let line = '';
    for (let column = 0; column < width; column += 2) {
      let character = 0x2800;
      for (const [dot, bit] of bits.entries()) {
        const [y, x] = [row + (dot >> 1), column + (dot & 1)];
        if (y < height && x < width && pixels[y * width + x] >= least) character += bit;
      }
      line += character === 0x2800 ? ' ' : String.fromCodePoint(character);
    }
    lines.push(line);
  }
  return lines.join('\n');
}
