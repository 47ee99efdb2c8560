/** The options of `longhand tune`: those of `train` that are settings, and its own. What it does is loaded when it is run. */
import { type Command, Option } from 'commander';
import { begun } from '../command/first-signals';
import { mostImages, mostSeeds, mostSteps, positiveNumber, validationChoice, wholeNumber } from '../command/options';
import { addSettingOptions } from '../train/train-options';
import { usualValidation } from './search';

/** More configurations than anyone waits for. */
const mostTrials = 100_000;

export function declareTune(program: Command): void {
  const command = program
    .command('tune')
    .description('search the settings of train on validation images: learning rate, schedule, layers and all others')
    .optionsGroup('Search:')
    .addOption(
      new Option(
        '--search <setting=values>',
        'a setting of train and its values, such as learning-rate=0.003..0.05, schedule=one-cycle,cosine or, of a layer, conv1.out-channels=4..12; again for each (default: the usual ones)',
      ).argParser((text: string, before: readonly string[] = []) => [...before, text]),
    )
    .option('--trials <count>', 'the number of configurations to begin with', wholeNumber(2, mostTrials), 27)
    .option('--seeds <count>', 'the number of seeds of the last ones', wholeNumber(1, mostSeeds), 3)
    .option('--minutes <number>', 'begin no training after this time; the same command goes on', positiveNumber)
    .option(
      '--find-learning-rate',
      'instead: one short run whose learning rate grows (LR range test), and where its loss is lowest',
    )
    .option('--steps <count>', 'for --find-learning-rate: the steps of that run', wholeNumber(10, mostSteps), 300);
  addSettingOptions(command)
    .option(
      '--validation <count>',
      `what to judge by: this number of training images, a part of them, or val, the validation part of the data; never the test images (default: that where there is one, else ${usualValidation})`,
      validationChoice(mostImages),
    )
    .optionsGroup('The search:')
    .option('--name <name>', 'the name of the folder in runs/ (default: tune, numbered)')
    .option('--force', 'begin anew in the folder of an earlier search')
    .option('--quiet', 'no progress, only results')
    .option('--json', 'progress and results as lines of JSON on standard output')
    .addHelpText(
      'after',
      `
Examples:
  longhand tune
  longhand tune --network lenet5 --epochs 5 --trials 40
  longhand tune --search learning-rate=0.003..0.05 --search schedule=one-cycle,cosine
  longhand tune --search conv1.out-channels=4..12 --search conv2.out-channels=8..24
  longhand tune --data fashion-mnist --find-learning-rate

Successive halving: --trials configurations are trained for a ninth or a third of the --epochs, the best third of each goes on, and
the last ones get all --seeds. The settings as given are always among them. What is finished is kept in a folder of runs/: after
Ctrl-C, or a power cut, the same command goes on. The same seed gives the same results with any number of threads.`,
    )
    .action(async () => (await begun(import('./tune-command'))).tuneCommand(command));
}
