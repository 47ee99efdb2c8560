/** The options of `longhand check`. What it does is loaded when it is run. */
import type { Command } from 'commander';
import { wholeNumber } from '../command/option-parsers';
import { modelOption, networkOption } from '../command/shared-options';

export function declareCheck(program: Command): void {
  program
    .command('check')
    .description('check the gradients of a network: each derivative against the same one found by trying')
    .addOption(networkOption())
    .addOption(modelOption())
    .option('--samples <count>', 'how many numbers of each parameter to try', wholeNumber(1), 10)
    .option('--seed <number>', 'what the weights, the images and the choice of numbers follow from', wholeNumber(0), 1)
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand check --network lenet5
  longhand check --model mine.json --samples 100`,
    )
    .action(async (options) => (await import('./check-command')).checkCommand(options));
}
