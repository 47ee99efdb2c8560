/** Notes in words, with the names of quantities apart, to be typeset as in formulas. */
import type { Derivation, Notation } from '../derivation';
import { withTrueMinus } from '../number-notation';
import { symbolOf } from '../symbols';

/** A piece of a note: words, or a name in LaTeX. */
export type NotePiece = { readonly words: string } | { readonly latex: string };

/** What looks like the name of a quantity: `coef_c1`, `KK11`, `w3`. */
const name = /\b([A-Za-z]+(?:_[A-Za-z]+)?\d+)\b/;

/**
 * The symbols of a derivation by the ids of its quantities.
 *
 * @example symbolsOf(examples[0].derive()).get('w1')?.text; // 'w1'
 */
export function symbolsOf({ steps }: Pick<Derivation, 'steps'>): ReadonlyMap<string, Notation> {
  return new Map(steps.map(({ id, symbol }) => [id, symbol]));
}

/**
 * The pieces of a note.
 *
 * @example
 * const pieces = notePieces('w3 starts at -0.1', symbolsOf(examples[0].derive()));
 * pieces; // [ { latex: 'w_{3}' }, { words: ' starts at −0.1' } ]
 */
export function notePieces(text: string, symbols: ReadonlyMap<string, Notation>): NotePiece[] {
  // Splitting at a group keeps the group: every second piece is a name.
  const pieces = withTrueMinus(text).split(name);
  return pieces
    .map((piece, at) => (at % 2 === 1 ? { latex: (symbols.get(piece) ?? symbolOf(piece)).latex } : { words: piece }))
    .filter((piece) => !('words' in piece && piece.words === ''));
}
