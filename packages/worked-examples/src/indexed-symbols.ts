/** How entries of arrays are written: `k2.5.3.1.2` in a terminal, k with its layer above and its indices below where formulas are typeset. */
import type { Notation } from './derivation';
import { withoutGradient } from './names';

/** LaTeX of an entry by the stem of its name and its indices, which may be letters: `k2` with `5`, `3`, `i`, `j + 2`. */
export type LatexOf = (stem: string, indices: readonly string[]) => string;

/** The symbol of a quantity by its name, `k2.5.3.1.2` or `o7`; of a gradient a derivative. */
export function symbolOfName(id: string, latexOf: LatexOf): Notation {
  const name = withoutGradient(id);
  // `o7` for short, without a dot.
  const [, letter, digits] = /^([A-Za-z])(\d+)$/.exec(name) ?? [];
  const [, stem = name, indices = ''] = /^(.*?)((?:\.\d+)*)$/.exec(name) ?? [];
  const latex = letter === undefined ? latexOf(stem, indices.split('.').slice(1)) : latexOf(letter, [digits]);
  return name === id ? { text: name, latex } : gradientSymbol({ text: name, latex });
}

/** The symbol of an entry with formulas for indices, `S2.5.i.(j+2)`; of a gradient, `dL/dS2`, a derivative. */
export function generalSymbol(id: string, indices: readonly Notation[], latexOf: LatexOf): Notation {
  const stem = withoutGradient(id);
  const texts = indices.map(({ text }) => (/^(\d+|[a-z])$/.test(text) ? text : `(${text})`));
  const latex = latexOf(
    stem,
    indices.map((index) => index.latex),
  );
  const symbol = { text: [stem, ...texts].join('.'), latex };
  return stem === id ? symbol : gradientSymbol(symbol);
}

function gradientSymbol({ text, latex }: Notation): Notation {
  return { text: `∂L/∂${text}`, latex: `\\frac{\\partial L}{\\partial ${latex}}` };
}

/** The symbols of the notes, the number of the convolution above: k²₅,₃,₁,₂. */
export function notesLatex(stem: string, indices: readonly string[]): string {
  const [, letter = stem, layer = ''] = /^([A-Za-z])([12]?)$/.exec(stem) ?? [];
  return `${letter}${layer === '' ? '' : `^{${layer}}`}${subscript(indices)}`;
}

/** The path of an array, upright. */
export function pathLatex(stem: string, indices: readonly string[]): string {
  return `${stem.length === 1 ? stem : `\\mathrm{${stem.replaceAll('_', '\\_')}}`}${subscript(indices)}`;
}

function subscript(indices: readonly string[]): string {
  return indices.length === 0 ? '' : `_{${indices.join(',')}}`;
}
