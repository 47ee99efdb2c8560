/** Answers of students: whether one is correct, and which usual error leads to a wrong one. */
import type { DerivationStep, Digits, StudentError } from './derivation';

/** What each error means, for the student who made it. */
const explanations: Readonly<Record<StudentError['name'], string>> = {
  'forgot σ′': 'that is what comes out without σ′: the error has to go back through the activation too',
  'flipped the kernel': 'that is what comes out with a flipped kernel',
  'did not flip the kernel': 'that is without turning the kernel; here it is turned before it is laid on',
  'used the new weights': 'that is what comes out with the weights after the update; here they are the old ones',
  'used the old weights': 'that is what comes out with the old weights; this note goes on with the updated ones',
  'wrong sign':
    'that has the wrong sign: an update goes against the gradient, and an error is the output less the target',
};

/**
 * What was typed as a number: a comma for the point and a true minus are understood. 0 for nothing, NaN for something else.
 *
 * @example numberTyped('−0,106'); // -0.106
 */
export function numberTyped(text: string): number {
  return Number(text.trim().replace('−', '-').replace(',', '.'));
}

/**
 * Whether an answer is correct: to three decimals where those are asked for, else to a thousandth of the value.
 *
 * @example agrees(0.1064, 0.106, 3); // true
 */
export function agrees(answer: number, value: number, digits: Digits): boolean {
  const allowed = digits === 3 ? 0.0005 : Math.max(Math.abs(value) * 1e-3, 1e-9);
  return Math.abs(answer - value) < allowed;
}

/**
 * What to say about a wrong answer: the usual error that it comes from, where it is one.
 *
 * @example
 * const steps = examples.flatMap((example) => [...example.derive().steps]);
 * correctionOf(1e9, steps[0], 3); // 'not quite'
 */
export function correctionOf(answer: number, { mistakes = [] }: DerivationStep, digits: Digits): string {
  const error = mistakes.find(({ value }) => agrees(answer, value, digits));
  return error === undefined ? 'not quite' : explanations[error.name];
}
