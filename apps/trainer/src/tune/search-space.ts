/**
 * What `longhand tune` searches. A setting is an option of `train`, and its values go through the parser of that option, so there is no
 * second list of settings; or it is an option of a layer, by the layer's name:
 *
 *   learning-rate=0.003..0.05      a range: log-uniform, or uniform where it begins at 0
 *   schedule=one-cycle,cosine      a list
 *   conv1.out-channels=4..12       a layer's option, in whole numbers where both ends are
 */
import { optimizerKinds } from '@longhand/optimizers';
import { nearestName } from '@longhand/schema';
import { pow, seededRandom } from '@longhand/tensor';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { refusal } from '../command/failure';
import type { RunSettings } from '../run/run-settings';
import { optimizerOf } from '../train/training-options';

/** The values that a setting may have. */
export type SearchedValues =
  | { readonly kind: 'list'; readonly values: readonly SearchedValue[] }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly isWhole: boolean };

export type SearchedValue = string | number | boolean;

export interface SearchedSetting {
  /** As it is typed: `learning-rate`, `conv1.out-channels`. */
  readonly name: string;
  /** Its name among the settings of a run, or in the description of the layer. */
  readonly key: string;
  /** The layer's name; absent for an option of `train`. */
  readonly layer?: string;
  readonly values: SearchedValues;
}

/** A value for each setting that is searched, by its typed name; none for the settings as they were given. */
export type Configuration = Readonly<Record<string, SearchedValue>>;

/** The groups of train's options that a search may change; the others say what is trained on, and with what seed. */
const searchedGroups: readonly (string | undefined)[] = [
  'Network:',
  'Training:',
  'Data augmentation and regularization:',
];
/** What a search sets itself, or what other settings go with. */
const notSearched: readonly string[] = [
  'recipe',
  'network',
  'model',
  'epochs',
  'loss',
  'teacher',
  'augmentation',
  'adamwLayers',
];

/**
 * The settings to search that the options name.
 *
 * @param command has the options of `train`
 * @throws CommandError for a name that is no option, values that it does not take, or a setting that is named twice
 */
export function searchSpace(texts: readonly string[], command: Command): readonly SearchedSetting[] {
  const settings = texts.map((text) => searchedSetting(text, command));
  const twice = settings.find(({ name }, at) => settings.findIndex((other) => other.name === name) < at);
  if (twice !== undefined) throw refusal(`option '--search' expects each setting once, got ${twice.name} twice`);
  return settings;
}

/** What is searched without `--search`: what a person would try first, around the settings as they were given. */
export function usualSearch(settings: RunSettings): readonly string[] {
  const { learningRate: rate } = optimizerOf(settings);
  const { optimizer, model, from, augmentation } = settings;
  const decays = typeof optimizer === 'string' && takes(optimizer, 'weightDecay');
  const isPreset = model === undefined && from === undefined;
  return [
    `learning-rate=${rounded(rate / 8)}..${rounded(rate * 4)}`,
    'schedule=one-cycle,cosine',
    'batch-size=32,64,128',
    ...(decays ? ['weight-decay=0.001..0.1'] : []),
    ...(isPreset ? ['activation=relu,silu,hardSwish', 'pooling=max,mean'] : []),
    ...(augmentation === undefined ? ['shift=0..2'] : []),
  ];
}

function searchedSetting(text: string, command: Command): SearchedSetting {
  const [, name, written] = /^(?:--)?([^=]+)=(.+)$/s.exec(text.trim()) ?? [];
  if (name === undefined) {
    throw refusal(
      `option '--search' expects a setting with its values, such as learning-rate=0.003..0.05 or schedule=one-cycle,cosine, got '${text}'`,
    );
  }
  const dot = name.lastIndexOf('.');
  if (dot >= 0) {
    const values = valuesOf(name, written, { parse: layerValue });
    return { name, layer: name.slice(0, dot), key: camelCase(name.slice(dot + 1)), values };
  }
  const option = searchedOption(name, command);
  const parse = (one: string): unknown => {
    if (!option.isBoolean()) return option.parseArg === undefined ? one : option.parseArg(one, undefined as never);
    if (one === 'true' || one === 'false') return one === 'true';
    throw new InvalidArgumentError('Expected true or false.');
  };
  const isWhole = ([low, high]: readonly [number, number]): boolean => {
    // A parser of whole numbers refuses what lies between two of them.
    try {
      parse(String(Math.floor(low) === high ? low : Math.floor(low) + 0.5));
      return false;
    } catch {
      return true;
    }
  };
  return { name, key: option.attributeName(), values: valuesOf(name, written, { parse, isWhole }) };
}

/** The option of that name, if a search may change it. */
function searchedOption(name: string, command: Command): Option {
  const options = command.options.filter(
    (option) =>
      searchedGroups.includes(option.helpGroupHeading) &&
      !notSearched.includes(option.attributeName()) &&
      !option.negate,
  );
  const found = options.find(({ long }) => long === `--${name}`);
  if (found !== undefined) return found;
  const names = options.map(({ long = '' }) => long.slice(2));
  const near = nearestName(name, names);
  const hint = near === undefined ? `searched are ${names.join(', ')}, and options of layers` : `did you mean ${near}?`;
  throw refusal(`option '--search' expects settings that can be searched, got '${name}'; ${hint}`);
}

interface ValueRules {
  /** @throws InvalidArgumentError for a value that the setting does not take */
  readonly parse: (text: string) => unknown;
  /** Whether a range has whole numbers only. Default: where both ends are whole. */
  readonly isWhole?: (ends: readonly [number, number]) => boolean;
}

function valuesOf(name: string, written: string, { parse, isWhole = bothWhole }: ValueRules): SearchedValues {
  const parsed = (text: string): SearchedValue => {
    try {
      const value = parse(text.trim());
      if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw refusal(`option '--search': ${name}: ${error.message.replace(/\.$/, '')}, got '${text.trim()}'`);
    }
    throw refusal(`option '--search': ${name}: expected numbers or words, got '${text.trim()}'`);
  };
  const ends = written.split('..');
  if (ends.length === 1) {
    const values = [...new Set(written.split(',').map(parsed))];
    return { kind: 'list', values };
  }
  const [from, to] = ends.map(parsed);
  if (ends.length !== 2 || typeof from !== 'number' || typeof to !== 'number' || !(from >= 0 && from < to)) {
    throw refusal(
      `option '--search': ${name}: expected a range from a number of at least 0 to a higher one, such as 0.003..0.05, got '${written}'`,
    );
  }
  return { kind: 'range', from, to, isWhole: isWhole([from, to]) };
}

function bothWhole(ends: readonly [number, number]): boolean {
  return ends.every(Number.isInteger);
}

/** A value in the description of a layer. What it takes is checked when the network is made. */
function layerValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * Configurations to try: the settings as they were given, and others from a Latin hypercube, in which every value of a list and every
 * part of a range comes up equally often. McKay, Beckman and Conover, "A comparison of three methods …", 1979. A space that has no
 * more of them than that is tried as a whole.
 *
 * @param count how many, the first included
 */
export function sampled(space: readonly SearchedSetting[], count: number, seed: number): readonly Configuration[] {
  const grid = gridOf(space, count);
  if (grid !== undefined) return [{}, ...grid];
  const others = Math.max(count - 1, 0);
  const columns = space.map(({ name, values }) => {
    const random = seededRandom(`tune/${seed}`).fork(name);
    const strata = random.shuffle(Array.from({ length: others }, (_, at) => at));
    return strata.map((stratum) => valueAt(values, (stratum + random.uniform()) / others));
  });
  return [
    {},
    ...Array.from({ length: others }, (_, at) =>
      Object.fromEntries(space.map(({ name }, column) => [name, columns[column][at]])),
    ),
  ];
}

/** All combinations of lists, if they are no more than `most`; undefined where there are more, or ranges. */
function gridOf(space: readonly SearchedSetting[], most: number): readonly Configuration[] | undefined {
  let grid: readonly Configuration[] = [{}];
  for (const { name, values } of space) {
    if (values.kind === 'range') return undefined;
    grid = grid.flatMap((before) => values.values.map((value) => ({ ...before, [name]: value })));
    if (grid.length > most) return undefined;
  }
  return grid;
}

/** @param part the position among the values, from 0 to below 1 */
function valueAt(values: SearchedValues, part: number): SearchedValue {
  if (values.kind === 'list') return values.values[Math.floor(part * values.values.length)];
  const { from, to, isWhole } = values;
  const value = from === 0 ? part * to : from * pow(to / from, part);
  return isWhole ? Math.round(value) : rounded(value);
}

/** Three digits say as much as a search can find out. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** The settings of a configuration. Options of an optimizer that it does not have are left out, and those given for another one. */
export function settingsOf(
  base: RunSettings,
  space: readonly SearchedSetting[],
  configuration: Configuration,
): RunSettings {
  const chosen = space.filter(({ name, layer }) => layer === undefined && Object.hasOwn(configuration, name));
  const searched = Object.fromEntries(chosen.map(({ name, key }) => [key, configuration[name]]));
  const settings: RunSettings = { ...base, ...searched };
  const { optimizer } = settings;
  if (typeof optimizer !== 'string') return settings;
  const ofOptimizers = new Set(Object.values(optimizerKinds).flatMap(({ options }) => options));
  const stays = (key: string): boolean =>
    !ofOptimizers.has(key) || (takes(optimizer, key) && (optimizer === base.optimizer || Object.hasOwn(searched, key)));
  const kept = Object.entries(settings).filter(([key]) => stays(key));
  return Object.fromEntries(kept) as RunSettings;
}

function takes(optimizer: keyof typeof optimizerKinds, option: string): boolean {
  const options: readonly string[] = optimizerKinds[optimizer].options;
  return options.includes(option);
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
