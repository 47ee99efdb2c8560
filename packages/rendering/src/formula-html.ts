/** Formulas on a page: MathML, which browsers typeset themselves, cut where a narrow page may break a line. */
import { type Notation, symbolOf } from '@longhand/worked-examples';
import temml from 'temml';
import { cutAtDots, cutAtSigns } from './asked-quantities';
import { escapeHtml } from './markup';
import { withTrueMinus } from './number-text';

/** A formula as MathML; `throwOnError` makes a formula that cannot be read a fault here, not red text on the page. */
export function mathml(latex: string): string {
  return temml.renderToString(latex, { throwOnError: true });
}

/**
 * Parts with equals signs between them. Browsers do not break lines within a formula, but between two they do: each part is
 * several, a line breaks before a sign, and where one term is too wide, before a dot. What is wider still scrolls by itself.
 */
export function equationHtml(parts: readonly string[], mark = ''): string {
  const terms = parts.flatMap((part, at) => cutAtSigns(at === 0 ? part : ` = ${part}`));
  return `<div class="equation">${terms.map(termHtml).join('')}${mark}</div>`;
}

function termHtml(latex: string): string {
  return `<span>${cutAtDots(latex).map(pieceHtml).join('')}</span>`;
}

/** An operator that a piece begins with is told that it stands between two: else it would be set as a sign, without space. */
function pieceHtml(latex: string): string {
  const operator = /^ (?:[+=-]|\\cdot) /.test(latex);
  return operator ? mathml(`{}${latex}`).replace('<mrow></mrow><mo', '<mo form="infix"') : mathml(latex);
}

/** What looks like the name of a quantity: `coef_c1`, `KK11`, `w3`. */
const name = /\b[A-Za-z]+(?:_[A-Za-z]+)?\d+\b/g;

/** A note in words, with its names set as formulas have them. */
export function noteHtml(text: string, symbols: ReadonlyMap<string, Notation>): string {
  const known = (id: string): Notation => symbols.get(id) ?? symbolOf(id);
  return escapeHtml(withTrueMinus(text)).replace(name, (id) => mathml(known(id).latex));
}
