/** A quantity that was asked for by name, in a terminal: its terms as a table, the slope by trying, where the factors came from. */
import { styles, table, wrap } from '@longhand/rendering';
import { valueText } from '../number-notation';
import { type AskedQuantity, shortenedSum, slopeText, zerosText } from './asked-quantities';

/** The quantity as lines: its terms and their sum, or its formula, and where the factors came from. */
export function quantityText(
  quantity: AskedQuantity,
  options: { readonly color: boolean; readonly width: number },
): string {
  const { bold, dim } = styles(options);
  const { step, isSum, terms, zeros, origins } = quantity;
  const lines = [
    `${bold(step.symbol.text)} = ${isSum ? `the sum of ${terms.length + zeros} terms` : (step.formula?.text ?? '')}`,
  ];
  if (isSum) {
    const rows = terms.map(({ factors, value }) => [
      factors.map(({ symbol }) => symbol.text).join(' · '),
      factors.map((factor) => valueText(factor.value)).join(' · '),
      valueText(value),
    ]);
    const columns = [{ title: 'term' }, { title: 'with numbers' }, { title: 'value', align: 'right' as const }];
    lines.push(table({ columns, rows, total: ['sum', '', valueText(step.value)], color: options.color }));
    const left = zerosText(quantity);
    if (left !== undefined) lines.push(dim(left));
  } else {
    lines.push(
      ...wrap(`= ${step.substitution?.text ?? ''}`, options.width - 2).map((line) => `  ${line}`),
      `  = ${bold(step.shown)}`,
    );
  }
  lines.push(...wrap(slopeText(step) ?? '', options.width).filter((line) => line !== ''));
  if (origins.length > 0) {
    lines.push('', 'where the factors came from, the first of each kind:');
    for (const { symbol, formula, shown } of origins) {
      const written = formula === undefined ? '' : shortenedSum(formula).text;
      lines.push(
        ...wrap(`${symbol.text} = ${written} = ${shown}`, options.width - 4).map((line, at) =>
          at === 0 ? `  ${line}` : `    ${line}`,
        ),
      );
    }
  }
  return lines.join('\n');
}
