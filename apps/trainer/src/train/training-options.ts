/** From the settings of a run to the optimizer, the schedule and the rules that they name. */
import { augmentation, batchCount } from '@longhand/datasets';
import type { PresetName } from '@longhand/layers';
import {
  adam,
  adamw,
  constant,
  cosine,
  type Optimizer,
  oneCycle,
  rmsprop,
  type Schedule,
  sgd,
  step,
  warmUp,
  weightAverage,
} from '@longhand/optimizers';
import { checkSelection, type SelectionRules, type TrainingOptions } from '@longhand/training';
import { CommandError, exitCodes } from '../command/failure';
import { settingName, settingNumber } from '../command/reports';
import type { ReportedSettings } from '../run/run-report';
import type { TrainSettings } from '../run/run-settings';

/** The larger a network, the smaller the steps that Adam and its kin can take in it. */
const adaptiveRates: Readonly<Record<PresetName, number>> = { 'lenet-documented': 0.015, lenet5: 0.003, wide: 0.001 };
/** For a network of one's own, and to go on from a trained one. */
const cautiousRate = 0.003;

/** @throws CommandError when an option does not belong to the optimizer */
export function optimizerOf(options: TrainSettings): Optimizer {
  const { optimizer, momentum, nesterov, weightDecay } = options;
  refuse('--nesterov', nesterov, ['sgd'], optimizer);
  refuse('--momentum', momentum, ['sgd', 'rmsprop'], optimizer);
  const unknown = options.model !== undefined || options.from !== undefined;
  const adaptive = unknown ? cautiousRate : adaptiveRates[options.network];
  const decay = weightDecay === undefined ? {} : { weightDecay };
  switch (optimizer) {
    case 'sgd':
      return sgd({
        learningRate: options.learningRate ?? 0.05,
        momentum: momentum ?? 0.9,
        nesterov: nesterov ?? false,
        ...decay,
      });
    case 'rmsprop':
      return rmsprop({ learningRate: options.learningRate ?? adaptive / 10, momentum: momentum ?? 0, ...decay });
    case 'adam':
      return adam({ learningRate: options.learningRate ?? adaptive, ...decay });
    case 'adamw':
      return adamw({ learningRate: options.learningRate ?? adaptive, ...decay });
  }
}

function refuse(option: string, value: unknown, optimizers: readonly string[], optimizer: string): void {
  if (value !== undefined && !optimizers.includes(optimizer)) {
    throw new CommandError(
      exitCodes.usage,
      `option '${option}' has no meaning for ${optimizer}; leave it out or choose --optimizer ${optimizers.join(' or ')}`,
    );
  }
}

/**
 * The schedule that the options name, after its warm-up if there is one.
 *
 * @param images how many each epoch has
 * @throws CommandError when the warm-up would leave no step to the schedule
 */
export function scheduleOf(options: TrainSettings, images: number): Schedule {
  const steps = options.epochs * batchCount(images, options.batchSize);
  if (options.warmUp >= steps) {
    throw new CommandError(
      exitCodes.usage,
      `option '--warm-up' expects fewer steps than the ${steps} of the run, got ${options.warmUp}`,
    );
  }
  const schedule = { 'one-cycle': oneCycle, cosine, step, constant }[options.schedule]();
  return options.warmUp > 0 ? warmUp(schedule, { steps: options.warmUp }) : schedule;
}

/** What makes training harder, so that it teaches more: only what is asked for. */
export function extrasOf({
  averageDecay,
  labelSmoothing,
  plainEnd,
  ...changes
}: TrainSettings): Partial<TrainingOptions> {
  const { shift, rotation, scale, shear, elastic } = changes;
  return {
    labelSmoothing,
    closeAugmentation: plainEnd,
    augmentation: augmentation({ shift, rotation, scale, shear, elastic }),
    ...(averageDecay > 0 ? { averaging: weightAverage({ decay: averageDecay }) } : {}),
  };
}

/**
 * When to stop early, and by what.
 *
 * @throws CommandError when there is nothing to judge by
 */
export function rulesOf({ validation, patience, targetAccuracy }: TrainSettings): SelectionRules {
  for (const [option, value] of Object.entries({ patience, 'target-accuracy': targetAccuracy })) {
    if (value !== undefined && validation === 0) {
      throw new CommandError(
        exitCodes.usage,
        `option '--${option}' looks at images held back from training, and there are none; add --validation 5000`,
      );
    }
  }
  const rules = {
    ...(patience === undefined ? {} : { patience }),
    ...(targetAccuracy === undefined ? {} : { targetAccuracy }),
  };
  checkSelection(rules);
  return rules;
}

/**
 * The settings of a run for its report: what was used, with the values that were chosen for the user, and what was not.
 *
 * @param images how many each epoch has
 */
export function reportedSettings(settings: TrainSettings, images: number): ReportedSettings {
  const { kind: _, ...rule } = optimizerOf(settings).description;
  const entries: (readonly [key: string, value: unknown])[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (!(key in rule)) entries.push([key, value]);
    // What the optimizer works with stands behind its name, whether it was typed or not.
    if (key === 'optimizer') entries.push(...Object.entries(rule));
  }
  const configuration: [label: string, value: string][] = [];
  const unused: string[] = [];
  for (const [key, value] of entries) {
    const name = settingName(key);
    if (key === 'schedule') configuration.push([name, scheduleText(settings, images)]);
    else if ((value === 0 && key !== 'seed') || value === false) unused.push(name);
    else configuration.push([name, valueText(key, value)]);
  }
  return { configuration, unused };
}

/** The schedule with its factors; how long it is warmed up is a setting of its own. */
function scheduleText(settings: TrainSettings, images: number): string {
  const { kind, ...factors } = scheduleOf({ ...settings, warmUp: 0 }, images).description;
  const parts = Object.entries(factors).map(([key, value]) => `${settingName(key)} ${valueText(key, value)}`);
  return parts.length === 0 ? kind : `${kind} (${parts.join(', ')})`;
}

function valueText(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? settingNumber(key, value) : String(value);
}
