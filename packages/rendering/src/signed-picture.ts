/**
 * A matrix of numbers of both signs as a picture: the kernels of a network. With colour, blue is below zero, orange above, and
 * black is zero; without, signs and letters say it, so that it reads on paper too.
 */

export interface SignedPictureOptions {
  /** Row by row. */
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** The magnitude that is drawn strongest: the same for all pictures that are compared. */
  readonly largest: number;
  readonly color: boolean;
}

/** From the strongest below zero over zero to the strongest above. */
const glyphs = ['=', '~', '-', '·', '+', '*', '#'] as const;
const colours = [117, 39, 32, 25, 18, 17, 16, 52, 88, 130, 166, 208, 215] as const;

/** Pictures of more columns are drawn at half the size. */
const widestInFull = 16;

/**
 * The picture: two columns of the terminal and a line for each number, which makes it square; where there are more than
 * sixteen columns of numbers, a column and half a line (without colour the mean of two numbers, one above the other).
 *
 * @throws RangeError when there are not height × width numbers
 * @example signedPicture({ values: [1, 0, 0, -1], height: 2, width: 2, largest: 1, color: false }) // '##··\n··=='
 */
export function signedPicture({ values, height, width, largest, color }: SignedPictureOptions): string {
  if (values.length !== height * width) {
    throw new RangeError(
      `signedPicture: expected ${height}×${width} = ${height * width} numbers, got ${values.length}`,
    );
  }
  const row = (y: number): number[] =>
    Array.from({ length: width }, (_, x) => (y < height ? values[y * width + x] : 0));
  const pick = <Level>(levels: readonly Level[], value: number): Level => {
    const middle = (levels.length - 1) / 2;
    const share = largest > 0 ? Math.min(Math.max(value / largest, -1), 1) : 0;
    return levels[middle + Math.round(share * middle)];
  };
  const lines: string[] = [];
  if (width <= widestInFull) {
    for (let y = 0; y < height; y++) {
      const cell = (value: number): string =>
        color ? `\u001b[48;5;${pick(colours, value)}m  ` : pick(glyphs, value).repeat(2);
      lines.push(row(y).map(cell).join(''));
    }
  } else {
    for (let y = 0; y < height; y += 2) {
      const lower = row(y + 1);
      const cell = (upper: number, x: number): string =>
        color
          ? `\u001b[38;5;${pick(colours, upper)};48;5;${pick(colours, lower[x])}m▀`
          : pick(glyphs, y + 1 < height ? (upper + lower[x]) / 2 : upper);
      lines.push(row(y).map(cell).join(''));
    }
  }
  return lines.map((line) => (color ? `${line}\u001b[39;49m` : line)).join('\n');
}

/**
 * What the signs or colours of a {@link signedPicture} mean, in a line.
 *
 * @example signedScale({ largest: 0.5, color: false }) // '−0.5 == ~~ -- ·· ++ ** ## 0.5'
 */
export function signedScale({ largest, color }: Pick<SignedPictureOptions, 'largest' | 'color'>): string {
  const limit = String(Number(largest.toPrecision(3)));
  const steps = color
    ? `${colours.map((colour) => `\u001b[48;5;${colour}m  `).join('')}\u001b[49m`
    : glyphs.map((glyph) => glyph.repeat(2)).join(' ');
  return `−${limit} ${steps} ${limit}`;
}
