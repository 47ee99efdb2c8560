/**
 * A derivation as one page: a worksheet to read or to print. Formulas are MathML: the page needs no script and no network.
 */
import { html, lines, Markup } from '@longhand/rendering';
import type { Derivation, DerivationStep, Notation } from '../derivation';
import { latexValue, withTrueMinus } from '../number-notation';
import { askedQuantities } from './asked-quantities';
import { quantityHtml } from './asked-quantity-html';
import { derivationSections, readingText } from './derivation-text';
import { changeText, type FigureMark, figureMark, markMeanings, marksOf, slipValues } from './figure-marks';
import { equationHtml, noteHtml } from './formula-html';
import { symbolsOf } from './note-pieces';

/**
 * A derivation as a self-contained HTML page.
 *
 * @example
 * import { examples } from '@longhand/worked-examples';
 * derivationHtml(examples[0].derive()).startsWith('<!doctype html>'); // true
 */
export function derivationHtml(derivation: Derivation): string {
  const { title, about } = derivation;
  const meanings = marksOf(derivation).map(
    (mark, at) => html`${at === 0 ? '' : ' · '}<span class="${markClass(mark)}">${mark}</span> ${markMeanings[mark]}`,
  );
  const legend = meanings.length === 0 ? undefined : html`\n<p>${meanings}</p>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
<p>${about}</p>${legend}
${lines([...sectionsHtml(derivation), slipsHtml(derivation)])}
</body>
</html>
`.text;
}

/** The parts of the derivation; where quantities were asked for by name, only these. */
function sectionsHtml(derivation: Derivation): Markup[] {
  const asked = askedQuantities(derivation);
  if (asked !== undefined) {
    const values = asked.given.map(
      (step) =>
        html`${equationHtml([step.symbol.latex, latexValue(step.shown)])}${step.remark === undefined ? undefined : html`<small>${step.remark}</small>`}`,
    );
    return [...values, ...asked.computed.map(quantityHtml)];
  }
  const symbols = symbolsOf(derivation);
  return derivationSections(derivation).map(({ title, steps }) => {
    const items = steps.map((step) => stepHtml(step, symbols));
    const { aboutGivens } = derivation;
    const note = title === 'Given' && aboutGivens !== undefined ? html`\n<p>${aboutGivens}</p>` : undefined;
    return html`<section>\n<h2>${title}</h2>\n<ol>\n${lines(items)}\n</ol>${note}\n</section>`;
  });
}

/** The slips of the note, as one section if there are any. */
function slipsHtml(derivation: Derivation): Markup | undefined {
  if (derivation.errata.length === 0) return undefined;
  const symbols = symbolsOf(derivation);
  const note = (text: string): Markup => noteHtml(text, symbols);
  const items = derivation.errata.map((slip) => {
    const { where, says, correct, evidence } = slip;
    const values = slipValues(slip);
    return html`<li><b>${note(where)}</b> says ${note(says)}; should be ${note(correct)}${values === undefined ? '' : ` (${values})`}. <small>${note(evidence)}.</small></li>`;
  });
  return html`<section>\n<h2>Slips of the note</h2>\n<ul>\n${lines(items)}\n</ul>\n</section>`;
}

function stepHtml(step: DerivationStep, symbols: ReadonlyMap<string, Notation>): Markup {
  const { number, stage, symbol, formula, substitution, shown } = step;
  const parts = [symbol.latex, formula?.latex, substitution?.latex, latexValue(shown)];
  const equation = equationHtml(
    parts.filter((part) => part !== undefined),
    printedMark(step),
  );
  const reading = readingText(step) ?? step.remark ?? changeText(step);
  const small = reading === undefined ? undefined : html`<small>${noteHtml(reading, symbols)}</small>`;
  const kind =
    stage === 'given'
      ? html` class="given"`
      : number === undefined
        ? html` class="unnumbered"`
        : html` value="${number}"`;
  return html`<li${kind}>${equation}${small}</li>`;
}

/** The mark of the printed figure, and the figure where it differs. */
function printedMark(step: DerivationStep): Markup | undefined {
  const mark = figureMark(step);
  if (mark === undefined) return undefined;
  const figure = mark === '✗' ? ` printed ${withTrueMinus(step.printed?.figure ?? '')}` : '';
  return html` <span class="${markClass(mark)}">${mark}${figure}</span>`;
}

function markClass(mark: FigureMark): string {
  return mark === '✗' ? 'differs' : 'agrees';
}

const style = new Markup(`
:root { color-scheme: light dark; --quiet: #666; --good: #17723a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --good: #6fd08c; --bad: #ff8a80; } }
body { font: 17px/1.5 Georgia, 'Times New Roman', serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin-top: 2rem; padding-bottom: 0.2rem; border-bottom: 1px solid var(--quiet); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p, small { color: var(--quiet); }
small { display: block; }
ol { padding-left: 3rem; }
li { margin: 0.45rem 0; break-inside: avoid; }
li.given { display: inline-block; margin-right: 1.5rem; }
li.given, li.unnumbered, ul.origins li { list-style: none; }
ul.origins { padding-left: 0; }
math { font-size: 1.05em; }
.equation, .terms { overflow-x: auto; }
.equation { padding: 0.1rem 0; }
.equation > span { display: inline-block; max-width: 100%; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 1.2rem 0.2rem 0; text-align: left; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; text-align: right; }
thead th { color: var(--quiet); font-weight: normal; border-bottom: 1px solid var(--quiet); }
tfoot th, tfoot td { border-top: 1px solid var(--quiet); font-weight: bold; }
.agrees { color: var(--good); }
.differs { color: var(--bad); }
@media (max-width: 40rem) {
  ol { padding-left: 2rem; }
  table { font-size: 0.85rem; }
  th, td { padding-right: 0.6rem; }
}
@media print {
  body { margin: 0; max-width: none; font-size: 11pt; }
  .equation, .terms { overflow: visible; }
}
`);
