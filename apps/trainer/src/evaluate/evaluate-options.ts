/** The options of `longhand evaluate`. What it does is loaded when it is run. */
import { type Command, Option } from 'commander';
import { dataDirOption, kernelsOption, threadsOption } from '../command/shared-options';

export function declareEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('test a saved model on digits that it has not seen')
    .argument('<model>', 'a model file that train saved')
    .addOption(dataDirOption())
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .addOption(new Option('--split <name>', 'which part of the data').choices(['test', 'train']).default('test'))
    .addHelpText(
      'after',
      `
Example:
  longhand evaluate models/lenet-documented.safetensors`,
    )
    .action(async (model, options) => (await import('./evaluate-command')).evaluateCommand(model, options));
}
