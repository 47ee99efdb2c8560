/** One asked quantity of a large network: its terms as a table, where the factors came from, and the slope by trying. */
import {
  type AskedQuantity,
  askedQuantities,
  shortenedSum,
  slopeText,
  styles,
  table,
  valueText,
  wrap,
  zerosText,
} from '@longhand/rendering';
import type { Derivation } from '@longhand/worked-examples';

interface TextOptions {
  readonly color: boolean;
  readonly width: number;
}

/** The derivation as lines: for the quantity and then for its gradient the terms, the sum, and the origins. */
export function termsText(derivation: Derivation, options: TextOptions): string {
  const { bold, dim } = styles(options);
  const { given, asked } = askedQuantities(derivation);
  const parts = [
    ...given.map(({ symbol, shown }) => `${bold(symbol.text)} = ${shown}`),
    ...asked.map((quantity) => quantityText(quantity, options)),
  ];
  return `${bold(derivation.title)}\n${dim(wrap(derivation.about, options.width).join('\n'))}\n\n${parts.join('\n\n')}\n`;
}

function quantityText(quantity: AskedQuantity, options: TextOptions): string {
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
