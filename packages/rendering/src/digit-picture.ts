/**
 * A grey image drawn in characters, ink on the ground of the terminal. A character is about twice as high as it is wide,
 * so each stands for two pixels, one above the other.
 */

export interface DigitPictureOptions {
  /** Row by row, from 0 (ground) to 255 (ink). */
  readonly pixels: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** Only letters and signs that every terminal has. */
  readonly ascii?: boolean;
  /** Exact greys, white ink on black; without, the nearest of a few shades. */
  readonly color: boolean;
}

/** A character, and how much ink it has in its upper and its lower half. */
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
 * The picture as ⌈height / 2⌉ lines of `width` columns.
 *
 * @throws RangeError when there are not height × width pixels
 * @example digitPicture({ pixels: Uint8Array.from([255, 0, 255, 0]), height: 2, width: 2, color: false }) // '█ '
 */
export function digitPicture({ pixels, height, width, ascii = false, color }: DigitPictureOptions): string {
  if (pixels.length !== height * width) {
    throw new RangeError(`digitPicture: expected ${height}×${width} = ${height * width} pixels, got ${pixels.length}`);
  }
  const draw = color && !ascii ? greyLine : glyphLine(ascii ? asciiGlyphs : blockGlyphs);
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

/** Half blocks: the upper pixel is the colour of the text, the lower one that of its ground. */
function greyLine(pairs: readonly Pair[]): string {
  let last = '';
  const cells = pairs.map(([upper, lower]) => {
    const code = `\u001b[38;5;${grey(upper)};48;5;${grey(lower)}m`;
    const change = code === last ? '' : code;
    last = code;
    return `${change}▀`;
  });
  return `${cells.join('')}\u001b[39;49m`;
}

/** The nearest of the 256 colours: black is 16, white 231, and 232 to 255 are the greys 8, 18, … 238 between them. */
function grey(value: number): number {
  const step = Math.round((value - 8) / 10);
  if (value < 4) return 16;
  return value > 246 ? 231 : 232 + Math.min(Math.max(step, 0), 23);
}
