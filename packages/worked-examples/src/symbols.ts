/** From the id of a quantity to the way it is written. */
import type { Notation } from './derivation';

/** Ids written otherwise than the rules have it. */
export type Spelling = Readonly<Record<string, Notation | string>>;

const updated = /^(.*)_new$/;
const gradient = /^dL\/d(.+)$/;

/**
 * How a quantity is written: `w1` with its number as a subscript, `dL/dw1` as a derivative, `w1_new`, a value after its
 * update, with a plus (`w1⁺`). An example may spell some otherwise.
 *
 * @example symbolOf('w1_new').text; // 'w1⁺'
 */
export function symbolOf(id: string, spelling: Spelling = {}): Notation {
  const special = Object.hasOwn(spelling, id) ? spelling[id] : undefined;
  if (special !== undefined) return typeof special === 'string' ? { text: special, latex: latexOf(special) } : special;
  const base = updated.exec(id)?.[1];
  if (base !== undefined) {
    const { text, latex } = symbolOf(base, spelling);
    // Without braces the plus stands over the subscript.
    return { text: `${text}⁺`, latex: latex.includes('^') ? `{${latex}}^{+}` : `${latex}^{+}` };
  }
  const of = gradient.exec(id)?.[1];
  if (of !== undefined) {
    const { text, latex } = symbolOf(of, spelling);
    return { text: `∂L/∂${text}`, latex: `\\frac{\\partial L}{\\partial ${latex}}` };
  }
  return { text: id, latex: latexOf(id) };
}

/** `k11` as k with the subscript 11, `coef_o1` as a word with one, `b1_h1` as b with the subscript 1,h1. */
function latexOf(text: string): string {
  const [, name = text, subscript = ''] = /^([A-Za-z]+|[^\d_]+)_?(.*)$/.exec(text) ?? [];
  if (subscript === '') return upright(name);
  return `${upright(name)}_{${subscript.replace('_', ',').replace(/[A-Za-z]+/g, upright)}}`;
}

/** Several letters are a word and stand upright: in italics they would read as a product. */
function upright(letters: string): string {
  return /^[A-Za-z]{2,}$/.test(letters) ? `\\mathrm{${letters}}` : letters;
}
