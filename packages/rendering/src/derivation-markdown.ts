/** A derivation as Markdown with LaTeX between dollar signs, as GitHub and many notebooks show it. */
import type { Derivation } from '@longhand/worked-examples';
import { derivationSections } from './derivation-text';

/**
 * A derivation as a Markdown document.
 *
 * @example derivationMarkdown(example.derive())
 */
export function derivationMarkdown(derivation: Derivation): string {
  const parts = derivationSections(derivation).map(({ title, steps }) => {
    const rows = steps.map(({ number, symbol, formula, substitution, shown, printed }) => {
      const equation = [symbol.latex, formula?.latex, substitution?.latex, shown.replace('−', '-')].filter(
        (part) => part !== undefined,
      );
      const mark = printed === undefined ? '' : printed.agrees ? '✓' : `✗ ${printed.figure}`;
      return `| ${number ?? ''} | $${equation.join(' = ').replaceAll('|', '\\vert ')}$ | ${mark} |`;
    });
    return [`## ${title}`, '', '| | | printed |', '|---:|---|---|', ...rows].join('\n');
  });
  const errata = derivation.errata.map(
    ({ where, says, correct, evidence }) => `- **${where}** says ${says}; should be ${correct}: ${evidence}.`,
  );
  const slips = errata.length === 0 ? [] : [['## Slips of the note', '', ...errata].join('\n')];
  return `${[`# ${derivation.title}`, derivation.about, ...parts, ...slips].join('\n\n')}\n`;
}
