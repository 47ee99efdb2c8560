/** Formulas on a page: MathML, which browsers typeset themselves, cut where a narrow page may break a line. */
import { html, Markup } from '@longhand/rendering';
import temml from 'temml';
import type { Notation } from '../derivation';
import { cutAtDots, cutAtSigns } from './asked-quantities';
import { notePieces } from './note-pieces';

/** A formula as MathML. A formula that temml cannot parse throws: red text on the page would be overlooked. */
export function mathml(latex: string): Markup {
  return new Markup(temml.renderToString(latex, { throwOnError: true }));
}

/**
 * Parts with equals signs between them. Browsers do not break lines within a formula, but between two they do: each part is
 * several, a line breaks before a sign, and where one term is too wide, before a dot. What is wider still scrolls by itself.
 */
export function equationHtml(parts: readonly string[], mark?: Markup): Markup {
  const terms = parts.flatMap((part, at) => cutAtSigns(at === 0 ? part : ` = ${part}`));
  return html`<div class="equation">${terms.map(termHtml)}${mark}</div>`;
}

function termHtml(latex: string): Markup {
  return html`<span>${cutAtDots(latex).map(pieceHtml)}</span>`;
}

/** An operator at the start of a piece is marked as infix: a browser would set it as a sign, without space. */
function pieceHtml(latex: string): Markup {
  const operator = /^ (?:[+=-]|\\cdot) /.test(latex);
  if (!operator) return mathml(latex);
  return new Markup(mathml(`{}${latex}`).text.replace('<mrow></mrow><mo', '<mo form="infix"'));
}

/** A note in words, with the names of quantities typeset as in formulas. */
export function noteHtml(text: string, symbols: ReadonlyMap<string, Notation>): Markup {
  const pieces = notePieces(text, symbols);
  return html`${pieces.map((piece) => ('latex' in piece ? mathml(piece.latex) : piece.words))}`;
}
