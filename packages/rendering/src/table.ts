/** Tables of aligned columns: a rule under the head, and one over the total. */
import { styles } from './styles';
import { padEnd, padStart, truncate, visibleWidth } from './text-width';

/** A column of a table. */
export interface TableColumn {
  /** The text of its head. */
  readonly title: string;
  /** Where its cells stand. Default: left. */
  readonly align?: 'left' | 'right';
  /** Where the table does not fit, columns with a number are left out, the highest first. */
  readonly spare?: number;
}

/** The options of {@link table}. */
export interface TableOptions {
  /** The columns, from left to right. */
  readonly columns: readonly TableColumn[];
  /** The cells, row by row; they may be styled. */
  readonly rows: readonly (readonly string[])[];
  /** A last row under a rule of its own. Default: none. */
  readonly total?: readonly string[];
  /** Columns of the terminal. Default: as many as the table takes. */
  readonly width?: number;
  /** Whether the terminal shows colors, see {@link wantsColor}. */
  readonly color: boolean;
}

/**
 * A table as lines, all of one width. In a table wider than the terminal, spare columns are left out, and then the first one is
 * cut.
 *
 * @throws RangeError for a row with another number of cells than columns
 * @example
 * const columns = [{ title: 'layer' }, { title: 'parameters', align: 'right' }] as const;
 * table({ columns, rows: [['fc', '1,930']], color: false }).split('\n')[2]; // 'fc          1,930'
 */
export function table(options: TableOptions): string {
  const { columns, rows, total, width = Number.POSITIVE_INFINITY } = options;
  const everyRow = total === undefined ? rows : [...rows, total];
  for (const row of everyRow) {
    if (row.length !== columns.length) {
      throw new RangeError(`table: expected ${columns.length} cells in each row, got ${row.length}`);
    }
  }
  const widths = columns.map(({ title }, at) =>
    Math.max(...[title, ...everyRow.map((row) => row[at])].map(visibleWidth)),
  );
  const excess = widths.reduce((sum, column) => sum + column + gap.length, -gap.length) - width;
  if (excess <= 0) return drawn(options, widths);
  const spares = columns.map(({ spare = 0 }) => spare);
  const dispensable = spares.lastIndexOf(Math.max(...spares.filter((spare) => spare > 0)));
  if (dispensable === -1) return drawn(options, [Math.max(1, widths[0] - excess), ...widths.slice(1)]);
  return table({
    ...options,
    columns: columns.toSpliced(dispensable, 1),
    rows: rows.map((row) => row.toSpliced(dispensable, 1)),
    ...(total === undefined ? {} : { total: total.toSpliced(dispensable, 1) }),
  });
}

const gap = '  ';

function drawn({ columns, rows, total, color }: TableOptions, widths: readonly number[]): string {
  const { bold, dim } = styles({ color });
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        const cut = truncate(cell, widths[at]);
        return columns[at].align === 'right' ? padStart(cut, widths[at]) : padEnd(cut, widths[at]);
      })
      .join(gap);
  const rule = dim(widths.map((width) => '─'.repeat(width)).join('─'.repeat(gap.length)));
  const head = bold(line(columns.map(({ title }) => title)));
  const totalLines = total === undefined ? [] : [rule, bold(line(total))];
  return [head, rule, ...rows.map(line), ...totalLines].join('\n');
}
