/** A quantity that was asked for by name, in a terminal: its terms as a table, the numerical gradient, where the factors came from. */
import { styles, table, wrap } from '@longhand/rendering';
import { valueText } from '../number-notation';
import { type AskedQuantity, numericalGradientText, shortenedSum, zerosText } from './asked-quantities';

/** The quantity as lines: its terms and their sum, or its formula, and where the factors came from. */
export function quantityText(
  quantity: AskedQuantity,
  options: { readonly color: boolean; readonly width: number },
): string {
  const { bold, dim } = styles(options);
  const { step, origins } = quantity;
  const lines: string[] = [];
  if (quantity.kind === 'sum') {
    const { terms, zeros } = quantity;
    lines.push(`${bold(step.symbol.text)} = the sum of ${terms.length + zeros} terms`);
    if (step.summation !== undefined) lines.push(...continued(step.summation.text, options.width));
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
    const { summation, formula, substitution } = step;
    const [first, ...parts] = [summation, formula, substitution].filter((part) => part !== undefined);
    lines.push(
      `${bold(step.symbol.text)} = ${first.text}`,
      ...parts.flatMap((part) => continued(part.text, options.width)),
      `  = ${bold(step.shown)}`,
    );
  }
  lines.push(...wrap(numericalGradientText(step) ?? '', options.width).filter((line) => line !== ''));
  if (origins.length > 0) {
    lines.push('', 'where the factors came from, the first of each kind:');
    for (const { symbol, formula, shown } of origins) {
      lines.push(
        ...wrap(`${symbol.text} = ${shortenedSum(formula).text} = ${shown}`, options.width - 4).map((line, at) =>
          at === 0 ? `  ${line}` : `    ${line}`,
        ),
      );
    }
  }
  return lines.join('\n');
}

/** What a quantity also equals, below its first line. */
function continued(formula: string, width: number): string[] {
  return wrap(`= ${formula}`, width - 2).map((line) => `  ${line}`);
}
