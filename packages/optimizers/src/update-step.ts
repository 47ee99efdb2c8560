/** Rules that take each parameter by itself: their formulas are kernels (`update-rules` in `@longhand/kernels`), bound here to arrays. */
import { type Kernels, kernelSpecs, referenceKernels, updateGeometry } from '@longhand/kernels';
import { dtypeOf, type FloatArray } from '@longhand/tensor';

/** The kernels of such rules. */
type UpdateKernel = 'sgdUpdate' | 'momentumUpdate' | 'adamUpdate' | 'rmspropUpdate' | 'lionUpdate';

/** What a step has of its own. */
export interface Step {
  readonly learningRate: number;
  /** Which update it is, counted from 1. */
  readonly step: number;
}

/** A rule: its kernel, and what the kernel's coefficients are at a step, in the kernel's order. */
export interface UpdateRule {
  readonly kernel: UpdateKernel;
  coefficients(step: Step): readonly number[];
}

/** What an update is bound to. */
export interface UpdateArrays {
  /** The rule's name, for messages. */
  readonly where: string;
  readonly values: FloatArray;
  /** The rule's state, by the names of the kernel's arrays. */
  readonly slots: Readonly<Record<string, FloatArray>>;
  /** Default: the reference kernels. */
  readonly kernels?: Kernels;
  /** Bound at once. Default: gradients are bound when they are first seen. */
  readonly gradients?: FloatArray;
}

/** One update: changes values and slots in place. */
export type PreparedUpdate = (gradients: FloatArray, step: Step) => void;

/** Binds a rule to arrays. */
export function prepareUpdate({ kernel, coefficients }: UpdateRule, arrays: UpdateArrays): PreparedUpdate {
  const { where, values, slots, kernels = referenceKernels } = arrays;
  if (values.length === 0) return () => {};
  const geometry = updateGeometry(where, values.length);
  const atStep = kernels.allocate(dtypeOf(values), kernelSpecs[kernel].reads.coefficients(geometry));
  const written = Object.entries(slots).map(([name, slot]) => [
    `new${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    slot,
  ]);
  const known = { values, ...slots, coefficients: atStep, newValues: values, ...Object.fromEntries(written) };
  const bind = (gradients: FloatArray) => ({
    to: gradients,
    // That the slots are those of the kernel, the rule's name says; `prepare` checks it.
    run: kernels.prepare(kernel, geometry, { ...known, gradients } as never),
  });
  let bound = arrays.gradients && bind(arrays.gradients);
  return (gradients, step) => {
    atStep.set(coefficients(step));
    if (bound?.to !== gradients) bound = bind(gradients);
    bound.run();
  };
}
