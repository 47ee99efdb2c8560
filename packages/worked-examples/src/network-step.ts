/**
 * One training step of a network on one image. Any single weight, pixel or entry of a map can be asked for; it is written out as the
 * sum of its terms, with the numerical gradient beside its gradient.
 */
import { type Expression, entriesOf, entry } from '@longhand/kernels';
import { type FloatArray, OptionError } from '@longhand/tensor';
import { computedStep, termsOfSum } from './computed-step';
import { type ComputedStep, type DerivationStep, type Notation, notDerived, type Stage } from './derivation';
import { generalSymbol, type LatexOf, symbolOfName } from './indexed-symbols';
import { entryNamed, type Family, findEntry, indexedQuantity, quantityName } from './lenet-quantities';
import { gradientPrefix, plainName, withoutGradient } from './names';
import type { NetworkRun } from './network-run';
import { shownNumber } from './number-notation';
import { type Difference, numericalGradient } from './numerical-gradient';
import { Quantities } from './quantities';
import { type ReceptiveField, receptiveField } from './receptive-field';
import { summation } from './summation';

/** Where a quantity lies, and the part of the step that it belongs to. */
interface FoundEntry {
  readonly array: FloatArray;
  readonly index: number;
  readonly stage: Stage;
}

/** A training step of a network on one image with a label; any of its quantities can be derived. */
export class NetworkStep {
  readonly #run: NetworkRun;
  readonly #label: number;
  readonly #latexOf: LatexOf;
  readonly #quantities: Quantities;
  readonly #copies = new Map<FloatArray, FloatArray>();
  #steps = new Map<string, DerivationStep>();

  /** @param latexOf how entries of arrays are written, other than gradients */
  constructor(run: NetworkRun, label: number, latexOf: LatexOf) {
    this.#run = run;
    this.#label = label;
    this.#latexOf = latexOf;
    this.#quantities = new Quantities(run.writers, (id) => this.#symbolOf(id));
    for (const family of this.families) this.#name(family);
  }

  /** All names. */
  get families(): readonly Family[] {
    return this.#run.families;
  }

  /** The step of the same image with another label. It has the forward pass of this one. */
  withLabel(label: number): NetworkStep {
    return new NetworkStep(this.#run, label, this.#latexOf);
  }

  /** The numbers of a family, in memory order. */
  valuesOf(family: Family): FloatArray {
    this.#run.forward(this.#label);
    return this.#kept(this.#run.valuesOf(family));
  }

  /** The gradients of a family's numbers; undefined for what the loss is not derived by. */
  gradientsOf(family: Family): FloatArray | undefined {
    this.#run.backward(this.#label);
    const gradient = this.#run.gradientOf(family);
    return gradient && this.#kept(gradient);
  }

  /** A copy, the same one each time: another label's step replaces the numbers of the run. */
  #kept(array: FloatArray): FloatArray {
    const copy = this.#copies.get(array) ?? array.slice();
    this.#copies.set(array, copy);
    return copy;
  }

  /**
   * One quantity, `dL/d…` for a gradient, without the steps of what it is made of.
   *
   * @param options `numerical`: whether a gradient has the numerical one beside it, which takes twenty passes. Default: true.
   * @throws OptionError for an unknown name
   */
  stepOf(name: string, options: { readonly numerical?: boolean } = {}): DerivationStep {
    const { numerical = true } = options;
    const { id: quantity, family, index } = entryNamed(this.families, name, 'the name of a quantity');
    const isGradient = plainName(name).startsWith(gradientPrefix);
    const id = isGradient ? `${gradientPrefix}${quantity}` : quantity;
    if (isGradient) this.#run.backward(this.#label);
    else this.#run.forward(this.#label);
    this.#steps = new Map();
    this.#write(id, true);
    if (isGradient && numerical) this.#check(id, family, index);
    const step = this.#steps.get(id);
    if (step === undefined) throw new OptionError(`quantity: expected one that the loss is derived by, got ${id}`);
    return step;
  }

  /**
   * The numerical gradient beside a gradient, `dL/d…`, by itself: for pages that show the gradient before the twenty passes.
   *
   * @param mayRun asked before each pass
   * @returns undefined where there was no time for all of them; another call goes on
   * @throws OptionError for an unknown name
   */
  differenceOf(name: string, mayRun: () => boolean): Difference | undefined {
    const { family, index } = entryNamed(this.families, name, 'the name of a quantity');
    this.#run.backward(this.#label);
    return this.#differenceOf(family, index, mayRun);
  }

  #differenceOf(family: Family, index: number, mayRun: () => boolean): Difference | undefined {
    return this.#run.varying(
      family,
      index,
      (loss, values) => numericalGradient(loss, values as Float64Array, index),
      mayRun,
    );
  }

  /** What a number is computed from: the parts of the input and of the layers' outputs, by the stems of their families. */
  fieldOf(id: string): ReceptiveField {
    const { family, index } = entryNamed(this.families, id, 'the name of a quantity');
    const run = this.#run;
    run.forward(this.#label);
    const activations = this.families
      .filter(({ source }) => source.kind === 'input' || source.kind === 'output')
      .map((of) => ({ stem: of.stem, array: run.valuesOf(of), shape: run.shapeOf(of) }));
    return receptiveField({ array: run.valuesOf(family), index, activations, writers: run.writers });
  }

  /** A quantity by its family and its index in memory: its inputs, its value, its gradient. */
  derive(family: Family, index: number): readonly DerivationStep[] {
    this.#run.backward(this.#label);
    this.#steps = new Map();
    const id = quantityName(family, index);
    const isComputed = this.#quantities.expressionOf(this.#run.valuesOf(family), index) !== undefined;
    if (isComputed) this.#writeWithInputs(id);
    else this.#write(id);
    const gradientId = `${gradientPrefix}${id}`;
    if (this.#run.gradientOf(family) !== undefined) {
      this.#writeWithInputs(gradientId);
      this.#check(gradientId, family, index);
    }
    return [...this.#steps.values()];
  }

  /** Adds the numerical gradient to a step. */
  #check(gradientId: string, family: Family, index: number): void {
    const step = this.#steps.get(gradientId);
    if (step?.formula === undefined) return;
    this.#steps.set(gradientId, { ...step, ...this.#differenceOf(family, index, () => true) });
  }

  #name(family: Family): void {
    const values = this.#run.valuesOf(family);
    const gradient = this.#run.gradientOf(family);
    // The array of another quantity too, where a layer changes nothing: it keeps the first name.
    const sharesArray = this.#quantities.nameOf(values, 0) !== undefined;
    if (!sharesArray) this.#quantities.name(values, (index) => quantityName(family, index));
    if (gradient !== undefined && !sharesArray) {
      this.#quantities.name(gradient, (index) => `${gradientPrefix}${quantityName(family, index)}`);
    }
  }

  /** The entry of a named quantity; undefined where there is none. */
  #entry(id: string): FoundEntry | undefined {
    const entry = findEntry(this.families, withoutGradient(id));
    if (entry === undefined) return undefined;
    const { family, index } = entry;
    if (id.startsWith(gradientPrefix)) {
      const gradient = this.#run.gradientOf(family);
      return gradient && { array: gradient, index, stage: 'backward' };
    }
    const array = this.#run.valuesOf(family);
    const { kind } = family.source;
    const isGiven =
      kind === 'parameter' || kind === 'input' || (kind === 'terms' && !this.#quantities.isDerived(array));
    return { array, index, stage: isGiven ? 'given' : 'forward' };
  }

  /** The steps of a quantity's inputs, then its own. */
  #writeWithInputs(id: string): void {
    const found = this.#entry(id);
    const expression = found && this.#expressionOf(id, found);
    if (expression === undefined) return;
    const inputs = entriesOf(expression).map(({ array }) => array);
    for (const input of new Set(inputs)) this.#write(input);
    // Once more as one that was asked for: it stands behind its inputs.
    this.#steps.delete(id);
    this.#write(id, true);
  }

  /** A step without those of its inputs, with its terms if it was asked for by name. */
  #write(id: string, isAsked = false): void {
    if (this.#steps.has(id)) return;
    const found = this.#entry(id);
    if (found === undefined) return;
    const { array, index, stage } = found;
    const value = array[index];
    const expression = this.#expressionOf(id, found);
    const terms = expression === undefined || !isAsked ? {} : this.#termsOf(expression);
    this.#steps.set(
      id,
      expression === undefined
        ? {
            id,
            stage,
            symbol: this.#quantities.note(id, value).symbol,
            value,
            shown: shownNumber(value, 'exact'),
            inputs: [],
            ...(stage === 'given' || this.#run.isTarget(array) ? {} : { remark: notDerived }),
          }
        : {
            ...computedStep({ stage, id, value, expression, quantities: this.#quantities, digits: 'exact' }),
            ...terms,
          },
    );
  }

  /** What a quantity that was asked for by name has besides: its terms, and its long sums in general form. */
  #termsOf(expression: Expression): Pick<ComputedStep, 'terms' | 'summation'> {
    const general = summation(expression, {
      read: (id) => indexedQuantity(this.families, id),
      symbolOf: (id) => this.#symbolOf(id),
      write: (stem, indices) => generalSymbol(stem, indices, this.#latexOf),
    });
    const terms = termsOfSum(expression, this.#quantities);
    return general === undefined ? { terms } : { terms, summation: general };
  }

  #symbolOf(id: string): Notation {
    return symbolOfName(id, this.#latexOf);
  }

  /** Where a layer changes nothing, its output has the array of its input, which is what it is. */
  #expressionOf(id: string, { array, index }: { array: FloatArray; index: number }): Expression | undefined {
    const known = this.#quantities.nameOf(array, index);
    if (known === undefined || known === id) return this.#quantities.expressionOf(array, index);
    this.#quantities.note(known, array[index]);
    return entry(known, 0);
  }
}
