/**
 * What one number is made of: a small expression over entries of the arrays that a kernel reads.
 *
 * Beside the formula of each operation stands a function that gives, for any one entry that a kernel writes, this
 * expression (`proofs.ts`). Text, typeset formulas, the substitution with numbers and the chain of origins all follow
 * from it, for a toy and for one weight among thousands; nothing is recorded while a network runs.
 */
import { erfc, exp, log, log1p, sigmoid, tanh } from '@longhand/tensor';
import type { Arrays, GeometryOf, KernelSpec } from './spec';

/** An entry of an array, by the array's name in the kernel's spec and its index in memory. */
export interface Entry {
  /** Tells it from other expressions. */
  readonly kind: 'entry';
  /** The name of the array in the spec of the kernel. */
  readonly array: string;
  /** The index in memory. */
  readonly index: number;
}

/** Functions of one argument that formulas use; `step` is 1 above zero and 0 elsewhere, `normalCdf` Φ(x), `relu6` min(max(x, 0), 6). */
export type FunctionName =
  | 'exp'
  | 'log'
  | 'log1p'
  | 'sigmoid'
  | 'tanh'
  | 'abs'
  | 'step'
  | 'normalCdf'
  | 'relu6'
  | 'sqrt';

/** An expression over entries. */
export type Expression =
  | Entry
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'sum'; readonly terms: readonly Expression[] }
  | { readonly kind: 'product'; readonly factors: readonly Expression[] }
  | { readonly kind: 'quotient'; readonly numerator: Expression; readonly denominator: Expression }
  | { readonly kind: 'square'; readonly base: Expression }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly argument: Expression }
  | { readonly kind: 'max'; readonly candidates: readonly Expression[] }
  /** The derivative of an activation, as a factor of its own: what is forgotten most often. */
  | { readonly kind: 'derivative'; readonly of: string; readonly expression: Expression };

/**
 * The entry of an array at an index in memory, as an expression.
 *
 * @example evaluateExpression(entry('x', 1), ({ index }) => [10, 20][index]); // 20
 */
export const entry = (array: string, index: number): Entry => ({ kind: 'entry', array, index });
/**
 * A number, as an expression.
 *
 * @example constant(0.5); // { kind: 'constant', value: 0.5 }
 */
export const constant = (value: number): Expression => ({ kind: 'constant', value });
/**
 * A function of one argument, as an expression.
 *
 * @example evaluateExpression(call('sqrt', constant(9)), () => 0); // 3
 */
export const call = (name: FunctionName, argument: Expression): Expression => ({ kind: 'call', name, argument });
/**
 * The square of an expression.
 *
 * @example evaluateExpression(square(constant(3)), () => 0); // 9
 */
export const square = (base: Expression): Expression => ({ kind: 'square', base });
/**
 * The largest of several expressions.
 *
 * @example evaluateExpression(max([entry('x', 0), entry('x', 1)]), ({ index }) => [3, 7][index]); // 7
 */
export const max = (candidates: readonly Expression[]): Expression => ({ kind: 'max', candidates });
/**
 * One expression divided by another.
 *
 * @example evaluateExpression(quotient(constant(1), constant(4)), () => 0); // 0.25
 */
export const quotient = (numerator: Expression, denominator: Expression): Expression => ({
  kind: 'quotient',
  numerator,
  denominator,
});

/**
 * A sum; of one term, the term itself; of none, zero.
 *
 * @example evaluateExpression(sum([constant(1), constant(2), constant(3)]), () => 0); // 6
 */
export function sum(terms: readonly Expression[]): Expression {
  if (terms.length === 0) return constant(0);
  return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind: 'sum', terms };
}

/**
 * A product without its factors of one; of one factor, the factor itself.
 *
 * @example product([constant(1), entry('x', 0)]); // { kind: 'entry', array: 'x', index: 0 }
 */
export function product(factors: readonly Expression[]): Expression {
  const kept = factors.filter((factor) => !(factor.kind === 'constant' && factor.value === 1));
  if (kept.length === 0) return constant(1);
  return kept.length === 1 && kept[0] !== undefined ? kept[0] : { kind: 'product', factors: kept };
}

/** The expression with its sign changed. */
export const negative = (expression: Expression): Expression => product([constant(-1), expression]);

/**
 * The difference a − b, as a sum with −1 · b.
 *
 * @example evaluateExpression(difference(constant(5), constant(3)), () => 0); // 2
 */
export const difference = (a: Expression, b: Expression): Expression => sum([a, negative(b)]);

/** For each array that a kernel writes: the expression of its entry at an index. */
export type TermsOf<Spec> =
  Spec extends KernelSpec<never, string, infer Writes, string>
    ? { readonly [Name in Writes]: (geometry: GeometryOf<Spec>, index: number, arrays: Arrays) => Expression }
    : never;

/** The terms of each kernel of an operation, or of all operations. */
export type KernelTerms<Table> = { readonly [Name in keyof Table]: TermsOf<Table[Name]> };

const functions: Readonly<Record<FunctionName, (x: number) => number>> = {
  exp,
  log,
  log1p,
  sigmoid,
  tanh,
  abs: Math.abs,
  step: (x) => (x > 0 ? 1 : 0),
  normalCdf: (x) => 0.5 * erfc(-Math.SQRT1_2 * x),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  sqrt: Math.sqrt,
};

/**
 * The value of an expression, given the value of each entry.
 *
 * @example
 * const arrays: Record<string, number[]> = { x: [2], weight: [0, 0, 0, 5] };
 * evaluateExpression(product([entry('x', 0), entry('weight', 3)]), ({ array, index }) => arrays[array][index]); // 10
 */
export function evaluateExpression(expression: Expression, read: (entry: Entry) => number): number {
  const value = (part: Expression): number => evaluateExpression(part, read);
  switch (expression.kind) {
    case 'entry':
      return read(expression);
    case 'constant':
      return expression.value;
    case 'sum':
      return expression.terms.reduce((total, term) => total + value(term), 0);
    case 'product':
      return expression.factors.reduce((total, factor) => total * value(factor), 1);
    case 'quotient':
      return value(expression.numerator) / value(expression.denominator);
    case 'square': {
      const base = value(expression.base);
      return base * base;
    }
    case 'call':
      return functions[expression.name](value(expression.argument));
    case 'max':
      return Math.max(...expression.candidates.map(value));
    case 'derivative':
      return value(expression.expression);
  }
}

/**
 * Every entry that an expression reads, each once, in the order of the formula.
 *
 * @example entriesOf(sum([entry('x', 0), product([entry('weight', 3), entry('x', 0)])])).length; // 2
 */
export function entriesOf(expression: Expression): Entry[] {
  const found = new Map<string, Entry>();
  const visit = (part: Expression): void => {
    if (part.kind === 'entry') found.set(`${part.array}[${part.index}]`, part);
    else for (const inner of partsOf(part)) visit(inner);
  };
  visit(expression);
  return [...found.values()];
}

/** The expressions that an expression is made of, one level down. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'entry':
    case 'constant':
      return [];
    case 'sum':
      return expression.terms;
    case 'product':
      return expression.factors;
    case 'quotient':
      return [expression.numerator, expression.denominator];
    case 'square':
      return [expression.base];
    case 'call':
      return [expression.argument];
    case 'max':
      return expression.candidates;
    case 'derivative':
      return [expression.expression];
  }
}

/**
 * The expression with each of its parts, one level down, changed.
 *
 * @example mapParts(sum([constant(1), constant(2)]), () => entry('x', 0)); // { kind: 'sum', terms: [ { kind: 'entry', array: 'x', index: 0 }, … ] }
 */
export function mapParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'entry':
    case 'constant':
      return expression;
    case 'sum':
      return { ...expression, terms: expression.terms.map(change) };
    case 'product':
      return { ...expression, factors: expression.factors.map(change) };
    case 'quotient':
      return { ...expression, numerator: change(expression.numerator), denominator: change(expression.denominator) };
    case 'square':
      return { ...expression, base: change(expression.base) };
    case 'call':
      return { ...expression, argument: change(expression.argument) };
    case 'max':
      return { ...expression, candidates: expression.candidates.map(change) };
    case 'derivative':
      return { ...expression, expression: change(expression.expression) };
  }
}

/** The expression with every entry of an array replaced by what it is made of. */
export function replaceEntries(expression: Expression, array: string, by: (index: number) => Expression): Expression {
  return mapEntries(expression, (read) => (read.array === array ? by(read.index) : read));
}

/**
 * The expression with each entry changed into another expression, at any depth.
 *
 * @example evaluateExpression(mapEntries(square(entry('x', 0)), () => constant(4)), () => 0); // 16
 */
export function mapEntries(expression: Expression, change: (read: Entry) => Expression): Expression {
  if (expression.kind === 'entry') return change(expression);
  return mapParts(expression, (part) => mapEntries(part, change));
}
