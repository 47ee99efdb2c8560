/**
 * A gray image in half-block characters, on the background of the terminal. A character is about twice as high as it is wide,
 * so each stands for two pixels, one above the other.
 */
import type { GrayImage } from '../image';

export interface TerminalImageOptions extends GrayImage {
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** Exact grays, white on black; without, the nearest of a few shades. */
  readonly color: boolean;
}

/** A character, and the coverage of its upper and its lower half. */
type Glyph = readonly [character: string, upper: number, lower: number];

const blockGlyphs: readonly Glyph[] = [
  [' ', 0, 0],
  ['░', 0.25, 0.25],
  ['▒', 0.5, 0.5],
  ['▓', 0.75, 0.75],
  ['█', 1, 1],
  ['▀', 1, 0],
  ['▄', 0, 1],
];

const asciiGlyphs: readonly Glyph[] = [
  [' ', 0, 0],
  ['.', 0, 0.3],
  ["'", 0.3, 0],
  [':', 0.3, 0.3],
  ['_', 0, 0.7],
  ['"', 0.7, 0],
  ['o', 0.4, 0.7],
  ['*', 0.7, 0.4],
  ['%', 0.7, 0.7],
  ['@', 1, 1],
];

/**
 * The image as ⌈height / 2⌉ lines of `width` columns.
 *
 * @throws RangeError when there are not height × width pixels
 * @example terminalImage({ pixels: Uint8Array.from([255, 0, 255, 0]), height: 2, width: 2, color: false }) // '█ '
 */
export function terminalImage({ pixels, height, width, ascii = false, color }: TerminalImageOptions): string {
  if (pixels.length !== height * width) {
    throw new RangeError(`terminalImage: expected ${height}×${width} = ${height * width} pixels, got ${pixels.length}`);
  }
  const draw = color && !ascii ? grayLine : glyphLine(ascii ? asciiGlyphs : blockGlyphs);
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    const pairs = Array.from({ length: width }, (_, column): Pair => {
      const upper = row * width + column;
      return [pixels[upper], row + 1 < height ? pixels[upper + width] : 0];
    });
    lines.push(draw(pairs));
  }
  return lines.join('\n');
}

type Pair = readonly [upper: number, lower: number];

function glyphLine(glyphs: readonly Glyph[]): (pairs: readonly Pair[]) => string {
  const nearest = ([upper, lower]: Pair): string => {
    const distance = ([, up, low]: Glyph): number =>
      (up - upper / 255) * (up - upper / 255) + (low - lower / 255) * (low - lower / 255);
    return glyphs.reduce((best, glyph) => (distance(glyph) < distance(best) ? glyph : best))[0];
  };
  return (pairs) => pairs.map(nearest).join('');
}

/** Half blocks: the upper pixel is the color of the text, the lower one that of its background. */
function grayLine(pairs: readonly Pair[]): string {
  let last = '';
  const cells = pairs.map(([upper, lower]) => {
    const code = `\u001b[38;5;${gray(upper)};48;5;${gray(lower)}m`;
    const change = code === last ? '' : code;
    last = code;
    return `${change}▀`;
  });
  return `${cells.join('')}\u001b[39;49m`;
}

/** The nearest of the 256 colors: black is 16, white 231, and 232 to 255 are the grays 8, 18, … 238 between them. */
function gray(value: number): number {
  const step = Math.round((value - 8) / 10);
  if (value < 4) return 16;
  return value > 246 ? 231 : 232 + Math.min(Math.max(step, 0), 23);
}
