/** Tables of aligned columns: a rule under the head, and one over the total. */
import { styles } from './styles';
import { padEnd, padStart, visibleWidth } from './text-width';

export interface TableOptions {
  readonly columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[];
  /** The cells, row by row; they may be styled. */
  readonly rows: readonly (readonly string[])[];
  /** A last row under a rule of its own. */
  readonly total?: readonly string[];
  readonly color: boolean;
}

/**
 * A table as lines, all of one width.
 *
 * @throws RangeError when a row has not as many cells as there are columns
 * @example table({ columns: [{ title: 'layer' }, { title: 'parameters', align: 'right' }], rows: [['fc', '1,930']], color: false })
 */
export function table({ columns, rows, total, color }: TableOptions): string {
  const everyRow = total === undefined ? rows : [...rows, total];
  for (const row of everyRow) {
    if (row.length !== columns.length) {
      throw new RangeError(`table: expected ${columns.length} cells in each row, got ${row.length}`);
    }
  }
  const { bold, dim } = styles({ color });
  const widths = columns.map(({ title }, at) =>
    Math.max(...[title, ...everyRow.map((row) => row[at])].map(visibleWidth)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (columns[at].align === 'right' ? padStart(cell, widths[at]) : padEnd(cell, widths[at])))
      .join('  ');
  const rule = dim(widths.map((width) => '─'.repeat(width)).join('──'));
  const head = bold(line(columns.map(({ title }) => title)));
  const totalLines = total === undefined ? [] : [rule, bold(line(total))];
  return [head, rule, ...rows.map(line), ...totalLines].join('\n');
}
