/** The last epochs of a run as a small table. */
import { accuracyText, durationText, lossText } from '../number-text';
import { styles } from '../styles';
import { table } from '../table';
import { visibleWidth } from '../text-width';

/** An epoch that is over. */
export interface EpochRow {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** From 0 to 1. */
  readonly accuracy: number;
  /** How images held back were read; `best` if never better. */
  readonly validation?: { readonly loss: number; readonly accuracy: number; readonly best: boolean };
  readonly seconds: number;
}

export interface EpochRowsOptions {
  readonly columns: number;
  readonly lines: number;
  readonly color: boolean;
}

type Column = readonly [title: string, text: (row: EpochRow) => string];

const training: readonly Column[] = [
  ['epoch', ({ epoch }) => String(epoch)],
  ['loss', ({ loss }) => lossText(loss)],
  ['accuracy', ({ accuracy }) => accuracyText(accuracy)],
];
const time: Column = ['time', ({ seconds }) => durationText(seconds)];
const held: Column = ['held back', ({ validation }) => (validation ? heldText(validation) : '')];

/** At most so many lines; none, if there is no epoch yet or no room. Narrow screens get fewer columns. */
export function epochRows(epochs: readonly EpochRow[], { columns, lines, color }: EpochRowsOptions): string[] {
  const last = epochs.slice(-Math.max(lines - 2, 1));
  if (last.length === 0 || lines < 3) return [];
  const { green } = styles({ color });
  const withHeld = last.some(({ validation }) => validation !== undefined);
  const all = [...training, ...(withHeld ? [held] : []), time];
  for (const shown of [all, all.slice(0, -1), training]) {
    const text = table({
      columns: shown.map(([title]) => ({ title, align: 'right' as const })),
      rows: last.map((row) =>
        shown.map((column) => {
          const cell = column[1](row);
          return column === held && row.validation?.best ? green(cell) : cell;
        }),
      ),
      color,
    });
    const drawn = text.split('\n');
    if (visibleWidth(drawn[0]) <= columns) return drawn;
  }
  return [];
}

/** The best so far is marked, so that it can be told without colour too. */
function heldText({ accuracy, best }: { readonly accuracy: number; readonly best: boolean }): string {
  return `${best ? 'best ' : ''}${accuracyText(accuracy)}`;
}
