/**
 * Where settings come from: what is typed wins over a file, a file over the recipe, the recipe over what is usual.
 * The options that commander knows are the only list of settings there is, so a file is read with their own parsers.
 */
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { closestName, refusal } from '../command/failure';
import { readJsonFile } from '../command/input-files';
import { type RecipeName, recipes, type TrainManner, type TrainSettings } from '../run/run-settings';

/** Options that say how the command works, and change no result. */
const manners = ['threads', 'name', 'force', 'resume', 'config', 'seeds', 'checkpointEvery', 'quiet', 'json'] as const;
/** Those of them that belong to one call. */
const ofOneCall: readonly string[] = ['resume', 'config', 'force'];

/** What a file names gives way to these, where they are typed. */
const insteadOf: Readonly<Record<string, readonly string[]>> = {
  model: ['network', 'from'],
  from: ['network', 'model'],
};

/**
 * The settings that all sources together say.
 *
 * @throws CommandError for a file that cannot be read, a name that is no option, or a value that it does not take
 */
export function settle(command: Command): { settings: TrainSettings; manner: TrainManner } {
  const { config, resume } = command.opts<TrainManner>();
  if (resume === undefined) {
    if (config !== undefined) takeFile(command, config);
    takeRecipe(command);
  }
  const all = command.opts();
  const settings = Object.fromEntries(Object.entries(all).filter(([name]) => !isManner(name)));
  return { settings: settings as unknown as TrainSettings, manner: all as TrainManner };
}

/**
 * Looks at the settings of a run that goes on as if they were typed: somebody may have changed its file.
 *
 * @throws CommandError for a name that is no option, or a value that it does not take
 */
export function checkSettings(command: Command, settings: object, file: string): void {
  for (const [name, value] of Object.entries(settings)) {
    const option = optionNamed(command, name);
    if (option === undefined) throw refusal(`${file}: expected the names of options of train, got '${name}'`);
    settingOf(option, value, `${file}: '${name}'`);
  }
}

/** @throws CommandError when settings were typed: a run that goes on has its own */
export function refuseSettings(command: Command, folder: string): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (isTyped(command, name) && (!isManner(name) || ['name', 'config', 'seeds', 'force'].includes(name))) {
      throw refusal(
        `option '${option.long}' cannot be changed when ${folder} goes on, which has its own settings; leave it out, or begin a new run with --config ${folder}/config.json`,
      );
    }
  }
}

/** Takes the settings of a file, or of the `config.json` that a run wrote. */
function takeFile(command: Command, file: string): void {
  const content = readObject(file);
  const settings = isRecord(content.settings) ? content.settings : content;
  for (const [given, value] of Object.entries(settings)) {
    const option = optionNamed(command, given);
    if (option !== undefined && ofOneCall.includes(option.attributeName())) {
      throw refusal(`${file}: expected settings of a run, got '${given}'; leave it out, and type ${option.long}`);
    }
    if (option === undefined) {
      const names = command.options.map((known) => known.attributeName());
      const near = closestName(camelCase(given), names);
      const hint = near === undefined ? "'longhand train --help' lists them" : `did you mean '${near}'?`;
      throw refusal(`${file}: expected the names of options of train, got '${given}'; ${hint}`);
    }
    const name = option.attributeName();
    if ([name, ...(insteadOf[name] ?? [])].some((other) => isTyped(command, other))) continue;
    command.setOptionValueWithSource(name, settingOf(option, value, `${file}: '${given}'`), 'config');
  }
  refuseTwoNetworks(command, file);
}

/** What commander refuses of options that are typed: a file may not bring it about either, and nothing is passed over. */
function refuseTwoNetworks(command: Command, file: string): void {
  const { model, from } = command.opts<TrainSettings>();
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

function takeRecipe(command: Command): void {
  const { recipe, network, model, from, optimizer } = command.opts<TrainSettings & { recipe: RecipeName }>();
  const settings = recipes[recipe][model === undefined && from === undefined ? network : 'own'];
  for (const [name, value] of Object.entries(settings)) {
    const source = command.getOptionValueSource(name);
    // A rate that is right for one optimizer is wrong for another.
    if (name === 'learningRate' && optimizer !== (settings.optimizer ?? 'adamw')) continue;
    if (source === undefined || source === 'default') command.setOptionValueWithSource(name, value, 'recipe');
  }
}

function optionNamed(command: Command, given: string): Option | undefined {
  return command.options.find((option) => option.attributeName() === camelCase(given));
}

/** What the option makes of a value in JSON. */
function settingOf(option: Option, value: unknown, where: string): unknown {
  if (option.isBoolean()) {
    if (typeof value === 'boolean') return value;
    throw refusal(`${where}: expected true or false, got ${JSON.stringify(value)}`);
  }
  const list = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  if (!list && typeof value !== 'string' && typeof value !== 'number') {
    throw refusal(`${where}: expected a number or a text, got ${JSON.stringify(value)}`);
  }
  const text = list ? value.join(',') : String(value);
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined as never);
  } catch (error) {
    if (error instanceof InvalidArgumentError) {
      throw refusal(`${where}: ${error.message.replace(/\.$/, '')}, got ${JSON.stringify(value)}`);
    }
    throw error;
  }
}

function readObject(file: string): Readonly<Record<string, unknown>> {
  const content = readJsonFile(file, 'settings as JSON');
  if (!isRecord(content)) throw refusal(`${file}: expected an object of settings, got ${JSON.stringify(content)}`);
  return content;
}

function isTyped(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}

function isManner(name: string): boolean {
  return (manners as readonly string[]).includes(name);
}

/** `batch-size` as `batchSize`: both are understood in files. */
function camelCase(name: string): string {
  return name.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
