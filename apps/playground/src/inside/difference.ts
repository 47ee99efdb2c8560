/** The numerical gradient of the number that is looked at: twenty passes, made a few at a time once the rest of the page is drawn. */
import type { Difference, NetworkStep } from '@longhand/worked-examples';
import { computed, effect, signal } from '@preact/signals';
import { askedName } from './asked';
import { presentStep } from './present-step';

/** How long the page is kept from anything else, in milliseconds; a large network's pass takes longer. */
const SLICE = 8;

interface Found {
  readonly step: NetworkStep;
  readonly name: string;
  readonly difference: Difference;
}

const latest = signal<Found | undefined>(undefined);

/** That of the present number; undefined while it is computed. */
export const askedDifference = computed((): Difference | undefined => {
  const found = latest.value;
  return found?.step === presentStep.value && found?.name === askedName.value ? found?.difference : undefined;
});

/** Computes it, for as long as it is shown. */
export function followDifference(): () => void {
  return effect(() => {
    const [step, name] = [presentStep.value, askedName.value];
    if (step === undefined || name === undefined || askedDifference.peek() !== undefined) return;
    let timer: ReturnType<typeof setTimeout>;
    const slice = (): void => {
      const end = performance.now() + SLICE;
      const difference = step.differenceOf(`dL/d${name}`, () => performance.now() < end);
      if (difference === undefined) timer = setTimeout(slice);
      else latest.value = { step, name, difference };
    };
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(slice);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  });
}
