/**
 * The settings of a run as the address has them: the names and the defaults of the options of `longhand train`. What is typed stays
 * text here; `training-plan.ts` makes a run of it.
 */
import type { ImageDataset } from '@longhand/datasets';
import { presets } from '@longhand/layers';
import { optimizerKinds, plainScheduleKinds } from '@longhand/optimizers';
import { hardExamplesBegin } from '@longhand/training';
import { type QuickSettings, quickSettings } from '@longhand/training/quick-settings';
import { settings as addressSettings } from '../address';

/** A setting that is a number. */
export interface NumberSetting {
  readonly label: string;
  readonly least: number;
  /** The largest value; with `below`, the first one that is too large. */
  readonly most: number;
  readonly isWhole?: boolean;
  /** What `longhand train` takes. Undefined where that depends on other settings, see {@link numberFallback}. */
  readonly fallback?: number;
}

/** The settings that are numbers, by the names of the command's options. */
export const numberSettings = {
  epochs: { label: 'Epochs', least: 1, most: 1000, isWhole: true },
  'batch-size': { label: 'Batch size', least: 1, most: 60_000, isWhole: true },
  'learning-rate': { label: 'Learning rate', least: 1e-9, most: 1000 },
  shift: { label: 'Shift, pixels', least: 0, most: 14, fallback: 0 },
  rotation: { label: 'Rotation, degrees', least: 0, most: 179, fallback: 0 },
  scale: { label: 'Scale', least: 0, most: 0.99, fallback: 0 },
  shear: { label: 'Shear', least: 0, most: 0.99, fallback: 0 },
  elastic: { label: 'Elastic, pixels', least: 0, most: 99, fallback: 0 },
  'close-augmentation': { label: 'Last part without', least: 0, most: 0.99, fallback: 0 },
  'hard-examples': { label: 'Hard examples', least: 0, most: 0.99 },
  'hard-examples-after': { label: 'Begin after', least: 0.001, most: 1 },
  seed: { label: 'Seed', least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true, fallback: 1 },
  limit: { label: 'Images', least: 1, most: 100_000_000, isWhole: true },
} as const satisfies Readonly<Record<string, NumberSetting>>;

export type NumberName = keyof typeof numberSettings;

/** The distortions, in their order. */
export const distortionNames = ['shift', 'rotation', 'scale', 'shear', 'elastic'] as const satisfies NumberName[];

/** Those of `--recipe thorough`: as much as handwriting differs. */
export const handwriting: Readonly<Partial<Record<NumberName, string>>> = {
  shift: '1.5',
  rotation: '10',
  scale: '0.1',
  shear: '0.1',
  elastic: '1',
  'close-augmentation': '0.1',
};

const optimizers = Object.keys(optimizerKinds) as readonly (keyof typeof optimizerKinds)[];
const schedules = Object.keys(plainScheduleKinds) as readonly (keyof typeof plainScheduleKinds)[];
const networks = Object.keys(presets) as readonly (keyof typeof presets)[];

/** The settings that are one of several names; the first is not always the default. */
export const nameSettings = {
  /** `own`: a network built in the page, layer by layer. */
  network: { label: 'Network', names: [...networks, 'own'] as const, fallback: 'lenet-documented' },
  activation: {
    label: 'Activation',
    names: ['relu', 'sigmoid', 'tanh', 'silu', 'leakyRelu', 'relu6', 'hardSwish', 'gelu', 'geluTanh', 'identity'],
  },
  pooling: { label: 'Pooling', names: ['max', 'mean'] },
  optimizer: { label: 'Optimizer', names: optimizers, fallback: 'adamw' },
  schedule: { label: 'Schedule', names: schedules, fallback: 'one-cycle' },
} as const;

export type NameSetting = keyof typeof nameSettings;

/** The settings of a run as typed, by name; those that are not there have their defaults. */
export type TrainSettings = Readonly<Record<string, string>>;

/** Every name that belongs to a run; the address has those of other views too. */
const names: readonly string[] = [...Object.keys(nameSettings), ...Object.keys(numberSettings), 'layers', 'data'];

/** The settings of the address that belong to a run. */
export function currentSettings(): TrainSettings {
  return Object.fromEntries(Object.entries(addressSettings()).filter(([name]) => names.includes(name)));
}

/** What `longhand train` recommends the network of the settings. */
export function quickSettingsOf(settings: TrainSettings): QuickSettings {
  const network = nameOf(settings, 'network');
  return quickSettings(network === 'own' ? undefined : network);
}

/** The name that a setting has where none is chosen. */
export function nameFallback(settings: TrainSettings, setting: NameSetting): string {
  if (setting === 'activation' || setting === 'pooling') return quickSettingsOf(settings)[setting];
  return nameSettings[setting].fallback;
}

/** The number that a setting has where none is typed; undefined where that depends on more than the network. */
export function numberFallback(settings: TrainSettings, name: NumberName): number | undefined {
  if (name === 'epochs') return quickSettingsOf(settings).epochs;
  if (name === 'batch-size') return quickSettingsOf(settings).batchSize;
  if (name === 'hard-examples') return quickSettingsOf(settings).hardExamples?.fraction ?? 0;
  if (name === 'hard-examples-after') return quickSettingsOf(settings).hardExamples?.after ?? hardExamplesBegin;
  const { fallback }: NumberSetting = numberSettings[name];
  return fallback;
}

/** The name that a setting has; what cannot be used is its default. */
export function nameOf<Name extends NameSetting>(
  settings: TrainSettings,
  setting: Name,
): (typeof nameSettings)[Name]['names'][number] {
  const known: readonly string[] = nameSettings[setting].names;
  const given = settings[setting];
  return (known.includes(given ?? '') ? given : nameFallback(settings, setting)) as never;
}

/** The number that a setting has; undefined where nothing is typed and there is no default, or for what cannot be used. */
export function numberOf(settings: TrainSettings, name: NumberName): number | undefined {
  const text = settings[name] ?? '';
  if (text === '') return numberFallback(settings, name);
  return refusalOf(name, text) === undefined ? Number(text) : undefined;
}

/** Why a text is no value of a setting, in one line; undefined if it is one. */
export function refusalOf(name: NumberName, text: string): string | undefined {
  const { least, most, isWhole = false }: NumberSetting = numberSettings[name];
  const value = Number(text);
  const fits = /\d/.test(text) && value >= least && value <= most && (!isWhole || Number.isSafeInteger(value));
  if (fits) return undefined;
  return `Expected a ${isWhole ? 'whole ' : ''}number ${rangeText(least, most)}, got ${text}.`;
}

function rangeText(least: number, most: number): string {
  if (most >= 100_000_000) return `of at least ${least}`;
  return least < 1e-6 ? `above 0 and up to ${most}` : `from ${least} to ${most}`;
}

/** The first images, as the command's `--limit`. */
export function limitOf(settings: TrainSettings, { count }: Pick<ImageDataset, 'count'>): number {
  return Math.min(numberOf(settings, 'limit') ?? count, count);
}
