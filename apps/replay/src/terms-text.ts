/** One asked quantity of a large network: its terms as a table, where the factors came from, and the slope by trying. */
import { styles, table, wrap } from '@longhand/rendering';
import type { Derivation, DerivationStep } from '@longhand/worked-examples';

interface TextOptions {
  readonly color: boolean;
  readonly width: number;
}

/** The derivation as lines: for the quantity and then for its gradient the terms, the sum, and the origins. */
export function termsText({ title, about, steps }: Derivation, options: TextOptions): string {
  const { bold, dim } = styles(options);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const asked = steps.filter(({ terms }) => terms !== undefined);
  // What is given and asked for stands first, and is no factor of what follows.
  const given = steps.slice(0, 1).filter(({ id }) => !asked.some((step) => step.id === id || step.inputs.includes(id)));
  const parts = [
    ...given.map(({ symbol, shown }) => `${bold(symbol.text)} = ${shown}`),
    ...asked.map((step) => quantityText(step, byId, options)),
  ];
  return `${bold(title)}\n${dim(wrap(about, options.width).join('\n'))}\n\n${parts.join('\n\n')}\n`;
}

function quantityText(step: DerivationStep, byId: ReadonlyMap<string, DerivationStep>, options: TextOptions): string {
  const { bold, dim } = styles(options);
  const terms = step.terms ?? [];
  const standing = terms.filter(({ value }) => value !== 0);
  const isSum = terms.length > 1 && terms.every(({ factors }) => factors.length > 0);
  const lines = [
    `${bold(step.symbol.text)} = ${isSum ? `the sum of ${terms.length} terms` : (step.formula?.text ?? '')}`,
  ];
  if (isSum) {
    const rows = standing.map(({ factors, value }) => [
      factors.map(({ id }) => nameOf(id, byId)).join(' · '),
      factors.map((factor) => number(factor.value)).join(' · '),
      number(value),
    ]);
    const columns = [{ title: 'term' }, { title: 'with numbers' }, { title: 'value', align: 'right' as const }];
    lines.push(table({ columns, rows, total: ['sum', '', number(step.value)], color: options.color }));
    const zeros = terms.length - standing.length;
    if (zeros > 0) lines.push(dim(`${zeros} more ${zeros === 1 ? 'term is' : 'terms are'} zero`));
  } else {
    lines.push(
      ...wrap(`= ${step.substitution?.text ?? ''}`, options.width - 2).map((line) => `  ${line}`),
      `  = ${bold(step.shown)}`,
    );
  }
  if (step.centralDifference !== undefined) {
    lines.push(`the slope by trying (central difference): ${number(step.centralDifference)}`);
  }
  if (step.oneSided !== undefined) {
    const { left, right } = step.oneSided;
    lines.push(
      ...wrap(
        `the loss has a corner here, with the slopes ${number(left)} and ${number(right)} to its sides: entries tie for a maximum, or a ReLU stands at zero. The gradient is that of the first entry.`,
        options.width,
      ),
    );
  }
  const origins = originsOf(
    standing.flatMap(({ factors }) => factors.map(({ id }) => id)),
    byId,
  );
  if (origins.length > 0) {
    lines.push('', 'where the factors came from, the first of each kind:');
    for (const origin of origins) {
      lines.push(
        ...wrap(
          `${origin.symbol.text} = ${shortened(origin.formula?.text ?? '')} = ${origin.shown}`,
          options.width - 4,
        ).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`)),
      );
    }
  }
  return lines.join('\n');
}

/** A long sum by its first terms: all of them are there for who asks for that quantity. */
function shortened(formula: string): string {
  const terms = formula.split(' + ');
  return terms.length <= 6 ? formula : `${terms.slice(0, 3).join(' + ')} + … (${terms.length} terms)`;
}

/** The first computed quantity of every kind among the ids: one sum, one error, … */
function originsOf(ids: readonly string[], byId: ReadonlyMap<string, DerivationStep>): DerivationStep[] {
  const firsts = new Map<string, DerivationStep>();
  for (const id of ids) {
    const step = byId.get(id);
    const kind = id.replace(/[\d.]+$/, '');
    if (step?.formula !== undefined && !firsts.has(kind)) firsts.set(kind, step);
  }
  return [...firsts.values()];
}

function nameOf(id: string, byId: ReadonlyMap<string, DerivationStep>): string {
  return byId.get(id)?.symbol.text ?? id;
}

function number(value: number): string {
  return String(Number(value.toPrecision(6))).replace(/^-/, '−');
}
