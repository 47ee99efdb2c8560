/**
 * A heat map of numbers of both signs, such as the kernels of a network, in diverging colors: blue above zero and orange below, as
 * on the pages, but black at zero, as most terminals are. Without color, characters take their place, so that it can be read on paper too.
 */
import type { Matrix } from '../image';

/** The options of {@link terminalHeatmap}. */
export interface TerminalHeatmapOptions extends Matrix {
  /** The magnitude at the ends of the scale: the same for all heat maps that are compared. */
  readonly largest: number;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/** From the negative end of the scale over zero to the positive end. */
const glyphs = ['=', '~', '-', '·', '+', '*', '#'] as const;
const colors = [215, 208, 166, 130, 88, 52, 16, 17, 18, 25, 32, 39, 117] as const;

/** Matrices of more columns are drawn at half the size. */
const widestInFull = 16;

/**
 * The heat map. A number takes two columns of the terminal and a line, which makes it square. In a matrix of more than sixteen
 * columns it takes a column and half a line (without color, the mean of two numbers, one above the other).
 *
 * @throws RangeError when there are not height × width numbers
 * @example terminalHeatmap({ values: [1, 0, 0, -1], height: 2, width: 2, largest: 1, color: false }); // '##··\n··=='
 */
export function terminalHeatmap({ values, height, width, largest, color }: TerminalHeatmapOptions): string {
  if (values.length !== height * width) {
    throw new RangeError(
      `terminalHeatmap: expected ${height}×${width} = ${height * width} numbers, got ${values.length}`,
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
        color ? `\u001b[48;5;${pick(colors, value)}m  ` : pick(glyphs, value).repeat(2);
      lines.push(row(y).map(cell).join(''));
    }
  } else {
    for (let y = 0; y < height; y += 2) {
      const lower = row(y + 1);
      const cell = (upper: number, x: number): string =>
        color
          ? `\u001b[38;5;${pick(colors, upper)};48;5;${pick(colors, lower[x])}m▀`
          : pick(glyphs, y + 1 < height ? (upper + lower[x]) / 2 : upper);
      lines.push(row(y).map(cell).join(''));
    }
  }
  return lines.map((line) => (color ? `${line}\u001b[39;49m` : line)).join('\n');
}

/**
 * The key of a {@link terminalHeatmap}: its colors or characters from the negative to the positive end, in a line.
 *
 * @example heatmapKey({ largest: 0.5, color: false }); // '−0.5 == ~~ -- ·· ++ ** ## 0.5'
 */
export function heatmapKey({ largest, color }: Pick<TerminalHeatmapOptions, 'largest' | 'color'>): string {
  const limit = String(Number(largest.toPrecision(3)));
  const steps = color
    ? `${colors.map((color) => `\u001b[48;5;${color}m  `).join('')}\u001b[49m`
    : glyphs.map((glyph) => glyph.repeat(2)).join(' ');
  return `−${limit} ${steps} ${limit}`;
}
