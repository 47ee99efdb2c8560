/** Blocks of lines next to each other, in rows that fit a width. */
import { padEnd, visibleWidth } from './text-width';

/** The options of {@link sideBySide}. */
export interface SideBySideOptions {
  /** Columns of the terminal; a wider block has a row of its own. */
  readonly width: number;
  /** Columns between two blocks. Default: 2. */
  readonly gap?: number;
}

/**
 * The blocks in rows, with an empty line between rows. All columns are as wide as the widest block.
 *
 * @param blocks texts of one or several lines; they may be styled
 * @example sideBySide(['a\nb', 'c\nd'], { width: 80 }); // 'a  c\nb  d'
 */
export function sideBySide(blocks: readonly string[], { width, gap = 2 }: SideBySideOptions): string {
  const asLines = blocks.map((block) => block.split('\n'));
  const widest = Math.max(0, ...asLines.flat().map(visibleWidth));
  const inRow = Math.max(1, Math.floor((width + gap) / (widest + gap)));
  const rows: string[] = [];
  for (let from = 0; from < asLines.length; from += inRow) {
    const row = asLines.slice(from, from + inRow);
    const height = Math.max(...row.map((lines) => lines.length));
    const lineAt = (y: number): string =>
      row.map((lines, at) => (at + 1 < row.length ? padEnd(lines[y] ?? '', widest + gap) : (lines[y] ?? ''))).join('');
    rows.push(Array.from({ length: height }, (_, y) => lineAt(y).trimEnd()).join('\n'));
  }
  return rows.join('\n\n');
}
