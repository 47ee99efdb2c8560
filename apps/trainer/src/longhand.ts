#!/usr/bin/env node
/**
 * The command `longhand`. This file knows the options and loads nothing else: what a command does is imported when it
 * is run, so that help comes at once.
 */
import { Command, CommanderError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { exitCodeOf, exitCodes, messageOf } from './failure';
import { numberBelow, positiveNumber, wholeNumber } from './option-parsers';

const program = new Command('longhand')
  .description('Trains the classic two-convolution digit classifier, and reads what it learned.')
  .version(packageJson.version)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
  .showSuggestionAfterError()
  .addHelpText(
    'after',
    `
Examples:
  longhand train                                  train the documented network on MNIST
  longhand train --network lenet5 --epochs 5      a larger network, longer
  longhand evaluate models/lenet-documented.safetensors

Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 data or model cannot be used, 130 interrupted`,
  );

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
  .option('--weight-decay <number>', 'the pull of weights towards zero (default: adamw 0.01, others 0)', numberBelow(1))
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
  .option(
    '--data-dir <folder>',
    'a folder of IDX files with MNIST’s names (default: MNIST, which came with the install)',
  )
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

program
  .command('evaluate')
  .description('test a saved model on digits that it has not seen')
  .argument('<model>', 'a model file that train saved')
  .option(
    '--data-dir <folder>',
    'a folder of IDX files with MNIST’s names (default: MNIST, which came with the install)',
  )
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

program
  .command('bench')
  .description('measure how fast this machine trains and reads, and its kernels against its limit')
  .addOption(networkOption())
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
  longhand bench --network wide --threads 1 --kernels fused --json`,
  )
  .action(async (options) => (await import('./bench-command')).benchCommand(options));

// A reader that has seen enough (`longhand … | head`) is no failure; a disk that is full is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: the results cannot be written: ${error.message}\n`);
  process.exit(exitCodes.runFailed);
});
// Progress that nobody reads any more is no reason to give up what was trained.
process.stderr.on('error', () => {});

try {
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = exitCodes.usage;
  } else {
    await program.parseAsync();
  }
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else {
    process.stderr.write(oneLine(`error: ${messageOf(error)}\n`));
    process.exitCode = exitCodeOf(error);
  }
}

function networkOption(): Option {
  return new Option('--network <name>', 'which network')
    .choices(['lenet-documented', 'lenet5', 'wide'])
    .default('lenet-documented');
}

function threadsOption(): Option {
  return new Option(
    '--threads <count>',
    'how many threads compute, which changes no result (default: all cores)',
  ).argParser(wholeNumber(1));
}

function kernelsOption(): Option {
  return new Option(
    '--kernels <name>',
    'the arithmetic: plain loops, vectors, or vectors that round once where they can',
  )
    .choices(['reference', 'strict', 'fused'])
    .default('strict');
}

/** Commander puts its suggestion on a line of its own; one line is easier to read and to search for. */
function oneLine(text: string): string {
  return text.startsWith('error: unexpected failure') ? text : `${text.trim().replaceAll('\n', ' ')}\n`;
}
