/**
 * A number of a large network as a worksheet that can be worked with a pencil: terms that are zero are left out, and all that the lines
 * read is given.
 */
import type { Derivation, DerivationStep, Notation } from '../derivation';

/** More lines than this, or more numbers to begin with, are no exercise. */
const [mostLines, mostGivens] = [40, 100];

/** A number that is made of more is given, not worked out on the way. */
const mostInputs = 8;

/**
 * The steps of a blank worksheet of a quantity that was asked for by name: what is given, then what is to be worked out; undefined where
 * that is too much for a pencil, or all is zero.
 *
 * @param stepOf the step of any quantity by its id
 * @example
 * import { imageAt } from '@longhand/datasets';
 * import { lenetDocumented } from '@longhand/layers';
 * import { mnistNormalization as normalization } from '@longhand/mnist';
 * import { loadMnist } from '@longhand/mnist/node';
 * const image = imageAt(loadMnist({ split: 'test' }), 0);
 * const step = networkStep({ network: lenetDocumented(), image, label: 7, normalization });
 * const { family, index } = entryNamed(step.families, 'w.7.100');
 * const steps = blankWorksheet({ steps: step.derive(family, index) }, (id) => step.stepOf(id, { numerical: false }));
 * steps?.at(-1)?.number; // 3
 */
export function blankWorksheet(
  { steps }: Pick<Derivation, 'steps'>,
  stepOf: (id: string) => DerivationStep,
): readonly DerivationStep[] | undefined {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const lines = new Map<string, DerivationStep>();
  const asked = steps.filter(({ terms }) => terms !== undefined);
  if (asked.some(({ terms = [] }) => terms.every(({ value }) => value === 0))) return undefined;
  for (const step of asked) {
    for (const id of readBy(step)) {
      const input = byId.get(id);
      if (input?.formula !== undefined && input.inputs.length <= mostInputs) lines.set(id, input);
    }
    lines.set(step.id, withoutZeros(step, byId));
  }
  const read = [...lines.values()].flatMap((line) => (asked.some(({ id }) => id === line.id) ? [] : line.inputs));
  const needed = new Set([...asked.flatMap(readBy), ...read]);
  // A weight that was asked for is read by nothing here.
  const askedGivens = steps.slice(0, 1).filter(({ stage }) => stage === 'given');
  const ids = [...new Set([...askedGivens.map(({ id }) => id), ...needed])].filter((id) => !lines.has(id));
  if (lines.size === 0 || lines.size > mostLines || ids.length > mostGivens) return undefined;
  const given = ids.map((id) => givenStep(byId.get(id) ?? stepOf(id)));
  const ordered = (['forward', 'backward'] as const).flatMap((stage) =>
    [...lines.values()].filter((line) => line.stage === stage),
  );
  return [...given, ...ordered.map((line, at) => ({ ...line, number: at + 1 }))];
}

/** What has to be known for a quantity: the factors of the terms that are not zero, or all of its formula. */
function readBy({ terms = [], inputs }: DerivationStep): readonly string[] {
  const nonzero = terms.filter(({ value }) => value !== 0);
  if (nonzero.length === terms.length || nonzero.some(({ factors }) => factors.length === 0)) return inputs;
  return [...new Set(nonzero.flatMap(({ factors }) => factors.map(({ id }) => id)))];
}

/** A long sum by its terms that are not zero. */
function withoutZeros(step: DerivationStep, byId: ReadonlyMap<string, DerivationStep>): DerivationStep {
  if (step.formula === undefined) return step;
  const nonzero = (step.terms ?? []).filter(({ value }) => value !== 0);
  if (readBy(step) === step.inputs || nonzero.length === 0) return step;
  const write = (form: keyof Notation, dot: string): string =>
    nonzero.map(({ factors }) => factors.map(({ id }) => byId.get(id)?.symbol[form] ?? id).join(dot)).join(' + ');
  return { ...step, formula: { text: write('text', '·'), latex: write('latex', ' \\cdot ') } };
}

function givenStep({ id, symbol, value, shown }: DerivationStep): DerivationStep {
  return { id, stage: 'given', symbol, value, shown, inputs: [] };
}
