/**
 * The arithmetic of one number as it can be laid out on a page: its formula and those of the layers that are not shown, and for a sum
 * of products the numbers themselves, window by window beside the weights that they meet. Formulas and numbers are those of the
 * derivation; here they are only put in order.
 */
import {
  type ComputedStep,
  type DerivationStep,
  entryNamed,
  type Family,
  type NetworkStep,
  type Term,
} from '@longhand/worked-examples';
import { stemTitle } from './map-layers';

/** A window of one map, and the weights that it is multiplied with. */
export interface ProductWindow {
  /** `P¹, map 3`; empty where there is only one. */
  readonly title: string;
  readonly rows: number;
  readonly columns: number;
  /** Row by row; undefined where a window lies beyond the image. */
  readonly pairs: readonly (ProductPair | undefined)[];
  /** The sum of the products. */
  readonly sum: number;
}

export interface ProductPair {
  readonly value: number;
  readonly factor: number;
  /** The names of both. */
  readonly ids: readonly [value: string, factor: string];
}

/** A sum of products, as windows, with what is added to them. */
export interface ProductSum {
  readonly windows: readonly ProductWindow[];
  readonly added: readonly { readonly id: string; readonly value: number }[];
}

export interface CellArithmetic {
  /** The number that was asked for, then those of layers that are not shown, back to one that is. */
  readonly steps: readonly DerivationStep[];
  /** That of the last step which is a sum of products. */
  readonly products: ProductSum | undefined;
}

/**
 * The arithmetic of a number.
 *
 * @param shown the stems of what is shown elsewhere: a formula of their numbers is not followed further
 */
export function cellArithmetic(step: NetworkStep, id: string, shown: ReadonlySet<string>): CellArithmetic {
  const steps: DerivationStep[] = [step.stepOf(id)];
  for (let last = steps.at(-1); last?.formula !== undefined; ) {
    const sourceOf = (input: string): Family => entryNamed(step.families, input).family;
    const { inputs } = last;
    // What a layer has besides, such as the standard deviation of a normalization, is a step that leads nowhere else.
    for (const input of inputs) if (sourceOf(input).source.kind === 'terms') steps.push(step.stepOf(input));
    const hidden = inputs.filter(
      (input) => sourceOf(input).source.kind === 'output' && !shown.has(sourceOf(input).stem),
    );
    // Several are a sum over a layer of its own, which can be asked for by name.
    if (hidden.length !== 1) break;
    last = step.stepOf(hidden[0]);
    steps.push(last);
  }
  const computed = steps.filter((part): part is ComputedStep => part.formula !== undefined);
  const sums = computed.map((part) => productSum(step, part)).filter((found) => found !== undefined);
  return { steps, products: sums.at(-1) };
}

/** The products of a sum as windows; undefined for any other formula. */
export function productSum(step: NetworkStep, { terms = [] }: ComputedStep): ProductSum | undefined {
  const products = terms.filter(({ factors }) => factors.length === 2);
  const added = terms.filter(({ factors }) => factors.length === 1).map(({ factors: [factor] }) => factor);
  if (products.length < 2 || products.length + added.length !== terms.length) return undefined;
  const placed = products.map((term) => placedTerm(step, term));
  const byWindow = new Map<string, PlacedTerm[]>();
  for (const term of placed) byWindow.set(term.window, [...(byWindow.get(term.window) ?? []), term]);
  return { windows: [...byWindow].map(([title, terms]) => windowOf(byWindow.size === 1 ? '' : title, terms)), added };
}

interface PlacedTerm {
  readonly window: string;
  readonly row: number;
  readonly column: number;
  readonly pair: ProductPair;
  readonly product: number;
}

/** Where a product stands: by the cell of the map that it is of, or by the gradient's. */
function placedTerm(step: NetworkStep, term: Term): PlacedTerm {
  const familyOf = (id: string): Family => entryNamed(step.families, id.replace(/^dL\/d/, '')).family;
  const [one, other] = term.factors;
  // The weight stands at the right; of a gradient and a number the gradient does.
  const isFactor = (id: string): boolean => familyOf(id).source.kind === 'parameter' || id.startsWith('dL/d');
  const [value, factor] = isFactor(one.id) && !isFactor(other.id) ? [other, one] : [one, other];
  const lies = placeOf(step, value.id);
  return {
    ...lies,
    pair: { value: value.value, factor: factor.value, ids: [value.id, factor.id] },
    product: term.value,
  };
}

/** The map, row and column of a number; a flattened one has those that it was flattened from. */
function placeOf(step: NetworkStep, id: string): Pick<PlacedTerm, 'window' | 'row' | 'column'> {
  const isGradient = id.startsWith('dL/d');
  const { family, index } = entryNamed(step.families, isGradient ? id.slice(4) : id);
  const { axes } = family;
  const isVector = !axes.some(({ name }) => name === 'row' || name === 'position');
  if (isVector && !isGradient) {
    const { formula, inputs } = step.stepOf(id);
    if (formula !== undefined && inputs.length === 1 && formula.text === step.stepOf(inputs[0]).symbol.text) {
      return placeOf(step, inputs[0]);
    }
  }
  const indices = family.indicesOf(index);
  const at = (name: string): number => indices[axes.findIndex((axis) => axis.name === name)] ?? 0;
  const map = axes.findIndex(({ name }) => name === 'map' || name === 'channel');
  const stem = stemTitle(family.stem);
  if (isVector) return { window: stem, row: Math.floor(index / VECTOR_ROW), column: index % VECTOR_ROW };
  const window = map === -1 ? stem : `${stem}, ${axes[map].name} ${indices[map] + axes[map].from}`;
  return { window, row: at('row'), column: at('column') + at('position') };
}

/** How many numbers of a vector stand in a row. */
const VECTOR_ROW = 16;

function windowOf(title: string, terms: readonly PlacedTerm[]): ProductWindow {
  const ranks = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);
  const [rows, columns] = [ranks(terms.map(({ row }) => row)), ranks(terms.map(({ column }) => column))];
  const pairs: (ProductPair | undefined)[] = Array(rows.length * columns.length).fill(undefined);
  for (const { row, column, pair } of terms) pairs[rows.indexOf(row) * columns.length + columns.indexOf(column)] = pair;
  const sum = terms.reduce((total, { product }) => total + product, 0);
  return { title, rows: rows.length, columns: columns.length, pairs, sum };
}
