/** The last epochs of a run as a small table. */
import type { EpochRecord } from '@longhand/training';
import { accuracyText, durationText, lossText } from '../number-text';
import { styles } from '../styles';
import { table } from '../table';
import { visibleWidth } from '../text-width';

/** The figures of an epoch that the table shows. */
export type EpochRow = Pick<EpochRecord, 'epoch' | 'loss' | 'accuracy' | 'validation' | 'seconds'>;

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
const validation: Column = ['validation', (row) => (row.validation ? validationText(row.validation) : '')];

/** At most `lines` lines; none without an epoch or without room. Narrow screens get fewer columns. */
export function epochRows(epochs: readonly EpochRow[], { columns, lines, color }: EpochRowsOptions): string[] {
  const last = epochs.slice(-Math.max(lines - 2, 1));
  if (last.length === 0 || lines < 3) return [];
  const { green } = styles({ color });
  const hasValidation = last.some((row) => row.validation !== undefined);
  const all = [...training, ...(hasValidation ? [validation] : []), time];
  for (const chosen of [all, all.slice(0, -1), training]) {
    const text = table({
      columns: chosen.map(([title]) => ({ title, align: 'right' as const })),
      rows: last.map((row) =>
        chosen.map((column) => {
          const cell = column[1](row);
          return column === validation && row.validation?.best ? green(cell) : cell;
        }),
      ),
      color,
    });
    const drawn = text.split('\n');
    if (visibleWidth(drawn[0]) <= columns) return drawn;
  }
  return [];
}

/** The best so far is marked, so that it is seen without color too. */
function validationText({ accuracy, best }: { readonly accuracy: number; readonly best: boolean }): string {
  return `${best ? 'best ' : ''}${accuracyText(accuracy)}`;
}
