/**
 * A derivation as one page: a worksheet to read or to print. Formulas are MathML, which browsers typeset themselves: the page
 * needs no script and no network.
 */
import type { Derivation, DerivationStep } from '@longhand/worked-examples';
import temml from 'temml';
import { derivationSections } from './derivation-text';
import { escapeHtml } from './markup';

/**
 * A derivation as a self-contained HTML page.
 *
 * @example derivationHtml(example.derive())
 */
export function derivationHtml(derivation: Derivation): string {
  const parts = derivationSections(derivation).map(
    ({ title, steps }) =>
      `<section>\n<h2>${escapeHtml(title)}</h2>\n<ol>\n${steps.map(stepHtml).join('\n')}\n</ol>\n</section>`,
  );
  const errata = derivation.errata.map(
    ({ where, says, correct, evidence }) =>
      `<li><b>${escapeHtml(where)}</b> says ${escapeHtml(says)}; should be ${escapeHtml(correct)}. <small>${escapeHtml(evidence)}.</small></li>`,
  );
  const slips =
    errata.length === 0 ? '' : `<section>\n<h2>Slips of the note</h2>\n<ul>\n${errata.join('\n')}\n</ul>\n</section>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(derivation.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(derivation.title)}</h1>
<p>${escapeHtml(derivation.about)}</p>
${parts.join('\n')}
${slips}
</body>
</html>
`;
}

function stepHtml({ number, symbol, formula, substitution, shown, printed }: DerivationStep): string {
  const value = shown.replace('−', '-').replace(/e([+-]?)(\d+)$/, ' \\cdot 10^{$1$2}');
  const parts = [formula?.latex, substitution?.latex, value].filter((part) => part !== undefined);
  const equation = parts.map((part, at) =>
    breakable(at === 0 ? `${symbol.latex} = ${part}` : `= ${part}`)
      .map(mathml)
      .join(' '),
  );
  const mark =
    printed === undefined
      ? ''
      : printed.agrees
        ? ' <span class="agrees">✓</span>'
        : ` <span class="differs">✗ printed ${printed.figure}</span>`;
  const reading =
    printed?.reading === undefined
      ? ''
      : `<small>reads ${escapeHtml(printed.reading)}, is ${escapeHtml(printed.figure)}: ${escapeHtml(printed.evidence ?? '')}</small>`;
  return `<li${number === undefined ? '' : ` value="${number}"`}${number === undefined ? ' class="given"' : ''}>${equation.join(' ')}${mark}${reading}</li>`;
}

/**
 * A formula as several, cut before every plus and minus outside of parentheses and braces: browsers do not break lines within
 * a formula, but between two they do.
 */
function breakable(latex: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of latex.matchAll(/\\left|\\right|[{}]| [+-] /g)) {
    if (token === '{' || token === '\\left') depth++;
    else if (token === '}' || token === '\\right') depth--;
    else if (depth === 0) {
      pieces.push(latex.slice(from, index));
      from = index;
    }
  }
  // An empty group before it keeps a sign between terms from becoming the sign of one.
  return [...pieces, latex.slice(from)].map((piece, at) => (at === 0 ? piece : `{}${piece}`));
}

/** A formula as MathML; `throwOnError` makes a formula that cannot be read a fault here, not red text on the page. */
export function mathml(latex: string): string {
  return temml.renderToString(latex, { throwOnError: true });
}

const style = `
:root { color-scheme: light dark; --quiet: #666; --good: #17723a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --good: #6fd08c; --bad: #ff8a80; } }
body { font: 17px/1.5 Georgia, 'Times New Roman', serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--quiet); }
p, small { color: var(--quiet); }
small { display: block; }
ol { padding-left: 3rem; }
li { margin: 0.45rem 0; break-inside: avoid; }
math { margin-right: 0.1rem; }
li.given { display: inline-block; margin-right: 1.5rem; list-style: none; }
math { font-size: 1.05em; }
.agrees { color: var(--good); }
.differs { color: var(--bad); }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
`;
