/**
 * The contract of optimizers: an update rule over flat arrays, one formula in one place.
 *
 * A rule is plain options and a function; what it remembers from step to step (its *slots*, one number for every
 * parameter) is allocated when it is prepared, and can be read and put back by a checkpoint.
 */
import { allocateFloats, dtypeOf, type FloatArray, OptionError, ShapeError } from '@longhand/tensor';

/** One update of all parameters: the arguments that every rule's formula works on. */
export interface Update<Slot extends string> {
  /** The parameters, changed in place. */
  readonly values: FloatArray;
  readonly gradients: FloatArray;
  readonly slots: Readonly<Record<Slot, FloatArray>>;
  readonly learningRate: number;
  /** Which update this is, counted from 1. */
  readonly step: number;
}

/** An update rule with its options. */
export interface Optimizer {
  /** The rule's name and options, as plain data. */
  readonly description: Readonly<Record<string, unknown>> & { readonly kind: string };
  /** The learning rate that schedules are factors of. */
  readonly learningRate: number;
  /** The names of what the rule remembers: for each an array as long as the parameters. */
  readonly slotNames: readonly string[];
  /**
   * Binds the rule to parameters.
   *
   * @param slots what it remembers so far, by name; zeros unless given. They are changed in place.
   */
  prepare(values: FloatArray, slots?: Readonly<Record<string, FloatArray>>): OptimizerPass;
}

/** An update rule at work on one set of parameters. */
export interface OptimizerPass {
  /** How many updates were made; a checkpoint keeps it and puts it back. */
  stepCount: number;
  /** What the rule remembers, by name; a checkpoint keeps and refills these arrays. */
  readonly slots: Readonly<Record<string, FloatArray>>;
  /**
   * Changes the parameters once. It may be passed around by itself.
   *
   * @param learningRate the rate of this step; the optimizer's own unless given
   * @throws ShapeError unless there is one gradient for each parameter
   */
  update(gradients: FloatArray, learningRate?: number): void;
}

/** An optimizer from its options, the names of its slots and its formula. */
export function optimizerOf<Slot extends string>(
  description: Optimizer['description'],
  learningRate: number,
  slotNames: readonly Slot[],
  apply: (update: Update<Slot>) => void,
): Optimizer {
  return {
    description,
    learningRate,
    slotNames,
    prepare(values, given) {
      const slots = Object.fromEntries(
        slotNames.map((name) => [name, given?.[name] ?? allocateFloats(dtypeOf(values), values.length)]),
      ) as Record<Slot, FloatArray>;
      const pass: OptimizerPass = {
        stepCount: 0,
        slots,
        update(gradients, rate = learningRate) {
          if (gradients.length !== values.length) {
            throw new ShapeError(
              `${description.kind}: expected ${values.length} gradients, one for each parameter, got ${gradients.length}`,
            );
          }
          pass.stepCount++;
          apply({ values, gradients, slots, learningRate: rate, step: pass.stepCount });
        },
      };
      return pass;
    },
  };
}

/** @throws OptionError unless the value is a number above zero */
export function checkPositive(where: string, name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`${where}: expected a number above 0 as ${name}, got ${value}`);
  }
}

/** @throws OptionError unless the value is at least zero and, where a bound is given, below it */
export function checkFromZero(where: string, name: string, value: number, below = Number.POSITIVE_INFINITY): void {
  if (!(value >= 0 && value < below)) {
    const range = below === Number.POSITIVE_INFINITY ? 'of at least 0' : `from 0 to below ${below}`;
    throw new OptionError(`${where}: expected a number ${range} as ${name}, got ${value}`);
  }
}
