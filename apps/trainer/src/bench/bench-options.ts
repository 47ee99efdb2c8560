/** The options of `longhand bench`. What it does is loaded when it is run. */
import type { Command } from 'commander';
import { positiveNumber, wholeNumber } from '../command/option-parsers';
import { kernelsOption, modelOption, networkOption, threadsOption } from '../command/shared-options';

export function declareBench(program: Command): void {
  program
    .command('bench')
    .description('measure how fast this machine trains and reads, and its kernels against its limit')
    .addOption(networkOption())
    .addOption(modelOption())
    .option('--batch-size <count>', 'how many images make one step', wholeNumber(1), 64)
    .option('--seconds <number>', 'how long to measure training, and inference', positiveNumber, 3)
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .option('--apart', 'time every layer alone, also those that training makes one')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand bench
  longhand bench --model mine.json
  longhand bench --network wide --threads 1 --kernels fused --json`,
    )
    .action(async (options) => (await import('./bench-command')).benchCommand(options));
}
