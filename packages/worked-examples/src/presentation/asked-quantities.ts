/** Quantities that were asked for by name: their nonzero terms, and the origins of the factors. */
import type { ComputedStep, Derivation, DerivationStep, Notation, Term } from '../derivation';
import { valueText } from '../number-notation';

/** A computed quantity that was asked for: a sum of products of quantities, or any other formula. */
export type AskedQuantity = AskedSum | AskedFormula;

export interface AskedSum {
  readonly kind: 'sum';
  readonly step: ComputedStep;
  /** The terms that are not zero. */
  readonly terms: readonly AskedTerm[];
  /** The number of terms that are zero. */
  readonly zeros: number;
  /** The first computed quantity of every kind among the factors: one activation, one gradient, … */
  readonly origins: readonly ComputedStep[];
}

export interface AskedFormula {
  readonly kind: 'formula';
  readonly step: ComputedStep;
  readonly origins: readonly ComputedStep[];
}

/** A term of a sum with the symbols of its factors. */
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
export function askedQuantities({ example, steps }: Derivation): AskedQuantities | undefined {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const asked = steps.filter((step): step is ComputedStep => step.terms !== undefined);
  // A target is not computed and has no gradient, and what a layer of the user's own writes is not derived: their values are all.
  const isStep = example === 'lenet-step' || example === 'network-step';
  if (asked.length === 0 && !(isStep && steps.every(({ formula }) => formula === undefined))) return undefined;
  // What is given and asked for stands first, and is no factor of what follows.
  const given = (asked.length === 0 ? steps : steps.slice(0, 1)).filter(
    ({ id }) => !asked.some((step) => step.id === id || step.inputs.includes(id)),
  );
  return { given, computed: asked.map((step) => askedQuantity(step, byId)) };
}

function askedQuantity(step: ComputedStep, byId: ReadonlyMap<string, DerivationStep>): AskedQuantity {
  const { terms = [] } = step;
  const nonzero = terms.filter(({ value }) => value !== 0);
  const origins = originsOf(nonzero, byId);
  // A table has a column for factors: other terms, such as (x − mean)·weight, are written as the formula that they are.
  const isSum = terms.length > 1 && terms.every(isProduct);
  if (!isSum) return { kind: 'formula', step, origins };
  return {
    kind: 'sum',
    step,
    terms: nonzero.map((term) => withSymbols(term, byId)),
    zeros: terms.length - nonzero.length,
    origins,
  };
}

function isProduct({ factors, value }: Term): boolean {
  const product = factors.reduce((result, factor) => result * factor.value, 1);
  return factors.length > 0 && Math.abs(product - value) <= 1e-12 * Math.abs(value);
}

function withSymbols({ factors, value }: Term, byId: ReadonlyMap<string, DerivationStep>): AskedTerm {
  const symbolOf = (id: string): Notation => byId.get(id)?.symbol ?? { text: id, latex: id };
  return { factors: factors.map((factor) => ({ symbol: symbolOf(factor.id), value: factor.value })), value };
}

function originsOf(terms: readonly Term[], byId: ReadonlyMap<string, DerivationStep>): ComputedStep[] {
  const firsts = new Map<string, ComputedStep>();
  for (const { id } of terms.flatMap(({ factors }) => factors)) {
    const step = byId.get(id);
    const kind = id.replace(/[\d.]+$/, '');
    if (step?.formula !== undefined && !firsts.has(kind)) firsts.set(kind, step);
  }
  return [...firsts.values()];
}

/** The number of terms that were left out; undefined where none was. */
export function zerosText({ zeros }: AskedSum): string | undefined {
  return zeros === 0 ? undefined : `${zeros} more ${zeros === 1 ? 'term is' : 'terms are'} zero`;
}

/** The numerical gradient beside the one that was derived; undefined for a quantity that is no gradient. */
export function numericalGradientText({ centralDifference, oneSided }: ComputedStep): string | undefined {
  if (centralDifference !== undefined)
    return `numerical gradient (central difference): ${valueText(centralDifference)}`;
  if (oneSided === undefined) return undefined;
  return `the loss has a kink here, with the one-sided differences ${valueText(oneSided.left)} and ${valueText(oneSided.right)}: entries tie for a maximum, or the input of a ReLU is zero. The gradient is that of the first entry.`;
}

/**
 * A formula, plain or LaTeX, cut before every plus and minus outside of parentheses and braces.
 *
 * @example cutAtSigns('a + b·(c − d)'); // [ 'a', ' + b·(c − d)' ]
 */
export function cutAtSigns(formula: string): string[] {
  return cutAt(formula, /\\left|\\right|[()[\]{}]| [+−-] /g);
}

/**
 * A formula, plain or LaTeX, cut before every dot between factors, outside of parentheses and braces. The dot of a power of ten is part
 * of its number.
 *
 * @example cutAtDots('a·b'); // [ 'a', '·b' ]
 */
export function cutAtDots(formula: string): string[] {
  return cutAt(formula, /\\left|\\right|[()[\]{}]| \\cdot (?!10\^)|·/g);
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

/**
 * A long sum by its first terms: a reader who asks for that quantity gets all of them.
 *
 * @example shortenedSum({ text: 'a + b', latex: 'a + b' }).text; // 'a + b' (short enough)
 */
export function shortenedSum({ text, latex }: Notation): Notation {
  const [terms, typeset] = [cutAtSigns(text), cutAtSigns(latex)];
  if (terms.length <= 6) return { text, latex };
  const count = `(${terms.length} terms)`;
  return {
    text: `${terms.slice(0, 3).join('')} + … ${count}`,
    latex: `${typeset.slice(0, 3).join('')} + \\cdots\\text{ ${count}}`,
  };
}
