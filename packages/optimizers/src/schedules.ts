/**
 * Schedules: what becomes of the learning rate in the course of a run, as a factor of the optimizer's own.
 * They are pure functions of the place in the run, so a resumed run needs no state of theirs.
 */
import { cos, pow } from '@longhand/tensor';
import { checkFromZero, checkPositive } from './optimizer';

/** A place in a run. */
export interface ScheduleStep {
  /** Which step is about to be made, counted from 0. */
  readonly step: number;
  /** How many steps the whole run has. */
  readonly totalSteps: number;
  /** How many steps one epoch has. */
  readonly stepsPerEpoch: number;
}

/** The factor of the learning rate at every place of a run. */
export interface Schedule {
  readonly description: Readonly<Record<string, unknown>> & { readonly kind: string };
  factor(place: ScheduleStep): number;
}

/** The same rate throughout. */
export function constant(): Schedule {
  return { description: { kind: 'constant' }, factor: () => 1 };
}

export interface StepScheduleOptions {
  /** After how many epochs the rate is changed, again and again; 1 unless said. */
  readonly epochs?: number;
  /** What it is multiplied by each time; 0.1 unless said. */
  readonly factor?: number;
}

/**
 * The rate multiplied by a factor every few epochs.
 *
 * @throws OptionError when an option is out of its range
 * @example step({ epochs: 2, factor: 0.5 })
 */
export function step({ epochs = 1, factor = 0.1 }: StepScheduleOptions = {}): Schedule {
  checkPositive('step schedule', 'epochs', epochs);
  checkPositive('step schedule', 'factor', factor);
  return {
    description: { kind: 'step', epochs, factor },
    factor: (place) => pow(factor, Math.floor(place.step / (epochs * place.stepsPerEpoch))),
  };
}

export interface CosineOptions {
  /** The factor that the rate falls towards; 0 unless said. It would be that of the step after the last. */
  readonly end?: number;
}

/**
 * Half a cosine from 1 at the first step down towards `end`, which comes right after the last step, as in PyTorch's
 * `CosineAnnealingLR`: with 0 the last step is small, not none. After Loshchilov and Hutter, "SGDR", 2017, without
 * restarts.
 *
 * @throws OptionError when an option is out of its range
 * @example cosine()
 */
export function cosine({ end = 0 }: CosineOptions = {}): Schedule {
  checkFromZero('cosine schedule', 'end', end);
  return {
    description: { kind: 'cosine', end },
    factor: (place) => ease(1, end, place.step / place.totalSteps),
  };
}

export interface OneCycleOptions {
  /** The part of the run in which the rate rises; 0.2 unless said. */
  readonly rise?: number;
  /** The factor of the first step; 1/25 unless said. */
  readonly start?: number;
  /** The factor of the last step; 1/250,000 unless said. */
  readonly end?: number;
}

/**
 * Up from `start` to 1 and down to `end`, both along half a cosine: Smith and Topin, "Super-convergence", 2018, with
 * the places of PyTorch's `OneCycleLR`.
 *
 * @throws OptionError when an option is out of its range
 * @example oneCycle({ rise: 0.3 })
 */
export function oneCycle({ rise = 0.2, start = 1 / 25, end = 1 / 250_000 }: OneCycleOptions = {}): Schedule {
  checkFromZero('one-cycle schedule', 'rise', rise, 1);
  checkFromZero('one-cycle schedule', 'start', start);
  checkFromZero('one-cycle schedule', 'end', end);
  return {
    description: { kind: 'one-cycle', rise, start, end },
    factor(place) {
      const top = rise * place.totalSteps - 1;
      const last = place.totalSteps - 1;
      // A run too short to rise in begins at the top.
      if (place.step <= top && top > 0) return ease(start, 1, place.step / top);
      return last > top ? ease(1, end, (place.step - Math.max(top, 0)) / (last - Math.max(top, 0) || 1)) : 1;
    },
  };
}

export interface WarmUpOptions {
  /** How many steps the rise takes. */
  readonly steps: number;
}

/**
 * A linear rise to the rate that another schedule starts with, then that schedule over the steps that remain. Before
 * `cosine`, `step` and `constant` it rises to the full rate; before `oneCycle`, which has a rise of its own, only to the
 * low rate that this one begins with.
 *
 * @throws OptionError when the number of steps is negative
 * @example warmUp(cosine(), { steps: 100 })
 */
export function warmUp(schedule: Schedule, { steps }: WarmUpOptions): Schedule {
  checkFromZero('warm-up', 'steps', steps);
  const shortened = (place: ScheduleStep): ScheduleStep => ({
    ...place,
    step: Math.max(place.step - steps, 0),
    totalSteps: Math.max(place.totalSteps - steps, 1),
  });
  return {
    description: { kind: 'warm-up', steps, before: schedule.description },
    factor: (place) => schedule.factor(shortened(place)) * Math.min((place.step + 1) / (steps + 1), 1),
  };
}

/** From `from` to `to` along half a cosine, `progress` running from 0 to 1. */
function ease(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + cos(Math.PI * progress))) / 2;
}
