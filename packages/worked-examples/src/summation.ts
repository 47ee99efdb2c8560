/**
 * The general form of long sums, found from their terms: where every term has the same factors, and the indices of these run through
 * ranges, `∂L/∂S2.5.0.0·P1.3.1.2 + ∂L/∂S2.5.0.1·P1.3.1.3 + …` is `Σ ∂L/∂S2.5.i.j·P1.3.(i+1).(j+2)` with i and j from 0 to 7. It holds for any
 * layer, stride and padding, since it is compared with all terms.
 */
import { type Expression, entry, mapEntries, mapParts } from '@longhand/kernels';
import type { Notation } from './derivation';
import { latexFormula, plainFormula } from './formula-text';
import { latexNumber, shownNumber } from './number-notation';

/** A shorter sum is as well written out. */
const fewestTerms = 4;

/** A quantity by its array and its indices, as its name has them. */
export interface IndexedQuantity {
  /** The stem of the name: `dL/dS2`. */
  readonly stem: string;
  /** What each index counts: `map`, `row`. */
  readonly axes: readonly string[];
  readonly indices: readonly number[];
}

/** How quantities are named. */
export interface IndexNames {
  /** The quantity of an id; undefined for one without indices. */
  readonly read: (id: string) => IndexedQuantity | undefined;
  readonly symbolOf: (id: string) => Notation;
  /** The symbol of an entry whose indices are formulas, each as text and as LaTeX. */
  readonly write: (stem: string, indices: readonly Notation[]) => Notation;
}

/** An index of a quantity in all terms. */
interface Column {
  readonly axis: string;
  readonly values: readonly number[];
}

/** A letter that the sum runs over. */
interface Variable {
  readonly letter: string;
  readonly values: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** A sum in its general form: the symbols of the entries of its term, in their order. */
interface FoldedSum {
  readonly term: Expression;
  readonly symbols: readonly Notation[];
  readonly variables: readonly Variable[];
}

/**
 * A formula with its long sums in general form, the ranges at its end; undefined where there is no sum of four terms or more that has one.
 */
export function summation(expression: Expression, names: IndexNames): Notation | undefined {
  const sums: FoldedSum[] = [];
  const fold = (part: Expression): Expression => {
    if (part.kind !== 'sum') return mapParts(part, fold);
    const alike = largestGroup(part.terms, names);
    const taken = new Set(sums.flatMap(({ variables }) => variables.map(({ letter }) => letter)));
    const folded = alike.length < fewestTerms ? undefined : foldedSum(alike, names, taken);
    if (folded === undefined) return mapParts(part, fold);
    const at = part.terms.indexOf(alike[0]);
    const others = (terms: readonly Expression[]): Expression[] =>
      terms.filter((term) => !alike.includes(term)).map(fold);
    sums.push(folded);
    const sum = entry(`Σ${sums.length - 1}`, 0);
    const [before, after] = [others(part.terms.slice(0, at)), others(part.terms.slice(at))];
    return before.length + after.length === 0 ? sum : { kind: 'sum', terms: [...before, sum, ...after] };
  };
  const general = fold(expression);
  if (sums.length === 0) return undefined;
  const ranges = sums.flatMap(({ variables }) =>
    variables.map(({ letter, from, to }) => `${letter} = ${from} to ${to}`),
  );
  const write = (form: 'text' | 'latex'): string => {
    const formula = form === 'text' ? plainFormula : latexFormula;
    const number = (value: number): string => (form === 'text' ? shownNumber : latexNumber)(value, 'exact');
    const sumsWritten = sums.map(({ term, symbols, variables }) => {
      const written = formula(term, (at) => symbols[Number(at)][form], number);
      const inner = term.kind === 'sum' ? `(${written})` : written;
      const signs = variables.map(({ letter, from, to }) => `\\sum_{${letter}=${from}}^{${to}}`).join('');
      return form === 'text' ? `Σ ${inner}` : `${signs} ${inner}`;
    });
    return formula(general, (id) => sumsWritten[Number(/^Σ(\d+)$/.exec(id)?.[1])] ?? names.symbolOf(id)[form], number);
  };
  return { text: `${write('text')}, ${ranges.join(', ')}`, latex: write('latex') };
}

/** The most terms that have the same factors: the others, such as a bias, stay beside the sum. */
function largestGroup(terms: readonly Expression[], names: IndexNames): readonly Expression[] {
  const groups = new Map<string, Expression[]>();
  for (const term of terms) {
    const shape = JSON.stringify(mapEntries(term, ({ array }) => entry(names.read(array)?.stem ?? array, 0)));
    groups.set(shape, [...(groups.get(shape) ?? []), term]);
  }
  return [...groups.values()].reduce((largest, group) => (group.length > largest.length ? group : largest), []);
}

function foldedSum(terms: readonly Expression[], names: IndexNames, taken: ReadonlySet<string>): FoldedSum | undefined {
  const ids = terms.map(idsOf);
  const quantities = ids.map((all) => all.map((id) => names.read(id)));
  const columns = quantities[0].map((first, leaf) =>
    (first?.axes ?? []).map(
      (axis, at): Column => ({ axis, values: quantities.map((all) => all[leaf]?.indices[at] ?? 0) }),
    ),
  );
  const variables = variablesOf(columns.flat(), taken);
  if (variables === undefined || !fillsRanges(variables, terms.length)) return undefined;
  const symbols: Notation[] = [];
  for (const [leaf, first] of quantities[0].entries()) {
    const indices = columns[leaf].map(({ values }) => indexFormula(values, variables));
    if (indices.some((index) => index === undefined)) return undefined;
    symbols.push(first === undefined ? names.symbolOf(ids[0][leaf]) : names.write(first.stem, indices as Notation[]));
  }
  let leaf = 0;
  return { term: mapEntries(terms[0], () => entry(String(leaf++), 0)), symbols, variables };
}

/** The ids in an expression, in the order of its formula, as often as they stand there. */
function idsOf(expression: Expression): string[] {
  const ids: string[] = [];
  mapEntries(expression, (read) => {
    ids.push(read.array);
    return read;
  });
  return ids;
}

/** One letter for all indices that depend on each other; undefined where none of them runs through a range one by one. */
function variablesOf(columns: readonly Column[], taken: ReadonlySet<string>): Variable[] | undefined {
  const varying = columns.filter(({ values }) => values.some((value) => value !== values[0]));
  const classes: Column[][] = [];
  for (const column of varying) {
    const known = classes.find(([first]) => isLinear(first.values, column.values));
    if (known === undefined) classes.push([column]);
    else known.push(column);
  }
  const letters = new Set(taken);
  const variables = classes.map((alike): Variable | undefined => {
    const runs = alike.filter(({ values }) => new Set(values).size === Math.max(...values) - Math.min(...values) + 1);
    // The one that begins lowest, the last of several: the position in a kernel, not that in the map under it.
    const [lowest] = runs.reverse().sort((a, b) => Math.min(...a.values) - Math.min(...b.values));
    if (lowest === undefined) return undefined;
    const letter = letterOf(
      alike.map(({ axis }) => axis),
      letters,
    );
    letters.add(letter);
    const { values } = lowest;
    return { letter, values, from: Math.min(...values), to: Math.max(...values) };
  });
  return variables.every((variable) => variable !== undefined) ? variables : undefined;
}

/** Rows are i and columns j, maps and outputs m, what a map or an output sums over n. */
function letterOf(axes: readonly string[], taken: ReadonlySet<string>): string {
  const wished = axes.some((axis) => ['row', 'position'].includes(axis))
    ? 'i'
    : axes.includes('column')
      ? 'j'
      : axes.some((axis) => axis.startsWith('input') || axis === 'value' || axis === 'feature')
        ? 'n'
        : 'm';
  return [wished, 'n', 'm', 'i', 'j', 'p', 'q', 'r', 's', 't'].find((letter) => !taken.has(letter)) ?? wished;
}

/** Whether the terms are all that the ranges have, each once. */
function fillsRanges(variables: readonly Variable[], terms: number): boolean {
  const size = variables.reduce((product, { from, to }) => product * (to - from + 1), 1);
  const met = new Set(Array.from({ length: terms }, (_, at) => variables.map(({ values }) => values[at]).join()));
  return size === terms && met.size === terms;
}

/** `a · variable + b` with whole numbers; undefined where it is nothing like that. */
function linear(variable: readonly number[], values: readonly number[]): { a: number; b: number } | undefined {
  const other = variable.findIndex((value) => value !== variable[0]);
  const a = (values[other] - values[0]) / (variable[other] - variable[0]);
  const b = values[0] - a * variable[0];
  return values.every((value, at) => Math.abs(a * variable[at] + b - value) < 1e-9) ? { a, b } : undefined;
}

function isLinear(variable: readonly number[], values: readonly number[]): boolean {
  return linear(variable, values) !== undefined;
}

/** An index as a formula of one letter: `3`, `i`, `i+3`, `2i−1`, `4−i`. */
function indexFormula(values: readonly number[], variables: readonly Variable[]): Notation | undefined {
  if (values.every((value) => value === values[0])) return { text: String(values[0]), latex: String(values[0]) };
  for (const { letter, values: variable } of variables) {
    const found = linear(variable, values);
    if (found === undefined) continue;
    const { a, b } = found;
    if (!Number.isInteger(a) || !Number.isInteger(b)) return undefined;
    const times = `${Math.abs(a) === 1 ? '' : Math.abs(a)}${letter}`;
    const latex = a < 0 ? `${b === 0 ? '' : b}-${times}` : `${times}${b === 0 ? '' : b < 0 ? b : `+${b}`}`;
    return { text: latex.replaceAll('-', '−'), latex };
  }
  return undefined;
}
