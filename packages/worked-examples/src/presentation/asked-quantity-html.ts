/** A quantity that was asked for by name, on a page: its terms as a table, the numerical gradient, where the factors came from. */
import { html, lines, type Markup, type MarkupPart } from '@longhand/rendering';
import { latexValue, valueText } from '../number-notation';
import { type AskedQuantity, type AskedSum, numericalGradientText, shortenedSum, zerosText } from './asked-quantities';
import { equationHtml, mathml } from './formula-html';

export function quantityHtml(quantity: AskedQuantity): Markup {
  const { step, origins } = quantity;
  const { symbol, formula, summation, substitution, shown } = step;
  const general = summation === undefined ? [] : [summation.latex];
  const gradient = numericalGradientText(step);
  return lines([
    html`<section>\n<h2>${mathml(`${symbol.latex} = ${latexValue(shown)}`)}</h2>`,
    quantity.kind === 'sum' && summation !== undefined ? equationHtml([symbol.latex, ...general]) : undefined,
    quantity.kind === 'sum'
      ? termsHtml(quantity)
      : equationHtml([symbol.latex, ...general, formula.latex, substitution.latex, latexValue(shown)]),
    gradient === undefined ? undefined : html`<p>${sentence(gradient)}</p>`,
    origins.length === 0 ? undefined : originsHtml(quantity),
    html`</section>`,
  ]);
}

function termsHtml(quantity: AskedSum): Markup {
  const { step, terms, zeros } = quantity;
  const rows = terms.map(({ factors, value }) => {
    const names = factors.map(({ symbol }) => symbol.latex).join(' \\cdot ');
    const numbers = factors.map((factor, at) => [at === 0 ? '' : ' · ', number(factor.value)]);
    return html`<tr><td>${mathml(names)}</td><td>${numbers}</td><td>${number(value)}</td></tr>`;
  });
  const left = zerosText(quantity);
  return html`<p>The sum of ${terms.length + zeros} terms:</p>
<div class="terms"><table>
<thead><tr><th>term</th><th>with numbers</th><th>value</th></tr></thead>
<tbody>
${lines(rows)}
</tbody>
<tfoot><tr><th colspan="2">sum</th><td>${number(step.value)}</td></tr></tfoot>
</table></div>${left === undefined ? undefined : html`\n<p>${sentence(left)}</p>`}`;
}

function originsHtml({ origins }: AskedQuantity): Markup {
  const items = origins.map(({ symbol, formula, shown }) => {
    return html`<li>${equationHtml([symbol.latex, shortenedSum(formula).latex, latexValue(shown)])}</li>`;
  });
  return html`<h3>Where the factors came from, the first of each kind</h3>\n<ul class="origins">\n${lines(items)}\n</ul>`;
}

/** Plain digits, which stand under each other; a power of ten typeset. */
function number(value: number): MarkupPart {
  const text = valueText(value);
  return text.includes('e') ? mathml(latexValue(text)) : text;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
