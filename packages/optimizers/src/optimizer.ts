/**
 * The contract of optimizers: an update rule over flat arrays, one formula in one place.
 *
 * A rule is plain options and a function. Its state (its *slots*, each one number for every parameter) is allocated when
 * the rule is prepared, and can be read and put back by a checkpoint.
 */
import { builtIn, type Description, type Kind } from '@longhand/schema';
import { allocateFloats, dtypeOf, type FloatArray, ShapeError } from '@longhand/tensor';

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
export interface Optimizer<Described extends Description = Description> {
  /** The rule's name and options, as plain data. */
  readonly description: Described;
  /** The learning rate that schedules are factors of. */
  readonly learningRate: number;
  /** The names of the rule's state: for each an array as long as the parameters. */
  readonly slotNames: readonly string[];
  /**
   * Binds the rule to parameters.
   *
   * @param slots the state to continue from, by name, changed in place. Default: zeros.
   */
  prepare(values: FloatArray, slots?: Readonly<Record<string, FloatArray>>): OptimizerPass;
}

/** An update rule prepared for one set of parameters. */
export interface OptimizerPass {
  /** The number of updates so far; a checkpoint keeps it and puts it back. */
  stepCount: number;
  /** The rule's state, by name; a checkpoint keeps and refills these arrays. */
  readonly slots: Readonly<Record<string, FloatArray>>;
  /**
   * Changes the parameters once. It may be passed around by itself.
   *
   * @param learningRate the rate of this step. Default: the optimizer's own.
   * @throws ShapeError unless there is one gradient for each parameter
   */
  update(gradients: FloatArray, learningRate?: number): void;
}

/** A kind of optimizer: one entry of the registry in `optimizer-kinds.ts`. */
export interface OptimizerKind<Name extends string = string, Options extends object = object>
  extends Kind<Name, Options, Optimizer> {
  /**
   * Options to begin with, for a command whose user chose only the rule.
   *
   * @param adamRate the learning rate at which Adam trains the network well
   */
  recommended(adamRate: number): Options;
}

/** An optimizer from its options, the names of its slots and its formula. */
export function optimizerOf<Slot extends string, Described extends Description & { readonly learningRate: number }>(
  description: Described,
  slotNames: readonly Slot[],
  apply: (update: Update<Slot>) => void,
): Optimizer<Described> {
  const { learningRate } = description;
  return builtIn({
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
  });
}
