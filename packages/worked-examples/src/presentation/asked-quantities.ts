/** What there is to show of quantities that were asked for by name: the terms that are not zero, and where they came from. */
import type { Derivation, DerivationStep, Notation, Term } from '../derivation';
import { valueText } from '../number-notation';

/** One quantity that was asked for. */
export interface AskedQuantity {
  readonly step: DerivationStep;
  /** Whether it is a sum of products of quantities; anything else is shown by its formula. */
  readonly isSum: boolean;
  /** The terms that are not zero. */
  readonly terms: readonly AskedTerm[];
  /** How many terms are zero. */
  readonly zeros: number;
  /** The first computed quantity of every kind among the factors: one sum, one error, … */
  readonly origins: readonly DerivationStep[];
}

/** A term of a sum with the names of its factors. */
export interface AskedTerm {
  readonly factors: readonly { readonly symbol: Notation; readonly value: number }[];
  readonly value: number;
}

/** The quantities of a derivation that were asked for by name: those that are given, and those that are computed. */
export interface AskedQuantities {
  readonly given: readonly DerivationStep[];
  readonly computed: readonly AskedQuantity[];
}

/** The quantities that were asked for by name; `undefined` for a derivation that is shown as a whole. */
export function askedQuantities({ steps }: Derivation): AskedQuantities | undefined {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const asked = steps.filter(({ terms }) => terms !== undefined);
  // A target is not computed and has no gradient: it is all that there is to show.
  const isTarget = steps.length === 1 && steps[0].stage === 'forward' && steps[0].formula === undefined;
  if (asked.length === 0 && !isTarget) return undefined;
  // What is given and asked for stands first, and is no factor of what follows.
  const given = steps.slice(0, 1).filter(({ id }) => !asked.some((step) => step.id === id || step.inputs.includes(id)));
  return { given, computed: asked.map((step) => askedQuantity(step, byId)) };
}

function askedQuantity(step: DerivationStep, byId: ReadonlyMap<string, DerivationStep>): AskedQuantity {
  const { terms = [] } = step;
  const standing = terms.filter(({ value }) => value !== 0);
  return {
    step,
    isSum: terms.length > 1 && terms.every(({ factors }) => factors.length > 0),
    terms: standing.map((term) => withNames(term, byId)),
    zeros: terms.length - standing.length,
    origins: originsOf(standing, byId),
  };
}

function withNames({ factors, value }: Term, byId: ReadonlyMap<string, DerivationStep>): AskedTerm {
  const symbolOf = (id: string): Notation => byId.get(id)?.symbol ?? { text: id, latex: id };
  return { factors: factors.map((factor) => ({ symbol: symbolOf(factor.id), value: factor.value })), value };
}

function originsOf(terms: readonly Term[], byId: ReadonlyMap<string, DerivationStep>): DerivationStep[] {
  const firsts = new Map<string, DerivationStep>();
  for (const { id } of terms.flatMap(({ factors }) => factors)) {
    const step = byId.get(id);
    const kind = id.replace(/[\d.]+$/, '');
    if (step?.formula !== undefined && !firsts.has(kind)) firsts.set(kind, step);
  }
  return [...firsts.values()];
}

/** How many terms were left out; nothing where none was. */
export function zerosText({ zeros }: AskedQuantity): string | undefined {
  return zeros === 0 ? undefined : `${zeros} more ${zeros === 1 ? 'term is' : 'terms are'} zero`;
}

/** The slope of the loss that trying finds, beside the gradient that was derived; nothing where there is none. */
export function slopeText({ centralDifference, oneSided }: DerivationStep): string | undefined {
  if (centralDifference !== undefined)
    return `the slope by trying (central difference): ${valueText(centralDifference)}`;
  if (oneSided === undefined) return undefined;
  return `the loss has a corner here, with the slopes ${valueText(oneSided.left)} and ${valueText(oneSided.right)} to its sides: entries tie for a maximum, or a ReLU stands at zero. The gradient is that of the first entry.`;
}

/** A formula, plain or LaTeX, cut before every plus and minus outside of parentheses and braces. */
export function cutAtSigns(formula: string): string[] {
  return cutAt(formula, /\\left|\\right|[()[\]{}]| [+−-] /g);
}

/** A formula, plain or LaTeX, cut before every dot between factors, outside of parentheses and braces. */
export function cutAtDots(formula: string): string[] {
  return cutAt(formula, /\\left|\\right|[()[\]{}]| \\cdot |·/g);
}

function cutAt(formula: string, tokens: RegExp): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of formula.matchAll(tokens)) {
    if (token === '\\left' || '([{'.includes(token)) depth++;
    else if (token === '\\right' || ')]}'.includes(token)) depth--;
    else if (depth === 0) {
      pieces.push(formula.slice(from, index));
      from = index;
    }
  }
  return [...pieces, formula.slice(from)];
}

/** A long sum by its first terms: all of them are there for who asks for that quantity. */
export function shortenedSum({ text, latex }: Notation): Notation {
  const [terms, typeset] = [cutAtSigns(text), cutAtSigns(latex)];
  if (terms.length <= 6) return { text, latex };
  const count = `(${terms.length} terms)`;
  return {
    text: `${terms.slice(0, 3).join('')} + … ${count}`,
    latex: `${typeset.slice(0, 3).join('')} + \\cdots\\text{ ${count}}`,
  };
}
