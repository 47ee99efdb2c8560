/**
 * The named numbers of a network, and the expression of each in terms of the others. A number without a name is written out in
 * the formulas that use it.
 */
import {
  type Entry,
  type Expression,
  entry,
  evaluateExpression,
  mapEntries,
  type NumericArray,
} from '@longhand/kernels';
import type { Notation } from './derivation';
import { ByMemory, type Writer } from './tracing-kernels';

/** A named quantity with its value at the time when the name was used. */
export interface Quantity {
  readonly id: string;
  readonly symbol: Notation;
  readonly value: number;
}

/** What an entry would be made of with the other kind of convolution. */
export interface OtherExpression {
  readonly expression: Expression;
  /** Whether the other kind is the one that turns the kernel. */
  readonly isTrueConvolution: boolean;
}

/** The id of an entry by its index in the array; undefined for an entry without a name. */
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

  /** Names the entries of an array; earlier names are replaced. */
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

  /** The quantity of the id. */
  find(id: string): Quantity | undefined {
    return this.#known.get(id);
  }

  /** @throws Error for an unknown id */
  get(id: string): Quantity {
    const quantity = this.find(id);
    if (quantity === undefined) throw new Error(`derivation: expected a known quantity, got '${id}'`);
    return quantity;
  }

  /** The expression of an entry in named quantities; undefined where that is not known. */
  expressionOf(array: NumericArray, index: number): Expression | undefined {
    const writer = this.#writers.get(array);
    if (writer === undefined) return undefined;
    return this.#named(writer.terms(index), (read) => writer.arrays[read.array]);
  }

  /** Whether it is known what the array is made of. */
  isDerived(array: NumericArray): boolean {
    return this.#writers.get(array) !== undefined;
  }

  /** The expression that an entry has with the other kind of convolution; undefined where no convolution writes it. */
  otherConvolutionOf(array: NumericArray, index: number): OtherExpression | undefined {
    const writer = this.#writers.get(array);
    if (writer === undefined) return undefined;
    if (writer.otherConvolution === undefined) {
      // A reshape between two layers moves what a convolution wrote.
      const moved = writer.terms(index);
      if (moved.kind !== 'entry' || this.nameOf(writer.arrays[moved.array], moved.index) !== undefined)
        return undefined;
      return this.otherConvolutionOf(writer.arrays[moved.array], moved.index);
    }
    const { terms, isTrueConvolution } = writer.otherConvolution;
    return { isTrueConvolution, expression: this.#named(terms(index), (read) => writer.arrays[read.array]) };
  }

  /** The value of an expression over named quantities. */
  evaluate(expression: Expression): number {
    return evaluateExpression(expression, ({ array }) => this.get(array).value);
  }

  /** The expression with each entry replaced by the name of its quantity, or by its own expression. */
  #named(expression: Expression, arrayOf: (read: Entry) => NumericArray): Expression {
    return mapEntries(expression, (read) => {
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
