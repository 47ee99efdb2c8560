/** Given quantities with other values than in the source, by their names. */
import { didYouMean, nearestName } from '@longhand/schema';
import { OptionError } from '@longhand/tensor';
import type { DerivationStep } from './derivation';
import { idNamed, plainName } from './names';
import type { Names, TrainingStepSetup } from './training-step-setup';

/** The setup with its changed givens in their arrays. */
export function withChangedGivens(setup: TrainingStepSetup): TrainingStepSetup {
  const { givens = {}, names, input, target, parameters, learningRate } = setup;
  const changedValue = (id: string | undefined, value: number): number =>
    id !== undefined && Object.hasOwn(givens, id) ? (givens[id] as number) : value;
  const changed = (values: readonly number[], ids: Names = []): number[] =>
    values.map((value, at) => changedValue(ids[at], value));
  const changedParameters = Object.entries(parameters).map(([path, values]) => {
    const dot = path.lastIndexOf('.');
    return [path, changed(values, names.layers[path.slice(0, dot)]?.[path.slice(dot + 1)])] as const;
  });
  return {
    ...setup,
    input: changed(input, names.input),
    target: changed(target, names.target),
    parameters: Object.fromEntries(changedParameters),
    ...(learningRate === undefined ? {} : { learningRate: changedValue(names.learningRate, learningRate) }),
  };
}

/**
 * Values by the ids of the givens that they are for, with the names in any spelling that is printed.
 *
 * @throws OptionError for a name that no given quantity has
 */
export function givensNamed(
  example: string,
  steps: readonly DerivationStep[],
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const given = steps.filter(({ stage }) => stage === 'given');
  const entries = Object.entries(values).map(([name, value]) => {
    const id = idNamed({ steps: given }, name);
    if (id === undefined) {
      const known = given.map((step) => step.id);
      const meant = didYouMean(nearestName(plainName(name), known));
      throw new OptionError(`${example}: expected what is given, ${known.join(', ')}; got ${name}${meant}`);
    }
    if (!Number.isFinite(value)) throw new OptionError(`${example}: expected a number for ${name}, got ${value}`);
    return [id, value] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * The steps with the changed givens marked. A printed figure is judged no more where something changed goes into the value.
 *
 * @param source the steps with the givens of the source
 */
export function markedChanges(steps: readonly DerivationStep[], source: readonly DerivationStep[]): DerivationStep[] {
  const before = new Map(source.map((step) => [step.id, step]));
  const affected = new Set<string>();
  return steps.map((step) => {
    const { printed, ...withoutFigure } = step;
    const was = before.get(step.id);
    if (step.stage === 'given') {
      if (was === undefined || was.value === step.value) return step;
      affected.add(step.id);
      return { ...withoutFigure, changedFrom: was.value };
    }
    // A term that is zero is left out of a formula: what is in either goes into the value. The loss after the update has none.
    const inputs = [...step.inputs, ...(was?.inputs ?? [])];
    const isAffected = step.stage === 'after' ? affected.size > 0 : inputs.some((id) => affected.has(id));
    if (!isAffected) return step;
    affected.add(step.id);
    return withoutFigure;
  });
}
