/** `longhand completion`: a script for a shell, made of the declarations that also parse the command line and make its help. */
import type { Argument, Command, Option } from 'commander';
import {
  bashScript,
  type CompletedArgument,
  type CompletedCommand,
  type CompletedOption,
  fishScript,
  zshScript,
} from './shell-scripts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** @param program with all its commands declared */
export function completionCommand(program: Command, shell: keyof typeof scripts): void {
  process.stdout.write(scripts[shell](program.name(), completedCommands(program)));
}

/** The program itself, and each of its commands, the one for help included. */
export function completedCommands(program: Command): readonly CompletedCommand[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  const options = (command: Command): readonly CompletedOption[] => help.visibleOptions(command).map(completedOption);
  return [
    {
      name: '',
      description: program.description(),
      options: options(program),
      argument: { name: 'command', wanted: names },
    },
    ...commands.map((command) => {
      const [argument] = command.registeredArguments;
      return {
        name: command.name(),
        description: command.description(),
        options: options(command),
        ...(argument === undefined ? {} : { argument: completedArgument(argument, names) }),
      };
    }),
  ];
}

function completedOption({ long, short, description, flags, required, optional, argChoices }: Option): CompletedOption {
  const name = /[<[]([^\]>.]+)/.exec(flags)?.[1] ?? 'value';
  const wanted =
    argChoices ??
    (name === 'module' || name === 'path' ? 'file' : name === 'file' || name === 'folder' ? name : 'value');
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
