/**
 * Which numbers of a network have a name, and what each is made of in terms of the others that have one.
 * A number without a name is written out in the formulas that use it.
 */
import {
  type Entry,
  type Expression,
  entry,
  evaluateExpression,
  mapParts,
  type NumericArray,
  termsOf,
} from '@longhand/kernels';
import type { Notation } from './derivation';
import { ByMemory, type Writer } from './tracing-kernels';

/** A named quantity at the time when its name was used. */
export interface Quantity {
  readonly id: string;
  readonly symbol: Notation;
  readonly value: number;
}

/** The id of the entry at a place of an array; none where it has no name. */
export type Naming = (index: number) => string | undefined;

/** Names for arrays, and expressions over named quantities. */
export class Quantities {
  readonly #writers: ByMemory<Writer>;
  readonly #symbolOf: (id: string) => Notation;
  readonly #namings = new ByMemory<Naming>();
  readonly #known = new Map<string, Quantity>();

  constructor(writers: ByMemory<Writer>, symbolOf: (id: string) => Notation) {
    this.#writers = writers;
    this.#symbolOf = symbolOf;
  }

  /** Gives names to the entries of an array, in the place of those they had. */
  name(array: NumericArray, naming: Naming): void {
    this.#namings.set(array, naming);
  }

  nameOf(array: NumericArray, index: number): string | undefined {
    return this.#namings.get(array)?.(index);
  }

  /** Keeps the value of a quantity as it is now; formulas written from now on use it. */
  note(id: string, value: number): Quantity {
    const quantity = { id, symbol: this.#symbolOf(id), value };
    this.#known.set(id, quantity);
    return quantity;
  }

  /** What is known under the id. */
  find(id: string): Quantity | undefined {
    return this.#known.get(id);
  }

  /** @throws Error when nothing of that name is known */
  get(id: string): Quantity {
    const quantity = this.find(id);
    if (quantity === undefined) throw new Error(`derivation: expected a known quantity, got '${id}'`);
    return quantity;
  }

  /** What the entry of an array is made of, in named quantities; undefined for what nothing writes. */
  expressionOf(array: NumericArray, index: number): Expression | undefined {
    const writer = this.#writers.get(array);
    if (writer === undefined) return undefined;
    const { call } = writer;
    const expression = termsOf(call.kernel, call.geometry, writer.array, index, call.arrays);
    return this.#named(expression, (read) => call.arrays[read.array]);
  }

  /** Whether a convolution writes the array. */
  isConvolution(array: NumericArray): boolean {
    return this.#writers.get(array)?.call.kernel.startsWith('conv2d') ?? false;
  }

  /** The value of an expression over named quantities. */
  evaluate(expression: Expression): number {
    return evaluateExpression(expression, ({ array }) => this.get(array).value);
  }

  /** The expression with each entry replaced by the name of its quantity, or by what it is itself made of. */
  #named(expression: Expression, arrayOf: (read: Entry) => NumericArray): Expression {
    return replaceEntries(expression, (read) => {
      const array = arrayOf(read);
      const id = this.nameOf(array, read.index);
      if (id !== undefined) {
        if (!this.#known.has(id)) this.note(id, array[read.index]);
        return entry(id, 0);
      }
      return this.expressionOf(array, read.index) ?? { kind: 'constant', value: array[read.index] };
    });
  }
}

/** The expression with other expressions in the place of its entries. */
export function replaceEntries(expression: Expression, replace: (read: Entry) => Expression): Expression {
  if (expression.kind === 'entry') return replace(expression);
  return mapParts(expression, (part) => replaceEntries(part, replace));
}
