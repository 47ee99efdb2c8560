/** The options of `longhand evaluate`. What it does is loaded when it is run. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addForeignFileOptions } from '../command/model-input-options';
import { pathName, wholeNumber } from '../command/option-parsers';
import { dataDirOption, kernelsOption, threadsOption } from '../command/shared-options';

export function declareEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('test a saved model on digits that it has not seen')
    .argument('<model>', 'a model file that train saved, or one of another program', pathName)
    .addOption(dataDirOption())
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .addOption(new Option('--split <name>', 'which part of the data').choices(['test', 'train']).default('test'))
    .addOption(
      new Option('--misread [count]', 'draw misread images, the surest mistakes first')
        .preset('12')
        .argParser(pictureCount),
    )
    .option('--json', 'print one line of JSON');
  addForeignFileOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  longhand evaluate runs/lenet-documented/last.safetensors
  longhand evaluate runs/lenet-documented/last.safetensors --misread
  longhand evaluate runs/fashion/last.safetensors --data-dir fashion-mnist --misread 30 --json
  longhand evaluate from-pytorch.onnx`,
    )
    .action(async (model, options) => (await import('./evaluate-command')).evaluateCommand(model, options));
}

/** A count, or nothing: what comes right after the option is taken for one, and most often that is the model. */
function pictureCount(text: string): number {
  try {
    return wholeNumber(1)(text);
  } catch (error) {
    throw error instanceof InvalidArgumentError
      ? new InvalidArgumentError(`${error.message} Put the model before it.`)
      : error;
  }
}
