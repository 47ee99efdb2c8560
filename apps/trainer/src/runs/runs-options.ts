/** The options of `longhand runs`. What it does is loaded when it is run. */
import type { Command } from 'commander';

export function declareRuns(program: Command): void {
  program
    .command('runs')
    .description('list the runs there are, or compare some of them')
    .argument('[runs...]', 'names or folders of runs to compare')
    .option('--json', 'one line of JSON for each run')
    .addHelpText(
      'after',
      `
Examples:
  longhand runs
  longhand runs lenet5 lenet5-2`,
    )
    .action(async (runs, options) => (await import('./runs-command')).runsCommand(runs, options));
}
