/** A run's settings as the words that are typed for it: no more than differ from what `train` takes without them. */
import { isDeepStrictEqual } from 'node:util';
import { withModuleNames } from '@longhand/schema';
import { Command, type Option } from 'commander';
import { moduleName } from '../command/own-modules';
import type { RunSettings } from '../run/run-settings';
import { resolveSettings } from '../train/settings-sources';
import { declareTrain } from '../train/train-options';

/** What other settings depend on, so it is said first. */
const first: readonly string[] = ['recipe', 'network', 'model', 'from', 'optimizer', 'augmentation'];

/**
 * The words behind `longhand train` that mean these settings.
 *
 * @example trainWords(settings) // ['--learning-rate', '0.02', '--schedule', 'cosine']
 */
export function trainWords(settings: RunSettings): readonly string[] {
  const before = wordsFor(settings, [], (key) => first.includes(key));
  return [...before, ...wordsFor(settings, before, () => true)];
}

function wordsFor(
  settings: RunSettings,
  given: readonly string[],
  isMeant: (key: string) => boolean,
): readonly string[] {
  const program = new Command();
  declareTrain(program);
  const [command] = program.commands;
  command.parseOptions([...given]);
  const resolved: Readonly<Record<string, unknown>> = resolveSettings(command).settings;
  return Object.entries(settings)
    .filter(([key, value]) => isMeant(key) && !isDeepStrictEqual(resolved[key], value))
    .flatMap(([key, value]) => wordsOf(command.options, key, value));
}

function wordsOf(options: readonly Option[], key: string, value: unknown): readonly string[] {
  const ofKey = options.filter((option) => option.attributeName() === key);
  const option = ofKey.find(({ negate }) => negate === (value === false));
  if (value === undefined || option?.long === undefined) return [];
  if (option.isBoolean() || option.negate) return [option.long];
  const { long } = option;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return [long, value.join(',')];
  return [value].flat().flatMap((entry) => [long, textOf(entry)]);
}

function textOf(value: unknown): string {
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(withModuleNames(value, (url) => moduleName(url, '.')));
}
