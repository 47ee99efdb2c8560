/** The optimizer, schedule, regularization and stopping rules that the settings of a run name. */
import { augmentation, batchCount } from '@longhand/datasets';
import type { PresetName } from '@longhand/layers';
import {
  gradientClipping,
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
import { refusal } from '../command/failure';
import { settingName, settingNumber } from '../command/reports';
import type { ReportedSettings } from '../run/run-report';
import type { RunSettings } from '../run/run-settings';

/** Learning rates of adaptive optimizers: the larger the network, the smaller; batch normalization bears a larger one. */
const adaptiveRates: Readonly<Record<PresetName, number>> = {
  'lenet-documented': 0.015,
  lenet5: 0.003,
  wide: 0.001,
  'pytorch-mnist': 0.001,
  'resnet-small': 0.01,
};
/** For a network of your own, and for further training. */
const cautiousRate = 0.003;

/** @throws CommandError when an option does not belong to the optimizer */
export function optimizerOf(settings: RunSettings): Optimizer {
  const { optimizer } = settings;
  // The names of the settings are those of the optimizers' options.
  const names = new Set(Object.values(optimizerKinds).flatMap(({ options }) => options));
  const typed = Object.entries(settings).filter(([name, value]) => names.has(name) && value !== undefined);
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
  throw refusal(
    `option '--${settingName(option).replaceAll(' ', '-')}' has no meaning for ${optimizer}; leave it out or choose --optimizer ${names}`,
  );
}

/**
 * The schedule that the settings name, after its warm-up if there is one.
 *
 * @param images how many each epoch has
 * @throws CommandError when the warm-up would leave no step to the schedule
 */
export function scheduleOf(options: RunSettings, images: number): Schedule {
  const steps = options.epochs * batchCount(images, options.batchSize);
  if (options.warmUp >= steps) {
    throw refusal(`option '--warm-up' expects fewer steps than the ${steps} of the run, got ${options.warmUp}`);
  }
  const schedule: Schedule = plainScheduleKinds[options.schedule].make({});
  return options.warmUp > 0 ? warmUp(schedule, { steps: options.warmUp }) : schedule;
}

/**
 * Label smoothing, augmentation, gradient clipping and weight averaging, as far as the settings ask for them.
 *
 * @throws CommandError when gradients are to be clipped in two ways
 */
export function regularizationOf(settings: RunSettings): Partial<TrainingOptions> {
  const { averageDecay, labelSmoothing, closeAugmentation, clipNorm, clipValue } = settings;
  const { shift, rotation, scale, shear, elastic, flip } = settings;
  if (clipNorm !== undefined && clipValue !== undefined) {
    throw refusal("option '--clip-norm' cannot be combined with '--clip-value'; leave one of them out");
  }
  return {
    labelSmoothing,
    closeAugmentation,
    ...(clipNorm === undefined ? {} : { gradientClipping: gradientClipping({ norm: clipNorm }) }),
    ...(clipValue === undefined ? {} : { gradientClipping: gradientClipping({ value: clipValue }) }),
    augmentation: augmentation({ shift, rotation, scale, shear, elastic, ...(flip === undefined ? {} : { flip }) }),
    ...(averageDecay > 0 ? { averaging: weightAverage({ decay: averageDecay }) } : {}),
  };
}

/**
 * The rules of early stopping.
 *
 * @throws CommandError when they need a validation split and there is none
 */
export function rulesOf({ validation, patience, targetAccuracy }: RunSettings): SelectionRules {
  for (const [option, value] of Object.entries({ patience, 'target-accuracy': targetAccuracy })) {
    if (value !== undefined && validation === 0) {
      throw refusal(`option '--${option}' needs a validation split, and there is none; add --validation 5000`);
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
 * The settings of a run for its report: those in use with their values, defaults included, and the names of those that are not.
 *
 * @param images how many each epoch has
 */
export function reportedSettings(settings: RunSettings, images: number): ReportedSettings {
  const { kind: _, ...rule } = optimizerOf(settings).description;
  const entries: (readonly [key: string, value: unknown])[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (!(key in rule)) entries.push([key, value]);
    // The optimizer's parameters follow its name, whether they were typed or not.
    if (key === 'optimizer') entries.push(...Object.entries(rule));
  }
  const configuration: [label: string, value: string][] = [];
  const unused: string[] = [];
  for (const [key, value] of entries) {
    const name = settingName(key);
    if (key === 'schedule') configuration.push([name, scheduleText(settings, images)]);
    else if ((value === 0 && key !== 'seed') || value === false || isEmptyList(value)) unused.push(name);
    else configuration.push([name, settingValueText(key, value)]);
  }
  return { configuration, unused };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The schedule with its factors, without the warm-up, which is a setting of its own. */
function scheduleText(settings: RunSettings, images: number): string {
  const { kind, ...factors } = scheduleOf({ ...settings, warmUp: 0 }, images).description;
  const parts = Object.entries(factors).map(([key, value]) => `${settingName(key)} ${settingValueText(key, value)}`);
  return parts.length === 0 ? kind : `${kind} (${parts.join(', ')})`;
}

function settingValueText(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? settingNumber(key, value) : String(value);
}
