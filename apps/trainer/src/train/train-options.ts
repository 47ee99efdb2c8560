/** The options of `longhand train`. What it does is loaded when it is run. */
import { distillationDefaults } from '@longhand/layers';
import { optimizerKinds, plainScheduleKinds } from '@longhand/optimizers';
import { type QuickSettings, quickSettings } from '@longhand/training/quick-settings';
import { type Command, Option } from 'commander';
import type { DataChoice } from '../command/dataset-source';
import { beginToReadDigits } from '../command/digits-of-install';
import { begun } from '../command/first-signals';
import {
  activationNames,
  addImageOptions,
  classesOption,
  dataOption,
  kernelsOption,
  lossOption,
  metricOption,
  modelOption,
  moduleOption,
  mostEpochs,
  mostImages,
  mostSeeds,
  mostSteps,
  namesInList,
  narrowVectorsOption,
  networkNames,
  networkOption,
  numberBelow,
  numberUpTo,
  OwnOption,
  partOfOne,
  pathName,
  poolingNames,
  positiveNumber,
  threadsOption,
  validationChoice,
  wholeNumber,
  wideVectorsOption,
} from '../command/options';
import { type RunOptions, recipeNames } from '../run/run-settings';

/** What the recipe `quick` has for networks in general. */
const usual = quickSettings();

/** A setting of the recipe `quick` for help: that of networks in general, and of those that have another. */
function byNetwork(settingOf: (settings: QuickSettings) => number | string): string {
  const others = new Map<number | string, string[]>();
  for (const name of networkNames) {
    const setting = settingOf(quickSettings(name));
    if (setting !== settingOf(usual)) others.set(setting, [...(others.get(setting) ?? []), name]);
  }
  return [`${settingOf(usual)}`, ...[...others].map(([setting, names]) => `${setting} for ${names.join(', ')}`)].join(
    '; ',
  );
}

/** The files of models, or folders of runs, with commas between. */
function modelFiles(text: string): readonly string[] {
  return namesInList(text).map(pathName);
}

/** Adds the options that say what is trained, on what and how, to a command that trains. */
export function addSettingOptions(command: Command): Command {
  command
    .optionsGroup('Network:')
    .addOption(
      new Option(
        '--recipe <name>',
        'settings that belong together: seconds of training, one epoch of a fast network, or the best accuracy in minutes',
      )
        .choices(recipeNames)
        .default('quick'),
    )
    .addOption(networkOption())
    .addOption(modelOption())
    .addOption(
      new Option(
        '--activation <name>',
        'the activation function between layers; hardSwish and silu learn more in an epoch than relu, silu is the slowest of them',
      )
        .choices(activationNames)
        .default(
          usual.activation,
          byNetwork(({ activation }) => activation),
        ),
    )
    .addOption(
      new Option('--pooling <kind>', 'the pooling of each window; mean gains with a smooth activation, not with relu')
        .choices(poolingNames)
        .default(
          usual.pooling,
          byNetwork(({ pooling }) => pooling),
        ),
    )
    .optionsGroup('Training:')
    .addOption(
      new Option('--epochs <count>', 'the number of passes over the training images')
        .argParser(wholeNumber(1, mostEpochs))
        .default(
          usual.epochs,
          byNetwork(({ epochs }) => epochs),
        ),
    )
    .addOption(
      new Option('--batch-size <count>', 'the number of images in a step; 32 cost accuracy in a short run')
        .argParser(wholeNumber(1, mostImages))
        .default(
          usual.batchSize,
          byNetwork(({ batchSize }) => batchSize),
        ),
    )
    .addOption(lossOption())
    .addOption(
      new OwnOption('--optimizer <name>', 'the update rule', { names: Object.keys(optimizerKinds) }).default('adamw'),
    )
    .option(
      '--learning-rate <number>',
      'the highest learning rate of the run (default: depends on network and optimizer; tune --find-learning-rate finds one)',
      positiveNumber,
    )
    .option(
      '--momentum <number>',
      'momentum, for sgd, rmsprop and muon (default: sgd 0.9, rmsprop 0, muon 0.95)',
      numberBelow(1),
    )
    .option('--nesterov', 'Nesterov momentum, for sgd (muon has it in any case)')
    .option(
      '--beta1 <number>',
      `for adam, adamw, lion and what muon leaves to AdamW: how slowly the mean of the gradients forgets (default: ${byNetwork(({ adamw }) => adamw.beta1 ?? 0.9)})`,
      numberBelow(1),
    )
    .option(
      '--beta2 <number>',
      `for the same: how slowly the mean of their squares forgets (default: ${byNetwork(({ adamw }) => adamw.beta2 ?? 0.999)}; lion 0.99)`,
      numberBelow(1),
    )
    .option(
      '--weight-decay <number>',
      `weight decay (default: adamw ${byNetwork(({ adamw }) => adamw.weightDecay ?? 0.01)}; muon 0.1, others 0)`,
      numberBelow(1),
    )
    .option(
      '--adamw-learning-rate <number>',
      'for muon: the learning rate of what AdamW updates, such as biases (default: depends on the network)',
      positiveNumber,
    )
    .option(
      '--adamw-layers <names>',
      'for muon: the layers that AdamW updates, with commas between (default: none)',
      namesInList,
    )
    .addOption(
      new Option('--clip-norm <number>', 'gradient clipping: the largest norm of all gradients together (try 1)')
        .argParser(positiveNumber)
        .conflicts('clipValue'),
    )
    .option('--clip-value <number>', 'gradient clipping: the largest magnitude of each gradient', positiveNumber)
    .addOption(
      new OwnOption(
        '--schedule <name>',
        'the learning rate schedule; all but constant go toward 0 over the run, step by step',
        {
          names: Object.keys(plainScheduleKinds),
        },
      ).default('one-cycle'),
    )
    .option(
      '--warm-up <steps>',
      'the number of steps of a linear warm-up before the schedule (one-cycle has its own)',
      wholeNumber(0, mostSteps),
      0,
    )
    .optionsGroup('Data augmentation and regularization:')
    .option('--shift <pixels>', 'shift each image at random, at most this far', numberUpTo(1000), 0)
    .option('--rotation <degrees>', 'rotate each image at random, at most this far', numberUpTo(180), 0)
    .option('--scale <part>', 'scale each image at random, along each axis by at most this part', numberBelow(1), 0)
    .option('--shear <part>', 'shear each image at random, by at most this part', numberBelow(1), 0)
    .option('--elastic <pixels>', 'elastic distortion of each image at random, of this strength', numberUpTo(1000), 0)
    .option('--flip <part>', 'mirror this part of the images left to right (try 0.5, but not for digits)', partOfOne)
    .addOption(new OwnOption('--augmentation <module>', 'an augmentation of your own, in place of these'))
    .option(
      '--close-augmentation <part>',
      'no augmentation in this last part of the run, as YOLO’s close_mosaic',
      numberBelow(1),
      0,
    )
    .addOption(
      new Option(
        '--hard-examples <part>',
        'after half of the run, train on this part of the images, whose loss was largest when last seen, chosen again and again (hard example mining, OHEM); gains in short runs (0: all images)',
      )
        .argParser(numberBelow(1))
        .default(
          usual.hardExamples?.fraction ?? 0,
          byNetwork(({ hardExamples }) => hardExamples?.fraction ?? 0),
        ),
    )
    .option(
      '--hard-examples-after <part>',
      'for hard examples: this part of the run trains on all images before (default: 0.5)',
      partOfOne,
    )
    .option(
      '--label-smoothing <part>',
      'the part of each target that is spread over all classes; costs these small networks accuracy',
      numberBelow(1),
      0,
    )
    .addOption(
      new Option(
        '--teacher <model>',
        'knowledge distillation: learn from a trained model too, which sees the same distorted images; several with commas between',
      )
        .argParser(modelFiles)
        .conflicts('loss'),
    )
    .option(
      '--temperature <number>',
      `for a teacher: what logits are divided by before the softmax (default: ${distillationDefaults.temperature})`,
      positiveNumber,
    )
    .option(
      '--teacher-weight <part>',
      `for a teacher: its part of the loss (1: it alone; default: ${distillationDefaults.weight})`,
      partOfOne,
    )
    .option(
      '--average-decay <number>',
      'save an exponential moving average (EMA) of the weights with this decay (0: none; try 0.999)',
      numberBelow(1),
      0,
    )
    .optionsGroup('Machine and seed:')
    .option('--seed <number>', 'the random seed: the same seed gives the same bytes', wholeNumber(0), 1)
    .addOption(threadsOption())
    .addOption(wideVectorsOption())
    .addOption(narrowVectorsOption())
    .addOption(kernelsOption())
    .optionsGroup('Data:')
    .addOption(dataOption());
  return addImageOptions(command)
    .addOption(classesOption())
    .option('--limit <count>', 'train on the first images only', wholeNumber(1, mostImages))
    .addOption(
      new Option('--from <model>', 'a trained model to start from, with its network')
        .argParser(pathName)
        .conflicts(['network', 'model', 'activation', 'pooling']),
    );
}

export function declareTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train an image classifier (default: of handwritten digits), evaluate it, and save it');
  addSettingOptions(command)
    .option(
      '--validation <count>',
      'what chooses the best epoch: this number of training images, a part of them (0.1), or val, the validation part of the data (default: that where there is one, else 0: none)',
      validationChoice(mostImages),
    )
    .option(
      '--patience <epochs>',
      'early stopping: after this many epochs without a better validation accuracy (with --schedule constant: the others fall over all --epochs)',
      wholeNumber(1, mostEpochs),
    )
    .option('--target-accuracy <part>', 'stop at this validation accuracy, from 0 to 1', partOfOne)
    .addOption(metricOption())
    .optionsGroup('The run:')
    .option('--name <name>', 'the name of the run, and of its folder in runs/ (default: the network, numbered)')
    .option('--force', 'overwrite a run of the same name')
    .option(
      '--config <file>',
      'settings from a file, such as the config.json of a run; typed options override them',
      pathName,
    )
    .option('--resume <folder>', 'resume a run that was interrupted', pathName)
    .addOption(moduleOption())
    .option(
      '--checkpoint-every <steps>',
      'steps between checkpoints, besides those at the end of each epoch',
      wholeNumber(1, mostSteps),
    )
    .option(
      '--seeds <count>',
      'train this many runs with successive seeds; print mean and standard deviation',
      wholeNumber(1, mostSeeds),
    )
    .option('--quiet', 'no progress, only results')
    .option('--json', 'progress and results as lines of JSON on standard output')
    .addHelpText(
      'after',
      `
Examples:
  longhand train --epochs 1
  longhand train --recipe thorough --validation 5000
  longhand train --activation sigmoid --pooling mean --optimizer sgd --learning-rate 0.5
  longhand train --data fashion-mnist --name fashion
  longhand train --recipe thorough --teacher runs/lenet5
  longhand train --resume runs/fashion
  longhand train --model mine.json --loss ./hinge.mjs#hinge

Ctrl-C finishes the step, saves, and prints the command that resumes; twice stops at once. A run's folder has config.json,
metrics.jsonl, metrics.csv, checkpoint.safetensors, last.safetensors, best.safetensors (with --validation), report.html, and
events.out.tfevents: 'tensorboard --logdir runs' shows the curves of all runs.

Layers, loss, optimizer, schedule, augmentation and metrics may be of your own: ./file.mjs#export, or with options
'{"module": "./file.mjs", "export": "make", "options": {…}}', as in files. Files that longhand wrote name them too, but run
them only with --module.`,
    )
    .action(async () => {
      const { data, config, resume } = command.opts<RunOptions & DataChoice>();
      // Of a configuration or a run it is not known yet what they train on.
      if (data === undefined && config === undefined && resume === undefined) beginToReadDigits();
      return (await begun(import('./train-command'))).trainCommand(command);
    });
}
