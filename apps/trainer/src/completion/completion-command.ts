/** `longhand completion`: a script for a shell, made of what the commands declare. */
import type { Command } from 'commander';
import { bashScript } from './bash-script';
import { completedCommands } from './completed-commands';
import { fishScript } from './fish-script';
import { zshScript } from './zsh-script';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** @param program with all its commands declared */
export function completionCommand(program: Command, shell: keyof typeof scripts): void {
  process.stdout.write(scripts[shell](program.name(), completedCommands(program)));
}
