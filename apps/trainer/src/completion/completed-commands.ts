/** What can be completed of a command line: taken from the declarations that also parse it and make its help. */
import type { Argument, Command, Option } from 'commander';

/** What may stand in a place: one of some words, a file, a folder, or something that cannot be guessed. */
export type Wanted = readonly string[] | 'file' | 'folder' | 'value';

/** An option of a command. */
export interface CompletedOption {
  /** `--help`, without it if there is only a short one. */
  readonly long?: string;
  /** `-h` */
  readonly short?: string;
  /** One line. */
  readonly description: string;
  /** What follows it; absent where nothing does. */
  readonly value?: { readonly name: string; readonly wanted: Wanted; readonly optional: boolean };
}

/** What a command's arguments are. */
export interface CompletedArgument {
  readonly name: string;
  readonly wanted: Wanted;
}

/** A command with what may follow it. */
export interface CompletedCommand {
  /** Empty for the program itself. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments are, if it takes any. */
  readonly argument?: CompletedArgument;
}

/** The program itself, and each of its commands, the one for help included. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  const options = (command: Command): readonly CompletedOption[] => help.visibleOptions(command).map(completedOption);
  return [
    {
      ...{ name: '', description: program.description(), options: options(program) },
      argument: { name: 'command', wanted: names },
    },
    ...commands.map((command) => {
      const [argument] = command.registeredArguments;
      return {
        ...{ name: command.name(), description: command.description(), options: options(command) },
        ...(argument === undefined ? {} : { argument: completedArgument(argument, names) }),
      };
    }),
  ];
}

function completedOption({ long, short, description, flags, required, optional, argChoices }: Option): CompletedOption {
  const name = /[<[]([^\]>.]+)/.exec(flags)?.[1] ?? 'value';
  const wanted = argChoices ?? (name === 'file' || name === 'folder' ? name : 'value');
  return {
    ...(long === undefined ? {} : { long }),
    ...(short === undefined ? {} : { short }),
    description,
    ...(required || optional ? { value: { name, wanted, optional } } : {}),
  };
}

/** Arguments are files unless they are words; that of `help` is a command. */
function completedArgument(argument: Argument, commands: readonly string[]): CompletedArgument {
  const name = argument.name();
  return { name, wanted: argument.argChoices ?? (name === 'command' ? commands : 'file') };
}
