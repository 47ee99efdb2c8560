/** The contract of a worked example: a name, what can be chosen, and the derivation that follows. */
import { OptionError } from '@longhand/tensor';
import type { ConvolutionKind, Derivation, DerivationStep, Digits, Erratum, UpdateOrder } from './derivation';

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
  readonly steps: (choice: MadeChoice) => readonly DerivationStep[];
}

/** An example, with the choices that are left open made as its source makes them. */
export function workedExample({ slips = [], steps: stepsOf, ...description }: ExampleDefinition): WorkedExample {
  const { name, title, about, ownOrder, ownDigits, ownConvolution, variants } = description;
  return {
    ...description,
    derive({ order = ownOrder, digits = ownDigits, variant = variants?.[0] ?? '', convolution = ownConvolution } = {}) {
      if (variant !== '' && !variants?.includes(variant)) {
        throw new OptionError(
          `${name}: expected the variant ${variants?.join(', ') ?? 'to be left out'}, got ${variant}`,
        );
      }
      if (convolution !== undefined && ownConvolution === undefined) {
        throw new OptionError(
          `${name}: expected the convolution to be left out, since there is none, got ${convolution}`,
        );
      }
      const steps = numbered(stepsOf({ order, digits, variant, convolution: convolution ?? 'cross-correlation' }));
      // With kernels laid on the other way, the equations are not those of the source.
      const errata = convolution === ownConvolution ? errataOf(slips, steps) : [];
      const kind = convolution === undefined ? {} : { convolution };
      return { example: name, title, about, order, digits, ...kind, steps, errata };
    },
  };
}

/** The computed steps with their numbers. */
function numbered(steps: readonly DerivationStep[]): DerivationStep[] {
  let number = 0;
  return steps.map((step) => (step.stage === 'given' ? step : { ...step, number: ++number }));
}

/** The slips with their values, given the quantities of a derivation. */
function errataOf(slips: readonly Slip[], steps: readonly DerivationStep[]): Erratum[] {
  const values = new Map(steps.map(({ id, value }) => [id, value]));
  const value = (id: string): number => {
    const found = values.get(id);
    if (found === undefined) throw new Error(`erratum: expected a quantity of the derivation, got '${id}'`);
    return found;
  };
  return slips.map(({ wrong, right, ...slip }) => ({
    ...slip,
    ...(wrong === undefined ? {} : { wrong: wrong(value) }),
    ...(right === undefined ? {} : { quantity: right, right: value(right) }),
  }));
}
