/** The numbers of a network in figures: a row for each parameter. */
import type { ParameterStatistics } from '@longhand/layers';
import { countText, percentText, table } from '@longhand/rendering';

/** @param width columns there are; narrow terminals get less of it */
export function weightTable(
  statistics: readonly ParameterStatistics[],
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  const right = { align: 'right' as const };
  return table({
    columns: [
      { title: 'parameter' },
      { title: 'shape', spare: 3 },
      { title: 'count', ...right, spare: 4 },
      { title: 'mean', ...right },
      { title: 'deviation', ...right },
      { title: 'smallest', ...right, spare: 1 },
      { title: 'largest', ...right, spare: 1 },
      { title: 'zero', ...right, spare: 2 },
    ],
    rows: statistics.map(({ path, shape, count, mean, deviation, smallest, largest, zeros }) => [
      ...[path, shape.join('×'), countText(count), ...[mean, deviation, smallest, largest].map(figure)],
      zeros === 0 ? '0 %' : percentText(zeros, 1),
    ]),
    width,
    color,
  });
}

/** Three significant digits, with the sign that the scale of the kernels has. */
function figure(value: number): string {
  if (value === 0) return '0';
  const text = Math.abs(value) < 1e-4 ? value.toExponential(1) : value.toPrecision(3);
  return text.replace(/^-/, '−');
}
