/** "Try it yourself": the value of the present step is hidden until it is found, or shown on request. */
import { agrees, correctionOf, type DerivationStep, numberTyped } from '@longhand/worked-examples';
import { computed, effect, signal } from '@preact/signals';
import { derivation, presentStep } from './choice';

/** Whether values are hidden. */
export const isPracticing = signal(false);

/** What was said about the last answer to the present step. */
export const verdict = signal<{ readonly kind: 'correct' | 'wrong' | 'refused'; readonly text: string } | undefined>(
  undefined,
);

/** The steps that were answered or shown, and whether the first answer was correct. */
const known = signal<ReadonlyMap<string, boolean>>(new Map());
const firstAnswers = signal<ReadonlyMap<string, boolean>>(new Map());

/** The step whose value is hidden now. */
export const hiddenStep = computed<DerivationStep | undefined>(() => {
  const step = presentStep.value;
  const isHidden = isPracticing.value && step?.formula !== undefined && !known.value.has(step.id);
  return isHidden ? step : undefined;
});

/** The slips of the note that give nothing away: while values are hidden, those of quantities that were answered or shown. */
export const shownSlips = computed(() => {
  const { errata } = derivation.value;
  return isPracticing.value
    ? errata.filter(({ quantity }) => quantity !== undefined && known.value.has(quantity))
    : errata;
});

/** How it went so far; undefined before the first answer. */
export const score = computed(() => {
  const answers = [...firstAnswers.value.values()];
  return answers.length === 0
    ? undefined
    : `${answers.filter((isCorrect) => isCorrect).length} of ${answers.length} correct at the first try`;
});

/** Judges an answer to the hidden step. */
export function answer(typed: string): void {
  const step = hiddenStep.value;
  if (step === undefined) return;
  const value = numberTyped(typed);
  if (typed.trim() === '' || Number.isNaN(value)) {
    verdict.value = { kind: 'refused', text: `Expected a number, got ${typed.trim() || 'nothing'}.` };
    return;
  }
  const { digits } = derivation.value;
  const isCorrect = agrees(value, step.value, digits);
  if (!firstAnswers.value.has(step.id)) firstAnswers.value = new Map([...firstAnswers.value, [step.id, isCorrect]]);
  if (isCorrect) known.value = new Map([...known.value, [step.id, true]]);
  verdict.value = isCorrect
    ? { kind: 'correct', text: '✓ Correct.' }
    : { kind: 'wrong', text: `✗ ${typed.trim()}: ${correctionOf(value, step, digits)}.` };
}

/** Gives the hidden value away. */
export function giveAway(): void {
  const step = hiddenStep.value;
  if (step !== undefined) known.value = new Map([...known.value, [step.id, false]]);
}

/** Another derivation begins anew, and another step without a verdict. */
export function followPractice(): () => void {
  const forget = effect(() => {
    void derivation.value;
    known.value = new Map();
    firstAnswers.value = new Map();
  });
  const clear = effect(() => {
    void presentStep.value;
    verdict.value = undefined;
  });
  return () => {
    forget();
    clear();
  };
}
