/** From the settings of a run to the optimizer, the schedule and the rules that they name. */
import { augmentation, batchCount } from '@longhand/datasets';
import type { PresetName } from '@longhand/layers';
import {
  type Optimizer,
  type OptimizerKind,
  type OptimizerName,
  optimizerFrom,
  optimizerKinds,
  plainScheduleKinds,
  type Schedule,
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
export function optimizerOf(settings: TrainSettings): Optimizer {
  const { optimizer, learningRate, momentum, nesterov, weightDecay } = settings;
  const typed = Object.entries({ nesterov, momentum, weightDecay, learningRate }).filter(
    ([, value]) => value !== undefined,
  );
  for (const [option] of typed) checkBelongs(option, optimizer);
  const unknown = settings.model !== undefined || settings.from !== undefined;
  const kind: OptimizerKind = optimizerKinds[optimizer];
  const recommended = kind.recommended(unknown ? cautiousRate : adaptiveRates[settings.network]);
  return optimizerFrom({ kind: optimizer, ...recommended, ...Object.fromEntries(typed) });
}

function checkBelongs(option: string, optimizer: OptimizerName): void {
  const takers: OptimizerKind[] = Object.values(optimizerKinds).filter(({ options }) => options.includes(option));
  if (takers.some(({ name }) => name === optimizer)) return;
  const names = takers.map(({ name }) => name).join(' or ');
  throw new CommandError(
    exitCodes.usage,
    `option '--${settingName(option).replaceAll(' ', '-')}' has no meaning for ${optimizer}; leave it out or choose --optimizer ${names}`,
  );
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
  const schedule: Schedule = plainScheduleKinds[options.schedule].make({});
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
