/** The options of `longhand train`. What it does is loaded when it is run. */
import { type Command, Option } from 'commander';
import { numberBelow, positiveNumber, wholeNumber } from '../command/option-parsers';
import { dataDirOption, kernelsOption, networkOption, threadsOption } from '../command/shared-options';

export function declareTrain(program: Command): void {
  program
    .command('train')
    .description('train a network on handwritten digits, test it, and save it')
    .addOption(networkOption())
    .addOption(
      new Option('--activation <name>', 'the function between layers')
        .choices(['relu', 'sigmoid', 'tanh', 'silu', 'identity'])
        .default('relu'),
    )
    .addOption(new Option('--pooling <kind>', 'what a window becomes').choices(['max', 'mean']).default('max'))
    .option('--epochs <count>', 'how many times every image is seen', wholeNumber(1), 3)
    .option('--batch-size <count>', 'how many images make one step', wholeNumber(1), 64)
    .addOption(
      new Option('--optimizer <name>', 'the update rule').choices(['sgd', 'rmsprop', 'adam', 'adamw']).default('adamw'),
    )
    .option(
      '--learning-rate <number>',
      'the highest rate of the run (default: depends on network and optimizer)',
      positiveNumber,
    )
    .option(
      '--momentum <number>',
      'how much of the last step is kept, for sgd and rmsprop (default: sgd 0.9, rmsprop 0)',
      numberBelow(1),
    )
    .option('--nesterov', 'look ahead by the momentum, for sgd')
    .option(
      '--weight-decay <number>',
      'the pull of weights towards zero (default: adamw 0.01, others 0)',
      numberBelow(1),
    )
    .addOption(
      new Option('--schedule <name>', 'what becomes of the learning rate')
        .choices(['one-cycle', 'cosine', 'step', 'constant'])
        .default('one-cycle'),
    )
    .option(
      '--warm-up <steps>',
      'a linear rise of so many steps to where the schedule starts (one-cycle starts low and has its own rise)',
      wholeNumber(0),
      0,
    )
    .option('--seed <number>', 'what chance follows from: the same seed gives the same bytes', wholeNumber(0), 1)
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .addOption(dataDirOption())
    .option('--limit <count>', 'train on the first images only', wholeNumber(1))
    .option('--output <file>', 'where to save the model (default: models/<network>.safetensors, numbered if taken)')
    .option('--force', 'overwrite the output file')
    .addHelpText(
      'after',
      `
Examples:
  longhand train --epochs 1
  longhand train --activation sigmoid --pooling mean --optimizer sgd --learning-rate 0.5
  longhand train --data-dir fashion-mnist --output fashion.safetensors`,
    )
    .action(async (options) => (await import('./train-command')).trainCommand(options));
}
