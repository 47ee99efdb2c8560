/**
 * One number of a training step of the present model, on the digit of the other views, else on a test digit: `lenet-step` for a network
 * with the names of the notes, `network-step` for any other. Number, label and picture are those of Backwards, and so is the address.
 */
import { imageAt } from '@longhand/datasets';
import {
  blankWorksheet,
  type Derivation,
  type DerivationStep,
  entryNamed,
  type NamedEntry,
  type NetworkStep,
} from '@longhand/worked-examples';
import { computed } from '@preact/signals';
import { digitExampleNames } from '../address-settings';
import { picture } from '../drawing/reading';
import { asked, nameOfLargest } from '../inside/asked';
import { label, presentStep, shownLabel, stepOn } from '../inside/present-step';
import { digits, presentModel } from '../session';

/** Whether a name in the address means it. */
export function isDigitExample(name: string): boolean {
  return (digitExampleNames as readonly string[]).includes(name);
}

interface StepOnDigit {
  readonly step: NetworkStep;
  readonly label: number;
  /** What the digit is, and its label, in a sentence. */
  readonly digit: string;
}

/** The step; undefined while there is no digit. */
const stepOnDigit = computed((): StepOnDigit | undefined => {
  const [own, ownLabel] = [presentStep.value, shownLabel.value];
  if (own !== undefined && ownLabel !== undefined) {
    const name = picture.value?.from === 'file' ? picture.value.name : 'yours';
    return { step: own, label: ownLabel, digit: `The digit is ${name}, its label ${ownLabel}.` };
  }
  const [model, testing] = [presentModel.value, digits.value?.testing];
  if (model === undefined || testing === undefined) return undefined;
  const { height, width, channels } = testing;
  if ([height, width, channels].some((extent, at) => extent !== model.network.inputShape[at])) return undefined;
  const trueLabel = testing.labels[0];
  const step = stepOn(model, imageAt(testing, 0), trueLabel);
  const wrong = label.value ?? labelToLearn(step, trueLabel);
  const digit = `The digit is the first test digit, a ${model.classes[trueLabel]}`;
  if (wrong === trueLabel || wrong >= model.classes.length) return { step, label: trueLabel, digit: `${digit}.` };
  const why = `with the label ${model.classes[wrong]}: of its own one there is almost nothing to learn.`;
  return { step: step.withLabel(wrong), label: wrong, digit: `${digit}, ${why}` };
});

/** A model that is sure of the label has nothing to learn of it, and every gradient is almost zero: then the most probable of the others. */
function labelToLearn(step: NetworkStep, label: number): number {
  const family = step.families.find(({ source }) => source.kind === 'prediction');
  const probabilities = [...((family && step.valuesOf(family)) ?? [])];
  if (probabilities[label] < 0.9) return label;
  const others = probabilities.map((probability, at) => (at === label ? -1 : probability));
  return others.indexOf(Math.max(...others));
}

/** The number that is asked for: that of Backwards, or one that the network has. */
const askedEntry = computed((): NamedEntry | undefined => {
  if (stepOnDigit.value === undefined) return undefined;
  const { step, label } = stepOnDigit.value;
  const kernels = step.families.find(({ stem }) => stem === 'k2');
  return [asked.value, kernels && nameOfLargest(step, kernels), `p${label}`]
    .map((name) => (name === undefined ? undefined : entryOf(step, name)))
    .find((entry) => typeof entry === 'object');
});

/** The entry of a name, or why there is none. */
function entryOf(step: NetworkStep, name: string): NamedEntry | string {
  try {
    return entryNamed(step.families, name);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The name of the number that is asked for; empty while there is no digit. */
export const askedNumber = computed(() => askedEntry.value?.id ?? '');

/** Asks for another number. Returns why it cannot be asked for. */
export function ask(name: string): string | undefined {
  if (stepOnDigit.value === undefined) return 'Expected a digit first.';
  const entry = entryOf(stepOnDigit.value.step, name);
  if (typeof entry === 'string') return entry;
  asked.value = entry.id;
  return undefined;
}

/** What is known of it, whatever is asked for. */
export const digitExample = computed(() => {
  const hasNotesNames = stepOnDigit.value?.step.families.some(({ stem }) => stem === 'k1') ?? true;
  return {
    name: digitExampleNames[hasNotesNames ? 0 : 1],
    title: 'One number of a training step, on a real digit',
  };
});

const stages = ['given', 'forward', 'backward'] as const;

/** The derivation of the number that is asked for, its inputs first; without steps while there is no digit. */
export const digitDerivation = computed((): Derivation => {
  const { name, title } = digitExample.value;
  const fixed = { example: name, title, order: 'standard', digits: 'exact', errata: [] } as const;
  const [on, entry] = [stepOnDigit.value, askedEntry.value];
  if (on === undefined || entry === undefined) {
    return {
      ...fixed,
      about: 'Draw a digit of the size that the network takes, or wait for the test digits.',
      steps: [],
    };
  }
  const derived = on.step.derive(entry.family, entry.index);
  let number = 0;
  const steps = stages.flatMap((wanted) =>
    derived
      .filter(({ stage }) => stage === wanted)
      .map((step) => (wanted === 'given' ? step : { ...step, number: ++number })),
  );
  const about = `First what the number is made of, then its gradient, in the model that is present. ${on.digit} Every factor can be asked for in turn.`;
  return { ...fixed, about, steps };
});

/** What a blank worksheet of the number has; undefined where it has too many numbers for a pencil. */
export const digitWorksheet = computed((): readonly DerivationStep[] | undefined => {
  const step = stepOnDigit.value?.step;
  return step && blankWorksheet(digitDerivation.value, (id) => step.stepOf(id, { numerical: false }));
});
