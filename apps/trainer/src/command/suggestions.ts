/** What is said of unknown options and commands: the near one, or nothing. */
import { nearestName } from '@longhand/schema';
import type { Command } from 'commander';
import { otherSpellingsOf } from './options';

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
