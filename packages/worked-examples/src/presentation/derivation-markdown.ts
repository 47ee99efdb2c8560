/** A derivation as Markdown with LaTeX between dollar signs, as GitHub and many notebooks show it. */
import type { Derivation, DerivationStep } from '../derivation';
import { latexValue, valueText, withTrueMinus } from '../number-notation';
import {
  type AskedQuantity,
  type AskedSum,
  askedQuantities,
  numericalGradientText,
  shortenedSum,
  zerosText,
} from './asked-quantities';
import { derivationSections, readingText, remarkOf } from './derivation-text';
import { changeText, figureMark, markMeanings, marksOf } from './figure-marks';

/**
 * A derivation as a Markdown document.
 *
 * @example derivationMarkdown(examples[0].derive()).startsWith('# '); // true
 */
export function derivationMarkdown(derivation: Derivation): string {
  const parts = partsMarkdown(derivation);
  const errata = derivation.errata.map(({ where, says, correct, evidence }) =>
    withTrueMinus(`- **${where}** says ${says}; should be ${correct}: ${evidence}.`),
  );
  const slips = errata.length === 0 ? [] : [['## Slips of the note', '', ...errata].join('\n')];
  const legend = marksOf(derivation).map((mark) => `${mark} ${markMeanings[mark]}`);
  const head = [`# ${derivation.title}`, derivation.about, legend.join(' · ')].filter((text) => text !== '');
  return `${[...head, ...parts, ...slips].join('\n\n')}\n`;
}

/** The parts of the derivation; where quantities were asked for by name, only these. */
function partsMarkdown(derivation: Derivation): string[] {
  const asked = askedQuantities(derivation);
  if (asked !== undefined) {
    const values = asked.given.map((step) => `$${step.symbol.latex} = ${latexValue(step.shown)}$${remarkOf(step)}`);
    return [...values, ...asked.computed.map(quantityMarkdown)];
  }
  return derivationSections(derivation).map(({ title, steps }) => {
    const rows = steps.map((step) => {
      const { number, symbol, formula, substitution, shown } = step;
      const equation = [symbol.latex, formula?.latex, substitution?.latex, latexValue(shown)].filter(
        (part) => part !== undefined,
      );
      return `| ${number ?? ''} | ${cell(equation.join(' = '))}${remarkOf(step)}${changed(step)} | ${printedText(step)} |`;
    });
    const note = title === 'Given' && derivation.aboutGivens !== undefined ? ['', derivation.aboutGivens] : [];
    return [`## ${title}`, '', '| | | printed |', '|---:|---|---|', ...rows, ...note].join('\n');
  });
}

function changed(step: DerivationStep): string {
  const change = changeText(step);
  return change === undefined ? '' : ` (${change})`;
}

/** Whether ours agrees with what the note prints; where that is a slip, what it should print. */
function printedText(step: DerivationStep): string {
  const mark = figureMark(step);
  if (mark === undefined) return '';
  const judged = mark === '✗' ? `✗ ${withTrueMinus(step.printed?.figure ?? '')}` : mark;
  return [judged, readingText(step)].filter((part) => part !== undefined).join(': ');
}

/** A quantity that was asked for by name: its terms without those that are zero, and the numerical gradient. */
function quantityMarkdown(quantity: AskedQuantity): string {
  const { step, origins } = quantity;
  const { symbol, formula, summation, substitution, shown } = step;
  const general = summation === undefined ? [] : [summation.latex];
  const body =
    quantity.kind === 'sum'
      ? [...general.map((latex) => `$${symbol.latex} = ${latex}$`), ...termsMarkdown(quantity)]
      : [`$${[symbol.latex, ...general, formula.latex, substitution.latex, latexValue(shown)].join(' = ')}$`];
  const sources = origins.map(
    (origin) => `- $${origin.symbol.latex} = ${shortenedSum(origin.formula).latex} = ${latexValue(origin.shown)}$`,
  );
  const where =
    sources.length === 0 ? [] : ['where the factors came from, the first of each kind:', sources.join('\n')];
  return [
    `## $${symbol.latex} = ${latexValue(shown)}$`,
    ...body,
    readingText(step),
    numericalGradientText(step),
    ...where,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function termsMarkdown(sum: AskedSum): (string | undefined)[] {
  const rows = sum.terms.map(({ factors, value }) => {
    const names = factors.map((factor) => factor.symbol.latex).join(' \\cdot ');
    const numbers = factors.map((factor) => valueText(factor.value)).join(' · ');
    return `| ${cell(names)} | ${numbers} | ${valueText(value)} |`;
  });
  return [
    `The sum of ${sum.terms.length + sum.zeros} terms:`,
    ['| term | with numbers | value |', '|---|---|---:|', ...rows].join('\n'),
    zerosText(sum),
  ];
}

/** A formula in a table, where a bar would end the cell. */
function cell(latex: string): string {
  return `$${latex.replaceAll('|', '\\vert ')}$`;
}
