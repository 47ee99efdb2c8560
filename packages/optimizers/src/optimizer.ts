/**
 * The contract of optimizers: an update rule over flat arrays, one formula in one place.
 *
 * A rule is plain options and a kernel, or a function. Its state (its *slots*, each one number for every parameter) is allocated when
 * the rule is prepared, and can be read and put back by a checkpoint.
 */
import { type Kernels, referenceKernels } from '@longhand/kernels';
import { builtIn, type Description, type Kind } from '@longhand/schema';
import { dtypeOf, type FloatArray, type Shape, ShapeError } from '@longhand/tensor';
import { type PreparedUpdate, prepareUpdate, type UpdateRule } from './update-step';

/** One tensor of the parameters: where it lies in the flat array. */
export interface TensorEntry {
  /** `conv1.weight` */
  readonly path: string;
  /** The tensor's shape. */
  readonly shape: Shape;
  /** The index of its first number in the flat array. */
  readonly offset: number;
  /** How many numbers it has. */
  readonly length: number;
}

/** What a rule may want to know besides the numbers. */
export interface OptimizerContext {
  /** The tensors that the values are made of, one after another. */
  readonly entries?: readonly TensorEntry[];
  /** What computes; values, slots and gradients have to be arrays of this set. Default: the reference kernels, for any arrays. */
  readonly kernels?: Kernels;
  /** The gradients of every update, where they are the same array: bound beforehand, so that no update allocates. */
  readonly gradients?: FloatArray;
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
   * Whether an update looks at whole tensors. Then `prepare` needs the entries, and a worker gets all of a tensor or nothing of
   * it. Default: false, each number by itself.
   */
  readonly wholeTensors?: boolean;
  /**
   * Whether the rule fits a network's parameters, before anything is prepared. Default: it fits any.
   *
   * @throws OptionError when it does not
   */
  checkEntries?(entries: readonly TensorEntry[]): void;
  /**
   * Binds the rule to parameters.
   *
   * @param slots the state to continue from, by name, changed in place. Default: zeros.
   * @param context the entries are only needed by rules for whole tensors
   */
  prepare(values: FloatArray, slots?: Readonly<Record<string, FloatArray>>, context?: OptimizerContext): OptimizerPass;
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

/** An optimizer whose rule takes each parameter by itself, from its options, the names of its slots and its rule. */
export function optimizerOf<Slot extends string, Described extends Description & { readonly learningRate: number }>(
  description: Described,
  slotNames: readonly Slot[],
  rule: UpdateRule,
): Optimizer<Described> {
  return builtIn({
    description,
    learningRate: description.learningRate,
    slotNames,
    prepare: (values, given, context) =>
      optimizerPass({ description, slotNames, values, given, context }, (slots) =>
        prepareUpdate(rule, { where: description.kind, values, slots, ...context }),
      ),
  });
}

/** What a pass is made of. */
export interface OptimizerPassOptions<Slot extends string> {
  readonly description: Description & { readonly learningRate: number };
  readonly slotNames: readonly Slot[];
  readonly values: FloatArray;
  /** The state to continue from. Default: zeros. */
  readonly given: Readonly<Record<string, FloatArray>> | undefined;
  readonly context: OptimizerContext | undefined;
}

/**
 * A pass over parameters: allocates the slots, counts the updates, checks the gradients.
 *
 * @param bind binds the rule to the slots
 */
export function optimizerPass<Slot extends string>(
  { description, slotNames, values, given, context }: OptimizerPassOptions<Slot>,
  bind: (slots: Readonly<Record<Slot, FloatArray>>) => PreparedUpdate,
): OptimizerPass {
  const { kernels = referenceKernels } = context ?? {};
  const slots = Object.fromEntries(
    slotNames.map((name) => [name, given?.[name] ?? kernels.allocate(dtypeOf(values), values.length)]),
  ) as Record<Slot, FloatArray>;
  const apply = bind(slots);
  const pass: OptimizerPass = {
    stepCount: 0,
    slots,
    update(gradients, learningRate = description.learningRate) {
      if (gradients.length !== values.length) {
        throw new ShapeError(
          `${description.kind}: expected ${values.length} gradients, one for each parameter, got ${gradients.length}`,
        );
      }
      pass.stepCount++;
      apply(gradients, { learningRate, step: pass.stepCount });
    },
  };
  return pass;
}
