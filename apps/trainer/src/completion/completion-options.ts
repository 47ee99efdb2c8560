/** The options of `longhand completion`. What it does is loaded when it is run. */
import { Argument, type Command } from 'commander';

export function declareCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script with which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  longhand completion bash >> ~/.bashrc
  longhand completion zsh > ~/.zfunc/_longhand       with ~/.zfunc in $fpath
  longhand completion fish > ~/.config/fish/completions/longhand.fish`,
    )
    .action(async (shell) => (await import('./completion-command')).completionCommand(program, shell));
}
