/**
 * Learning rate schedules: the rate in the course of a run, as a factor of the optimizer's own. A schedule is a pure
 * function of the step, so a resumed run needs no state of it. The registry of schedules is at the end.
 */
import {
  belowOne,
  builtIn,
  type Description,
  type DescriptionOf,
  type Entries,
  fromDescription,
  isRecord,
  kind,
  type Named,
  nonNegative,
  optional,
  positive,
  where,
} from '@longhand/schema';
import { cos, pow } from '@longhand/tensor';
import { checkedOptions, optionError } from './checked-options';

/** One step of a run. */
export interface ScheduleStep {
  /** Which step is about to be made, counted from 0. */
  readonly step: number;
  /** How many steps the whole run has. */
  readonly totalSteps: number;
  /** How many steps one epoch has. */
  readonly stepsPerEpoch: number;
}

/** The factor of the learning rate at every step of a run. */
export interface Schedule<Described extends Description = Description> {
  /** The schedule's name and options, as plain data. */
  readonly description: Described;
  /** What the optimizer's learning rate is multiplied by at a step. */
  factor(now: ScheduleStep): number;
}

/**
 * The same rate throughout.
 *
 * @example constant().factor({ step: 10, totalSteps: 100, stepsPerEpoch: 20 }); // 1
 */
export function constant(): Schedule<Named<'constant', object>> {
  return builtIn({ description: { kind: 'constant' as const }, factor: () => 1 });
}

const constantKind = kind('constant', {}, constant);

/** The options of {@link step}. */
export interface StepScheduleOptions {
  /** After how many epochs the rate is changed, again and again. Default: 1. */
  readonly epochs?: number;
  /** What it is multiplied by each time. Default: 0.1. */
  readonly factor?: number;
}

/**
 * The rate multiplied by a factor every few epochs.
 *
 * @throws OptionError when an option is out of its range
 * @example step({ epochs: 2, factor: 0.5 }).factor({ step: 40, totalSteps: 100, stepsPerEpoch: 20 }); // 0.5
 */
export function step(options: StepScheduleOptions = {}): Schedule<Named<'step', StepScheduleOptions>> {
  const { epochs = 1, factor = 0.1 } = checkedOptions(stepKind, options, 'step schedule');
  return builtIn({
    description: { kind: 'step', epochs, factor },
    factor: (now) => pow(factor, Math.floor(now.step / (epochs * now.stepsPerEpoch))),
  });
}

const stepKind = kind(
  'step',
  { epochs: optional(positive), factor: optional(positive) } satisfies Entries<StepScheduleOptions>,
  step,
);

/** The options of {@link cosine}. */
export interface CosineOptions {
  /** The factor that the rate falls toward: that of the step after the last. Default: 0. */
  readonly end?: number;
}

/**
 * Half a cosine from 1 at the first step down toward `end`, which comes right after the last step, as in PyTorch's
 * `CosineAnnealingLR`: with 0 the last step is small, not none. After Loshchilov and Hutter, "SGDR", 2017, without
 * restarts.
 *
 * @throws OptionError when an option is out of its range
 * @example cosine().factor({ step: 50, totalSteps: 100, stepsPerEpoch: 20 }); // 0.5
 */
export function cosine(options: CosineOptions = {}): Schedule<Named<'cosine', CosineOptions>> {
  const { end = 0 } = checkedOptions(cosineKind, options, 'cosine schedule');
  return builtIn({
    description: { kind: 'cosine', end },
    factor: (now) => ease(1, end, now.step / now.totalSteps),
  });
}

const cosineKind = kind('cosine', { end: optional(nonNegative) } satisfies Entries<CosineOptions>, cosine);

/** The options of {@link oneCycle}. */
export interface OneCycleOptions {
  /** The part of the run in which the rate rises, from 0 to below 1. Default: 0.2. */
  readonly rise?: number;
  /** The factor of the first step. Default: 1/25. */
  readonly start?: number;
  /** The factor of the last step. Default: 1/250,000. */
  readonly end?: number;
}

/**
 * Up from `start` to 1 and down to `end`, both along half a cosine: Smith and Topin, "Super-convergence", 2018, with
 * the corner points of PyTorch's `OneCycleLR`.
 *
 * @throws OptionError when an option is out of its range
 * @example oneCycle({ rise: 0.3 }).factor({ step: 29, totalSteps: 100, stepsPerEpoch: 20 }); // 1
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule<Named<'one-cycle', OneCycleOptions>> {
  const checked = checkedOptions(oneCycleKind, options, 'one-cycle schedule');
  const { rise = 0.2, start = 1 / 25, end = 1 / 250_000 } = checked;
  return builtIn({
    description: { kind: 'one-cycle', rise, start, end },
    factor(now) {
      const top = rise * now.totalSteps - 1;
      const last = now.totalSteps - 1;
      // A run too short to rise in begins at the top.
      if (now.step <= top && top > 0) return ease(start, 1, now.step / top);
      return last > top ? ease(1, end, (now.step - Math.max(top, 0)) / (last - Math.max(top, 0) || 1)) : 1;
    },
  });
}

const oneCycleKind = kind(
  'one-cycle',
  {
    rise: optional(belowOne),
    start: optional(nonNegative),
    end: optional(nonNegative),
  } satisfies Entries<OneCycleOptions>,
  oneCycle,
);

/** The options of {@link warmUp}. */
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
 * @example warmUp(cosine(), { steps: 3 }).factor({ step: 0, totalSteps: 100, stepsPerEpoch: 20 }); // 0.25
 */
export function warmUp(schedule: Schedule, options: WarmUpOptions): Schedule<Named<'warm-up', WarmUpDescription>> {
  const described = { ...options, before: schedule.description };
  const { steps } = checkedOptions(warmUpKind, described, 'warm-up');
  const shortened = (now: ScheduleStep): ScheduleStep => ({
    ...now,
    step: Math.max(now.step - steps, 0),
    totalSteps: Math.max(now.totalSteps - steps, 1),
  });
  return builtIn(
    {
      description: { kind: 'warm-up', ...described },
      factor: (now) => schedule.factor(shortened(now)) * Math.min((now.step + 1) / (steps + 1), 1),
    },
    [schedule],
  );
}

/** The options of a warm-up as plain data: the schedule that follows is described in turn. */
interface WarmUpDescription extends WarmUpOptions {
  readonly before: Description;
}

const warmUpKind = kind(
  'warm-up',
  {
    steps: nonNegative,
    before: where<Description>('the description of a schedule', isRecord),
  } satisfies Entries<WarmUpDescription>,
  ({ steps, before }): Schedule => warmUp(scheduleFrom(before), { steps }),
);

/** The schedules that need no option, by name. */
export const plainScheduleKinds = {
  'one-cycle': oneCycleKind,
  cosine: cosineKind,
  step: stepKind,
  constant: constantKind,
} as const;

/** Every kind of schedule, by name: the registry that files and commands follow. */
export const scheduleKinds = { ...plainScheduleKinds, 'warm-up': warmUpKind } as const;

/** The names of the schedules that need no option. */
export type PlainScheduleName = keyof typeof plainScheduleKinds;

/** A schedule as plain data: the discriminated union of all kinds. */
export type ScheduleDescription = DescriptionOf<typeof scheduleKinds>;

/**
 * The schedule of a description, which may come from anywhere.
 *
 * @throws OptionError when there is no such kind, or an option is out of its range or none of the kind's
 * @example scheduleFrom({ kind: 'cosine', end: 0.1 }).factor({ step: 0, totalSteps: 100, stepsPerEpoch: 20 }); // 1
 */
export function scheduleFrom(description: ScheduleDescription | Description): Schedule {
  return fromDescription<Schedule>(scheduleKinds, description, { where: 'schedule', error: optionError });
}

/** From `from` to `to` along half a cosine, `progress` running from 0 to 1. */
function ease(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + cos(Math.PI * progress))) / 2;
}
