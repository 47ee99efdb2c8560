/**
 * An image in half-block characters, on the background of the terminal. A character is about twice as high as it is wide, so each
 * stands for two pixels, one above the other.
 */
import { checkPixels, drawable, grayOf, type PixelImage } from '../image';

/** The options of {@link terminalImage}. */
export interface TerminalImageOptions extends PixelImage {
  /** Only characters that every terminal has. Default: false. */
  readonly ascii?: boolean;
  /** The nearest of 256 colors, of a gray image white on black; without, the nearest of a few shades. */
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
 * @example terminalImage({ pixels: Uint8Array.of(255, 0, 255, 0), height: 2, width: 2, color: false }); // '█ '
 */
export function terminalImage({ ascii = false, color, ...image }: TerminalImageOptions): string {
  checkPixels('terminalImage', image);
  return color && !ascii ? inColors(image) : inGlyphs(image, ascii ? asciiGlyphs : blockGlyphs);
}

function inGlyphs(image: PixelImage, glyphs: readonly Glyph[]): string {
  const { pixels } = grayOf(image);
  return linesOf(image, pixels, glyphLine(glyphs), 0);
}

/** Pixels as numbers of the 256 colors first, so that each is looked for once. */
function inColors(image: PixelImage): string {
  const { pixels, height, width, channels } = drawable(image);
  const codes = Array.from({ length: height * width }, (_, pixel) =>
    channels === 1
      ? gray(pixels[pixel])
      : nearestColor(pixels[3 * pixel], pixels[3 * pixel + 1], pixels[3 * pixel + 2]),
  );
  return linesOf(image, codes, colorLine, gray(0));
}

/** Two rows of values in each line; below the last of an odd number is `background`. */
function linesOf(
  { height, width }: PixelImage,
  values: ArrayLike<number>,
  draw: (pairs: readonly Pair[]) => string,
  background: number,
): string {
  const lines: string[] = [];
  for (let row = 0; row < height; row += 2) {
    const pairs = Array.from({ length: width }, (_, column): Pair => {
      const upper = row * width + column;
      return [values[upper], row + 1 < height ? values[upper + width] : background];
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
function colorLine(pairs: readonly Pair[]): string {
  let last = '';
  const cells = pairs.map(([upper, lower]) => {
    const code = `\u001b[38;5;${upper};48;5;${lower}m`;
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

/** The levels of red, green and blue in the cube of colors from 16 to 231. */
const cubeLevels = [0, 95, 135, 175, 215, 255];

/** The nearest of the 256 colors: of the cube, or a gray. */
function nearestColor(...color: readonly [red: number, green: number, blue: number]): number {
  const [r, g, b] = color.map((value) =>
    cubeLevels.findIndex((level, at) => value <= (level + (cubeLevels[at + 1] ?? Number.POSITIVE_INFINITY)) / 2),
  );
  const mean = (color[0] + color[1] + color[2]) / 3;
  const grayCode = gray(mean);
  const grayLevel = grayCode === 16 ? 0 : grayCode === 231 ? 255 : 8 + 10 * (grayCode - 232);
  const distance = (others: readonly number[]): number =>
    others.reduce((sum, other, channel) => sum + (other - color[channel]) * (other - color[channel]), 0);
  const inCube = distance([cubeLevels[r], cubeLevels[g], cubeLevels[b]]);
  return distance([grayLevel, grayLevel, grayLevel]) < inCube ? grayCode : 16 + 36 * r + 6 * g + b;
}
