/** The optimizer, schedule, regularization and stopping rules that the settings of a run name. */
import { type Augmentation, augmentation, batchCount } from '@longhand/datasets';
import { distillationDefaults, type Loss } from '@longhand/layers';
import {
  gradientClipping,
  type Optimizer,
  type OptimizerKind,
  optimizerFrom,
  optimizerKinds,
  plainScheduleKinds,
  type Schedule,
  warmUp,
  weightAverage,
} from '@longhand/optimizers';
import { countText, percentText } from '@longhand/rendering';
import { isModuleReference, ModuleError, type ModuleReference, madeFrom, shown } from '@longhand/schema';
import {
  adaptiveRate,
  checkSelection,
  hardExamplesBegin,
  type Metric,
  type Metrics,
  type SelectionRules,
  type TrainingOptions,
} from '@longhand/training';
import { refusal, unusable } from '../command/failure';
import { moduleTitle, noCode, type OwnCode } from '../command/own-modules';
import { settingName, settingNumber } from '../command/reports';
import type { ReportedSettings } from '../run/run-report';
import { type RunSettings, settingNames } from '../run/run-settings';

/** @throws CommandError when an option does not belong to the optimizer, or its module does not make one */
export function optimizerOf(settings: RunSettings, code: OwnCode = noCode): Optimizer {
  const { optimizer } = settings;
  // The names of the settings are those of the optimizers' options.
  const names = new Set(Object.values(optimizerKinds).flatMap(({ options }) => options));
  const typed = Object.entries(settings).filter(([name, value]) => names.has(name) && value !== undefined);
  for (const [option] of typed) checkBelongs(option, optimizer);
  if (typeof optimizer !== 'string') {
    return ownObject<Optimizer>('an optimizer', optimizer, code, (made) => isFunction(made.prepare));
  }
  const kind: OptimizerKind = optimizerKinds[optimizer];
  const recommended = kind.recommended(adaptiveRate(settings.network));
  return optimizerFrom({ kind: optimizer, ...recommended, ...Object.fromEntries(typed) });
}

/**
 * The settings with the values that follow from the others: those of the optimizer, of hard examples and of a teacher. With them a run
 * records what it was trained with, whatever is recommended later.
 *
 * @throws CommandError as {@link optimizerOf} does
 */
export function resolvedSettings(settings: RunSettings): RunSettings {
  const { optimizer, hardExamples = 0, teacher } = settings;
  const values: Readonly<Record<string, unknown>> = {
    ...(typeof optimizer === 'string' && optimizerOf(settings).description),
  };
  const ofOptimizer =
    typeof optimizer === 'string'
      ? optimizerKinds[optimizer].options.filter((name) => settingNames.includes(name) && !isEmptyList(values[name]))
      : [];
  const resolved = {
    ...Object.fromEntries(ofOptimizer.map((name) => [name, values[name]])),
    ...(hardExamples > 0 && { hardExamplesAfter: hardExamplesBegin }),
    ...(teacher && { temperature: distillationDefaults.temperature, teacherWeight: distillationDefaults.weight }),
  };
  return { ...settings, ...Object.fromEntries(Object.entries(resolved).filter(([name]) => !(name in settings))) };
}

/** What a run trains with: `adamw, learning rate 0.003, one-cycle, batches of 64`; and a line of hard examples, where there are any. */
export function trainingLines(settings: RunSettings, images: number, code: OwnCode = noCode): readonly string[] {
  const { optimizer, schedule, warmUp, batchSize, hardExamples = 0, hardExamplesAfter = hardExamplesBegin } = settings;
  const called = (named: typeof optimizer | typeof schedule): string =>
    typeof named === 'string' ? named : moduleTitle(named);
  const parts = [
    called(optimizer),
    `learning rate ${optimizerOf(settings, code).learningRate}`,
    called(schedule),
    ...(warmUp > 0 ? [`warm-up of ${countText(warmUp)} steps`] : []),
    `batches of ${countText(Math.min(batchSize, images))}`,
  ];
  const hard =
    hardExamples > 0
      ? [
          `after ${percentText(hardExamplesAfter, 0)} of it, the hardest ${percentText(hardExamples, 0)} of the images: loss and accuracy look worse then (--hard-examples 0: all)`,
        ]
      : [];
  return [parts.join(', '), ...hard];
}

/** What is said of early stopping under a schedule that goes toward 0; undefined where nothing is. */
export function patienceNote({ patience, schedule }: RunSettings): string | undefined {
  if (patience === undefined || typeof schedule !== 'string' || schedule === 'constant') return undefined;
  return `note: ${schedule} lowers the learning rate over all epochs, and --patience may stop before it is low; --schedule constant does not lower it`;
}

function checkBelongs(option: string, optimizer: RunSettings['optimizer']): void {
  if (typeof optimizer !== 'string') {
    throw refusal(
      `option '--${optionName(option)}' has no meaning for ${moduleTitle(optimizer)}; leave it out, or give it among the options of that`,
    );
  }
  const takers: OptimizerKind[] = Object.values(optimizerKinds).filter(({ options }) => options.includes(option));
  if (takers.some(({ name }) => name === optimizer)) return;
  const names = takers.map(({ name }) => name).join(' or ');
  throw refusal(
    `option '--${optionName(option)}' has no meaning for ${optimizer}; leave it out or choose --optimizer ${names}`,
  );
}

/**
 * The loss of the user's own that the settings name.
 *
 * @throws CommandError when its module does not make one
 */
export function lossOf({ loss }: Pick<RunSettings, 'loss'>, code: OwnCode = noCode): { readonly loss?: Loss } {
  if (loss === undefined) return {};
  return { loss: ownObject<Loss>('a loss', loss, code, (made) => isFunction(made.prepare)) };
}

/** Settings with metrics of the user's own. */
interface OwnMetrics {
  readonly metric?: readonly ModuleReference[];
}

/**
 * The metrics that the settings name, by the names of their exports.
 *
 * @throws CommandError when a module does not make one, or two have one name
 */
export function metricsOf({ metric = [] }: OwnMetrics, code: OwnCode = noCode): Metrics {
  const metrics: Record<string, Metric> = {};
  for (const reference of metric) {
    const name = metricName(reference);
    if (Object.hasOwn(metrics, name)) throw refusal(`option '--metric': expected each name once, got ${name} twice`);
    metrics[name] = ownObject<Metric>('a metric', reference, code, isFunction);
  }
  return metrics;
}

/** An object that a module makes; `fits` says whether it is what it should be. */
function ownObject<Made extends object>(
  what: string,
  reference: ModuleReference,
  { modules, urlOf }: OwnCode,
  fits: (made: Made) => boolean,
): Made {
  const title = moduleTitle(reference);
  let made: Made;
  try {
    made = madeFrom<Made>({ ...reference, module: urlOf(reference.module) }, modules);
  } catch (error) {
    if (error instanceof ModuleError) throw error;
    throw unusable(`${title}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (fits(made)) return made;
  throw unusable(`${title}: expected ${what}, got ${shown(made)}`);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/**
 * The schedule that the settings name, after its warm-up if there is one.
 *
 * @param images how many each epoch has
 * @throws CommandError when the warm-up would leave no step to the schedule, or a module does not make one
 */
export function scheduleOf(options: RunSettings, images: number, code: OwnCode = noCode): Schedule {
  const steps = options.epochs * batchCount(images, options.batchSize);
  if (options.warmUp >= steps) {
    throw refusal(`option '--warm-up' expects fewer steps than the ${steps} of the run, got ${options.warmUp}`);
  }
  const { schedule: given } = options;
  const schedule: Schedule =
    typeof given === 'string'
      ? plainScheduleKinds[given].make({})
      : ownObject<Schedule>('a schedule', given, code, (made) => isFunction(made.factor));
  return options.warmUp > 0 ? warmUp(schedule, { steps: options.warmUp }) : schedule;
}

/**
 * Label smoothing, augmentation, gradient clipping and weight averaging, as far as the settings ask for them.
 *
 * @throws CommandError when gradients are to be clipped or images to be augmented in two ways, or a module makes no augmentation
 */
export function regularizationOf(settings: RunSettings, code: OwnCode = noCode): Partial<TrainingOptions> {
  const {
    averageDecay,
    labelSmoothing,
    closeAugmentation,
    hardExamples = 0,
    hardExamplesAfter,
    clipNorm,
    clipValue,
  } = settings;
  const { shift, rotation, scale, shear, elastic, flip, augmentation: own } = settings;
  const distortions = { shift, rotation, scale, shear, elastic, ...(flip === undefined ? {} : { flip }) };
  if (clipNorm !== undefined && clipValue !== undefined) {
    throw refusal("option '--clip-norm' cannot be combined with '--clip-value'; leave one of them out");
  }
  const distorting = Object.entries(distortions).find(([, value]) => value !== 0)?.[0];
  if (own !== undefined && distorting !== undefined) {
    throw refusal(`option '--augmentation' cannot be combined with '--${distorting}'; leave one of them out`);
  }
  return {
    labelSmoothing,
    closeAugmentation,
    ...(hardExamples > 0 && {
      hardExamples: {
        fraction: hardExamples,
        ...(hardExamplesAfter !== undefined && { after: hardExamplesAfter }),
      },
    }),
    ...(clipNorm === undefined ? {} : { gradientClipping: gradientClipping({ norm: clipNorm }) }),
    ...(clipValue === undefined ? {} : { gradientClipping: gradientClipping({ value: clipValue }) }),
    augmentation:
      own === undefined
        ? augmentation(distortions)
        : ownObject<Augmentation>('an augmentation', own, code, (made) => isFunction(made.prepare)),
    ...(averageDecay > 0 ? { averaging: weightAverage({ decay: averageDecay }) } : {}),
  };
}

/**
 * The rules of early stopping.
 *
 * @throws CommandError when they need a validation split and there is none
 */
export function rulesOf({ validation, data, patience, targetAccuracy }: RunSettings): SelectionRules {
  // Data that are not read yet may have a validation part.
  const hasNone = validation === 0 || (validation === undefined && data === undefined);
  for (const [option, value] of Object.entries({ patience, 'target-accuracy': targetAccuracy })) {
    if (value !== undefined && hasNone) {
      throw refusal(
        `option '--${option}' needs validation images, and there are none; add --validation ${data === undefined ? '5000' : '0.1'}`,
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
 * The settings of a run for its report: those in use with their values, defaults included, and the names of those that are not.
 *
 * @param images how many each epoch has
 */
export function reportedSettings(settings: RunSettings, images: number): ReportedSettings {
  const { kind: _, ...rule }: { readonly kind?: string } =
    typeof settings.optimizer === 'string' ? optimizerOf(settings).description : {};
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
    if (key === 'schedule' && typeof value === 'string') configuration.push([name, scheduleText(settings, images)]);
    else if ((value === 0 && key !== 'seed') || value === false || isEmptyList(value)) unused.push(name);
    else configuration.push([name, settingValueText(key, value)]);
  }
  return { configuration, unused };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** `hinge.mjs#hinge {"margin":2}` */
function moduleText(reference: ModuleReference): string {
  const options = JSON.stringify(reference.options);
  return options === '{}' ? moduleTitle(reference) : `${moduleTitle(reference)} ${options}`;
}

/** What a metric is called: its export, or its file. */
function metricName(reference: ModuleReference): string {
  return reference.export === 'default' ? moduleTitle(reference).replace(/\.\w+$/, '') : reference.export;
}

/** `--learning-rate` for `learningRate` */
function optionName(setting: string): string {
  return settingName(setting).replaceAll(' ', '-');
}

/** The schedule with its factors, without the warm-up, which is a setting of its own. */
function scheduleText(settings: RunSettings, images: number): string {
  const { kind, ...factors } = scheduleOf({ ...settings, warmUp: 0 }, images).description;
  const parts = Object.entries(factors).map(([key, value]) => `${settingName(key)} ${settingValueText(key, value)}`);
  return parts.length === 0 ? kind : `${kind} (${parts.join(', ')})`;
}

function settingValueText(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((entry) => settingValueText(key, entry)).join(', ');
  if (isModuleReference(value)) return moduleText(value as ModuleReference);
  return typeof value === 'number' ? settingNumber(key, value) : String(value);
}
