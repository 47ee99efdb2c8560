/** What is said of unknown options and commands: the near one, or nothing. */
import { nearestName } from '@longhand/schema';
import type { Command } from 'commander';
import { otherSpellingsOf } from './options';

/** What other programs have and this one does not, or elsewhere, with what there is. */
const elsewhere = {
  option: {
    '--device': 'it trains on all cores of the processor; --threads sets how many',
    '--gpu': 'it trains on all cores of the processor; --threads sets how many',
    '--cuda': 'it trains on all cores of the processor; --threads sets how many',
    '--dropout': 'dropout is a layer: {"kind":"dropout","rate":0.5} in the file of --model',
    '--mixup': 'images are not mixed; --augmentation takes code of your own that changes one',
    '--cutmix': 'images are not mixed; --augmentation takes code of your own that changes one',
  },
  command: {
    'lr-finder': 'Did you mean tune --find-learning-rate?',
    'lr-find': 'Did you mean tune --find-learning-rate?',
    'find-lr': 'Did you mean tune --find-learning-rate?',
    'find-learning-rate': 'Did you mean tune --find-learning-rate?',
    test: 'Did you mean evaluate?',
    eval: 'Did you mean evaluate?',
    validate: 'Did you mean evaluate?',
    fit: 'Did you mean train?',
    infer: 'Did you mean predict?',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * A message of commander with the option or command that was meant, where one is near. Its own suggestions are those of up to three
 * letters' difference, however short the word.
 *
 * @param words those of the command line
 * @example withSuggestion("error: unknown option '--epoch'\n", program, ['train', '--epoch', '3']) // … (Did you mean --epochs?)
 */
export function withSuggestion(message: string, program: Command, words: readonly string[]): string {
  const [, kind, name] = /^error: unknown (option|command) '(.+)'\n?$/s.exec(message) ?? [];
  if (kind === undefined || (kind === 'option' && !name.startsWith('--'))) return message;
  const known: Readonly<Record<string, string>> = elsewhere[kind as keyof typeof elsewhere];
  if (Object.hasOwn(known, name)) return `${message.trimEnd()} (${known[name]})\n`;
  const commands = program.createHelp().visibleCommands(program);
  const command = words.map((word) => commands.find((one) => one.name() === word)).find((one) => one !== undefined);
  const names = kind === 'command' ? commands.map((one) => one.name()) : optionNames(command ?? program);
  const nearest = nearestName(name.replace(/^--/, ''), names);
  if (nearest === undefined) return message;
  return `${message.trimEnd()} (Did you mean ${kind === 'option' ? '--' : ''}${nearest}?)\n`;
}

/** The names of a command's options without their dashes, then those that they had or have elsewhere. */
function optionNames(command: Command): string[] {
  const names = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (typeof long === 'string' ? [long.slice(2)] : []));
  return [...names, ...otherSpellingsOf(names)];
}
