/** The contract of a worked example: a name, what can be chosen, and the derivation that follows. */
import { OptionError } from '@longhand/tensor';
import { givensNamed, markedChanges } from './changed-givens';
import type { ConvolutionKind, Derivation, DerivationStep, Digits, Erratum, UpdateOrder } from './derivation';
import { roundDecimal } from './rounding';

/** What can be chosen of an example. */
export interface ExampleOptions {
  /** When weights change. Default: as in the source. */
  readonly order?: UpdateOrder;
  /** How numbers are rounded on the way. Default: as in the source. */
  readonly digits?: Digits;
  /** A variant by name, of examples that have some. Default: the first. */
  readonly variant?: string;
  /** How kernels are laid on, of examples with convolutions. Default: as in the source. */
  readonly convolution?: ConvolutionKind;
  /** Other values of what is given, by its names. Printed figures that no longer apply are not compared. Default: none. */
  readonly givens?: Readonly<Record<string, number>>;
}

/** A hand derivation as a network of ordinary layers. */
export interface WorkedExample {
  /** As the command line spells it. */
  readonly name: string;
  /** Its title. */
  readonly title: string;
  /** A description in a sentence or two. */
  readonly about: string;
  /** The order and the digits of the source itself. */
  readonly ownOrder: UpdateOrder;
  /** How the source rounds its numbers. */
  readonly ownDigits: Digits;
  /** How the source lays kernels on; absent without convolutions. */
  readonly ownConvolution?: ConvolutionKind;
  /** The names of its variants; the first is the default. */
  readonly variants?: readonly string[];
  /** What is to be known of the givens, such as that they are a reconstruction. */
  readonly aboutGivens?: string;
  /** The derivation, by the options. */
  derive(options?: ExampleOptions): Derivation;
}

/** A slip with its arithmetic: both values follow from the quantities of the derivation. */
export interface Slip extends Omit<Erratum, 'wrong' | 'right'> {
  /** The value by the note's form. */
  readonly wrong?: (value: (id: string) => number) => number;
  /** The id of the quantity that has the right value. */
  readonly right?: string;
}

/** Every choice made. Without convolutions, that of their kind means nothing. */
export type MadeChoice = Required<ExampleOptions>;

/** What an example is made from: its description, its slips, and the steps for every choice. */
export interface ExampleDefinition extends Omit<WorkedExample, 'derive'> {
  readonly slips?: readonly Slip[];
  /** A sentence on the order and the digits, where the source has its own. */
  readonly manner?: (choice: MadeChoice) => string;
  readonly steps: (choice: MadeChoice) => readonly DerivationStep[];
}

/** An example, with the choices that are left open made as its source makes them. */
export function workedExample(definition: ExampleDefinition): WorkedExample {
  const { slips = [], steps: stepsOf, manner, ...description } = definition;
  const { name, title, about, ownOrder, ownDigits, ownConvolution, variants, aboutGivens } = description;
  const own: MadeChoice = {
    order: ownOrder,
    digits: ownDigits,
    variant: variants?.[0] ?? '',
    convolution: ownConvolution ?? 'cross-correlation',
    givens: {},
  };
  const aboutOf = (choice: MadeChoice): string => [about, manner?.(choice)].filter(Boolean).join(' ');
  return {
    ...description,
    about: aboutOf(own),
    derive(options = {}) {
      refuseMeaningless(definition, options);
      const { order = ownOrder, digits = ownDigits, variant = own.variant, convolution = own.convolution } = options;
      const { givens } = options;
      const asked = { ...own, order, digits, variant, convolution };
      const source = stepsOf(asked);
      if (asked.order !== 'standard' && !source.some(({ stage }) => stage === 'update')) {
        throw new OptionError(`${name}: expected the order standard, since no weight is changed, got ${asked.order}`);
      }
      const choice = { ...asked, givens: givensNamed(name, source, givens ?? {}) };
      const steps = numbered(givens === undefined ? source : markedChanges(stepsOf(choice), source));
      // With kernels laid on the other way, or with other numbers, the equations are not those of the source.
      const isOfSource =
        choice.convolution === own.convolution && steps.every(({ changedFrom }) => changedFrom === undefined);
      return {
        example: name,
        title,
        about: aboutOf(choice),
        order: choice.order,
        digits: choice.digits,
        ...(ownConvolution === undefined ? {} : { convolution: choice.convolution }),
        ...(aboutGivens === undefined ? {} : { aboutGivens }),
        steps,
        errata: isOfSource ? errataOf(slips, steps, choice.digits) : [],
      };
    },
  };
}

/** @throws OptionError for a variant that there is not, and for a kind of convolution without convolutions */
function refuseMeaningless(definition: ExampleDefinition, { variant, convolution }: ExampleOptions): void {
  const { name, variants, ownConvolution } = definition;
  if (variant !== undefined && !variants?.includes(variant)) {
    throw new OptionError(`${name}: expected the variant ${variants?.join(', ') ?? 'to be left out'}, got ${variant}`);
  }
  if (convolution !== undefined && ownConvolution === undefined) {
    throw new OptionError(`${name}: expected the convolution to be left out, since there is none, got ${convolution}`);
  }
}

/** The computed steps with their numbers. */
function numbered(steps: readonly DerivationStep[]): DerivationStep[] {
  let number = 0;
  return steps.map((step) => (step.stage === 'given' ? step : { ...step, number: ++number }));
}

/** The slips with their values, given the quantities of a derivation. */
function errataOf(slips: readonly Slip[], steps: readonly DerivationStep[], digits: Digits): Erratum[] {
  const values = new Map(steps.map(({ id, value }) => [id, value]));
  const value = (id: string): number => {
    const found = values.get(id);
    if (found === undefined) throw new Error(`erratum: expected a quantity of the derivation, got '${id}'`);
    return found;
  };
  return slips.map(({ wrong, right, ...slip }) => ({
    ...slip,
    // Rounded as the quantities are: a slip that changes no digit shows in no number.
    ...(wrong === undefined ? {} : { wrong: digits === 'exact' ? wrong(value) : roundDecimal(wrong(value), digits) }),
    ...(right === undefined ? {} : { quantity: right, right: value(right) }),
  }));
}
