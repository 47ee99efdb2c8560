/** The options of `longhand train`. What it does is loaded when it is run. */
import { optimizerKinds, plainScheduleKinds } from '@longhand/optimizers';
import { type Command, Option } from 'commander';
import {
  classesOption,
  dataDirOption,
  kernelsOption,
  modelOption,
  networkOption,
  numberBelow,
  numberFromZero,
  partOfOne,
  pathName,
  positiveNumber,
  threadsOption,
  wholeNumber,
} from '../command/options';

export function declareTrain(program: Command): void {
  program
    .command('train')
    .description('train a network on handwritten digits, test it, and save it')
    .optionsGroup('Network:')
    .addOption(
      new Option('--recipe <name>', 'settings that belong together: a minute at most, or what patience gets')
        .choices(['quick', 'thorough'])
        .default('quick'),
    )
    .addOption(networkOption())
    .addOption(modelOption())
    .addOption(
      new Option('--activation <name>', 'the function between layers')
        .choices(['relu', 'sigmoid', 'tanh', 'silu', 'identity'])
        .default('relu'),
    )
    .addOption(new Option('--pooling <kind>', 'what a window becomes').choices(['max', 'mean']).default('max'))
    .optionsGroup('Training:')
    .option('--epochs <count>', 'how many times every image is seen', wholeNumber(1), 3)
    .option('--batch-size <count>', 'how many images make one step', wholeNumber(1), 64)
    .addOption(
      new Option('--optimizer <name>', 'the update rule').choices(Object.keys(optimizerKinds)).default('adamw'),
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
        .choices(Object.keys(plainScheduleKinds))
        .default('one-cycle'),
    )
    .option(
      '--warm-up <steps>',
      'a linear rise of so many steps to where the schedule starts (one-cycle starts low and has its own rise)',
      wholeNumber(0),
      0,
    )
    .optionsGroup('Better digits:')
    .option('--shift <pixels>', 'move each image at random, so far at most', numberFromZero, 0)
    .option('--rotation <degrees>', 'turn each image at random', numberFromZero, 0)
    .option('--scale <part>', 'stretch each image at random, along both axes', numberBelow(1), 0)
    .option('--shear <part>', 'slant each image at random', numberBelow(1), 0)
    .option('--elastic <pixels>', 'bend each image at random', numberFromZero, 0)
    .option('--plain-end <part>', 'show images as they are in the last part of the run', numberBelow(1), 0)
    .option('--label-smoothing <part>', 'how much of each target is spread over all classes', numberBelow(1), 0)
    .option(
      '--average-decay <number>',
      'keep a moving average of the weights, and save that (0: none; try 0.999)',
      numberBelow(1),
      0,
    )
    .optionsGroup('Machine and chance:')
    .option('--seed <number>', 'what chance follows from: the same seed gives the same bytes', wholeNumber(0), 1)
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .optionsGroup('Data:')
    .addOption(dataDirOption())
    .addOption(classesOption())
    .option('--limit <count>', 'train on the first images only', wholeNumber(1))
    .addOption(
      new Option('--from <model>', 'a trained model to start from, with its network')
        .argParser(pathName)
        .conflicts(['network', 'model', 'activation', 'pooling']),
    )
    .option(
      '--validation <count>',
      'hold back so many training images, and choose the best epoch by them',
      wholeNumber(0),
      0,
    )
    .option('--patience <epochs>', 'stop after so many epochs that read the held-back images no better', wholeNumber(1))
    .option('--target-accuracy <part>', 'stop when this part of the held-back images is read right', partOfOne)
    .optionsGroup('The run:')
    .option('--name <name>', 'what the run is called: its folder in runs/ (default: the network, numbered)')
    .option('--force', 'overwrite a run of the same name')
    .option('--config <file>', 'settings from a file, such as the config.json of a run; what is typed wins', pathName)
    .option('--resume <folder>', 'go on with a run that was interrupted', pathName)
    .option('--checkpoint-every <steps>', 'write a checkpoint so often, besides at each epoch’s end', wholeNumber(1))
    .option('--seeds <count>', 'as many runs, each with the next seed, and what they reach together', wholeNumber(1))
    .option('--quiet', 'no progress, only results')
    .option('--json', 'progress and results as lines of JSON on standard output')
    .addHelpText(
      'after',
      `
Examples:
  longhand train --epochs 1
  longhand train --recipe thorough --validation 5000
  longhand train --activation sigmoid --pooling mean --optimizer sgd --learning-rate 0.5
  longhand train --data-dir fashion-mnist --name fashion
  longhand train --resume runs/fashion

Ctrl-C finishes the step, saves, and tells how to go on; twice stops at once. A run's folder holds config.json,
metrics.jsonl, checkpoint.safetensors, last.safetensors, best.safetensors (with --validation) and report.html.`,
    )
    .action(async (_, command: Command) => (await import('./train-command')).trainCommand(command));
}
