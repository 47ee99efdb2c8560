/**
 * The settings of a run from all their sources. The command line wins over a file, a file over the recipe, the recipe over
 * the defaults. A file is read with the parsers of the options, which are the only list of settings.
 *
 * Commander keeps the values by the names of the options, each with its source: `cli`, `default`, and from here `config`, `recipe`, and
 * `run` for the config.json of a run, which longhand wrote. A run that is resumed has none of these sources: its settings are in its own
 * config.json.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { optimizerKinds } from '@longhand/optimizers';
import { modulesIn, nearestName, shown } from '@longhand/schema';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { commandLine, refusal, unusable } from '../command/failure';
import { readJsonFile } from '../command/input-files';
import { modulesOfNetworkFile } from '../command/network-source';
import { currentSpelling, OwnOption } from '../command/options';
import { urlsIn, type WantedCode } from '../command/own-modules';
import {
  distortionNames,
  parseSettings,
  type Recipe,
  type RunOptions,
  type RunSettings,
  recipes,
  settingNames,
} from '../run/run-settings';

/** The options that change no result of a run. With `seeds` there are several runs, and each has a seed among its settings. */
const runOptionNames = [
  'threads',
  'wideVectors',
  'name',
  'force',
  'resume',
  'module',
  'config',
  'seeds',
  'checkpointEvery',
  'budget',
  'quiet',
  'json',
] as const;
/** Those of them that a file may not have. */
const ofOneCall: readonly string[] = ['resume', 'module', 'config', 'force', 'budget'];

/**
 * A setting of a file is overridden by these options, too. `network` needs no line: it has a default, so it always has a value,
 * and `model` and `from` win over it.
 */
const insteadOf: Readonly<Record<string, readonly string[]>> = {
  model: ['network', 'from'],
  from: ['network', 'model'],
  clipNorm: ['clipValue'],
  clipValue: ['clipNorm'],
};

/** The settings that name files and folders. */
const pathSettings: readonly string[] = ['model', 'data', 'from', 'teacher'];

/** The settings that say which images a run trains on. */
const dataSettings = ['data', 'transpose', 'imageSize', 'limit', 'validation'] as const;

/** What the `config.json` given as `--config` records of its run, besides the settings. */
export interface RepeatedRun {
  readonly file: string;
  /** Its network, where the run took that from a file; the file may have changed meanwhile. */
  readonly network: object | undefined;
  /** Its images, where no typed option chooses others. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The settings of a run, and its run options, from the command line, the file of `--config`, the recipe and the defaults. With
 * `--resume` only the run options matter: see {@link refuseSettings} and {@link validateSettings}.
 *
 * @throws CommandError for a file that cannot be read, a name that is no option, or a value that it does not take
 */
export function resolveSettings(command: Command): {
  settings: RunSettings;
  runOptions: RunOptions;
  repeated: RepeatedRun | undefined;
} {
  const { config, resume } = command.opts<RunOptions>();
  let repeated: RepeatedRun | undefined;
  if (resume === undefined) {
    if (config !== undefined) repeated = applyFile(command, config);
    applyRecipe(command, recipeOf(command));
  }
  const settings = Object.entries(command.opts()).filter(([name]) => settingNames.includes(name));
  return {
    settings: parseSettings(Object.fromEntries(settings), { where: 'train', error: refusal }),
    runOptions: command.opts<RunOptions>(),
    repeated,
  };
}

/**
 * Validates the settings of a run that is resumed as if they were typed: its file may have been edited.
 *
 * @throws CommandError for a name that is no option, a value that it does not take, or a setting that is missing
 */
export function validateSettings(command: Command, settings: object, file: string): RunSettings {
  const entries = Object.entries(settings).map(([name, value]) => {
    const option = optionNamed(command, name);
    if (option === undefined) throw refusal(`${file}: expected the names of options of train, got '${name}'`);
    return [option.attributeName(), settingOf(option, value, { file, given: name })] as const;
  });
  return parseSettings(Object.fromEntries(entries), { where: file, error: unusable, hint: 'begin a new run' });
}

/** @throws CommandError when settings were typed: a run that is resumed has its own */
export function refuseSettings(command: Command, folder: string): void {
  for (const option of command.options) {
    const name = option.attributeName();
    // Data may have been moved.
    if (name === 'data') continue;
    if (isTyped(command, name) && (!isRunOption(name) || ['name', 'config', 'seeds', 'force'].includes(name))) {
      throw refusal(
        `option '${option.long}' cannot be changed when ${folder} goes on, which has its own settings; leave it out, or begin a new run with --config ${folder}/config.json`,
      );
    }
  }
}

/** Applies the settings of a file, which may be the `config.json` of a run. */
function applyFile(command: Command, file: string): RepeatedRun | undefined {
  const content = readObject(file);
  const isRun = isRecord(content.settings);
  // Earlier versions trained on all images to the end, whatever today's recipe does.
  const settings = isRecord(content.settings) ? { hardExamples: 0, ...content.settings } : content;
  const { optimizer } = command.opts<RunSettings>();
  const isOtherOptimizer =
    isTyped(command, 'optimizer') && optimizer !== (content.settings as typeof content)?.optimizer;
  for (const [given, value] of Object.entries(settings)) {
    const option = optionNamed(command, given);
    if (option !== undefined && ofOneCall.includes(option.attributeName())) {
      throw refusal(`${file}: expected settings of a run, got '${given}'; leave it out, and type ${option.long}`);
    }
    if (option === undefined) {
      const names = command.options.map((known) => known.attributeName());
      const near = nearestName(camelCase(given), names);
      const hint = near === undefined ? `'${commandLine('train', '--help')}' lists them` : `did you mean '${near}'?`;
      throw refusal(`${file}: expected the names of options of train, got '${given}'; ${hint}`);
    }
    const name = option.attributeName();
    // Those of a run, which recorded them all, belong to its optimizer.
    if (isRun && isOtherOptimizer && ofOptimizers.has(name)) continue;
    if ([name, ...(insteadOf[name] ?? [])].some((other) => isTyped(command, other))) continue;
    const source = isRun ? 'run' : 'config';
    const parsedValue = settingOf(option, value, { file, given });
    const placed = pathSettings.includes(name) ? pathsFrom(parsedValue, file, isRun) : parsedValue;
    command.setOptionValueWithSource(name, placed, source);
  }
  refuseTwoNetworks(command, file);
  if (!isRun) return undefined;
  const isOfRun = command.getOptionValueSource('model') === 'run';
  return {
    file,
    network: isOfRun && isRecord(content.network) ? content.network : undefined,
    data: !dataSettings.some((name) => isTyped(command, name)) && isRecord(content.data) ? content.data : undefined,
  };
}

/**
 * Paths of a settings file, from the working folder. Those of a file that somebody wrote begin at its folder. A run's were typed where its
 * folder `runs` is, two folders up; where nothing is there, the run was moved, and they stay as they are.
 */
function pathsFrom(value: unknown, file: string, isRun: boolean): unknown {
  if (Array.isArray(value)) return value.map((entry) => pathsFrom(entry, file, isRun));
  if (typeof value !== 'string' || isAbsolute(value)) return value;
  if (!isRun) return join(dirname(file), value);
  const path = join(dirname(file), '..', '..', value);
  return resolve(path) !== resolve(value) && existsSync(path) ? path : value;
}

/** Refuses combinations with a file's settings that commander refuses of typed options. */
function refuseTwoNetworks(command: Command, file: string): void {
  const { model, from } = command.opts<RunSettings>();
  if (model !== undefined && from !== undefined) {
    throw refusal(`${file}: expected 'model' or 'from', got both; leave one of them out`);
  }
  const network = model ?? from;
  const typed = ['activation', 'pooling'].find((name) => isTyped(command, name));
  if (network !== undefined && typed !== undefined) {
    throw refusal(
      `option '--${typed}' has no meaning for ${network}, which ${file} names; leave it out, or choose a --network`,
    );
  }
}

/** The modules that the settings of a new run name. Those of a run's config.json, which longhand wrote, need a `--module`. */
export function wantedCode(
  command: Command,
  settings: RunSettings,
  { config = '', module }: RunOptions,
  { network }: Partial<RepeatedRun> = {},
): WantedCode {
  const trusted: string[] = [];
  const ofRun: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const ofNetwork = (): readonly string[] =>
      network === undefined ? modulesOfNetworkFile(String(value)) : urlsIn(network, dirname(config));
    const urls = name === 'model' ? ofNetwork() : modulesIn(value);
    (command.getOptionValueSource(name) === 'run' ? ofRun : trusted).push(...urls);
  }
  return { trusted, named: { urls: ofRun, by: config }, given: module };
}

/** The recipe that the options name, or the file: it is applied before. */
function recipeOf(command: Command): Recipe {
  const { recipe = 'quick', network = 'lenet-documented', model, from } = command.opts<RunSettings>();
  return recipes[recipe][model === undefined && from === undefined ? network : 'own'];
}

/** The settings that are an optimizer's. */
const ofOptimizers: ReadonlySet<string> = new Set(Object.values(optimizerKinds).flatMap(({ options }) => options));

/** The recipe's settings for what is neither typed nor in the file. */
export function applyRecipe(command: Command, recipe: Recipe): void {
  const isOpen = (name: string): boolean => [undefined, 'default'].includes(command.getOptionValueSource(name));
  const { optimizer } = command.opts<RunSettings>();
  // A rate that is right for one optimizer is wrong for another. A recipe that names none means the default, adamw.
  const isItsOptimizer = isOpen('optimizer') || optimizer === (recipe.optimizer ?? 'adamw');
  const { augmentation } = command.opts<RunSettings>();
  for (const [name, value] of Object.entries(recipe)) {
    if (augmentation !== undefined && distortionNames.includes(name)) continue;
    if (isOpen(name) && (isItsOptimizer || !ofOptimizers.has(name))) {
      command.setOptionValueWithSource(name, value, 'recipe');
    }
  }
}

function optionNamed(command: Command, given: string): Option | undefined {
  const long = currentSpelling(
    `--${given.replace(/^--/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  return command.options.find((option) => option.long === long);
}

/** A setting of a file: the name that it has there. */
interface FileSetting {
  readonly file: string;
  readonly given: string;
}

/** A value in JSON, parsed by its option. */
function settingOf(option: Option, value: unknown, { file, given }: FileSetting): unknown {
  const where = `${file}: '${given}'`;
  if (option instanceof OwnOption) return parsed(() => option.parseFrom(value, dirname(file)), value, where);
  if (option.isBoolean()) {
    if (typeof value === 'boolean') return value;
    throw refusal(`${where}: expected true or false, got ${shown(value)}`);
  }
  const list = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  if (!list && typeof value !== 'string' && typeof value !== 'number') {
    throw refusal(`${where}: expected a number or a text, got ${shown(value)}`);
  }
  const text = list ? value.join(',') : String(value);
  return parsed(() => (option.parseArg === undefined ? text : option.parseArg(text, undefined as never)), value, where);
}

/** @throws CommandError for a value that the parser refuses */
function parsed(parse: () => unknown, value: unknown, where: string): unknown {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidArgumentError) {
      throw refusal(`${where}: ${error.message.replace(/\.$/, '')}, got ${shown(value)}`);
    }
    throw error;
  }
}

function readObject(file: string): Readonly<Record<string, unknown>> {
  const content = readJsonFile(file, 'settings as JSON');
  if (!isRecord(content)) throw refusal(`${file}: expected an object of settings, got ${shown(content)}`);
  return content;
}

function isTyped(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}

function isRunOption(name: string): boolean {
  return (runOptionNames as readonly string[]).includes(name);
}

/** `batch-size` as `batchSize`: files may have either. */
function camelCase(name: string): string {
  return name.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
