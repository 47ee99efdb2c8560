/** The options of `longhand inspect`. What it does is loaded when it is run. */
import type { Command } from 'commander';
import { pathName } from '../command/option-parsers';

export function declareInspect(program: Command): void {
  program
    .command('inspect')
    .description('look into a saved model: its layers, how it was trained, its weights in figures and pictures')
    .argument('<model>', 'a model file that train saved', pathName)
    .option('--layer <name>', 'whose kernels to draw (default: the first layer that has any)')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand inspect runs/lenet-documented/last.safetensors
  longhand inspect runs/lenet-documented/last.safetensors --layer conv2
  longhand inspect runs/lenet-documented/last.safetensors --json`,
    )
    .action(async (model, options) => (await import('./inspect-command')).inspectCommand(model, options));
}
