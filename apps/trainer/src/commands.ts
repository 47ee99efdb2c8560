/**
 * All commands, and the options and help of those that have none of it in a file of their own. What a command does is imported when it is
 * run, so that help comes at once.
 */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { budgetOption } from './command/budget';
import { begun } from './command/first-signals';
import { awaitPipes } from './command/input-pipes';
import {
  addForeignFileOptions,
  addImageOptions,
  dataOption,
  kernelsOption,
  lossOption,
  metricOption,
  modelOption,
  moduleOption,
  mostImages,
  narrowVectorsOption,
  networkOption,
  pathName,
  positiveNumber,
  threadsOption,
  wholeNumber,
  wideVectorsOption,
} from './command/options';
import { probeCommandName } from './command/proven-engines';
import { declareExport, declareImport, declareInspect } from './model-commands';
import { declarePredict, declareVisualize } from './picture-commands';
import { runOrders } from './run/run-order';
import { declareTrain } from './train/train-options';
import { declareTune } from './tune/tune-options';

/** Declares every command, in the order in which the help lists them. */
export function declareCommands(program: Command): void {
  declareTrain(program);
  declareTune(program);
  declareData(program);
  declareRuns(program);
  declareEvaluate(program);
  declarePredict(program);
  declareVisualize(program);
  declareInspect(program);
  declareCheck(program);
  declareExport(program);
  declareImport(program);
  declareBench(program);
  declareServe(program);
  for (const command of program.commands) if (command.name() !== 'completion') command.addOption(budgetOption());
  declareCompletion(program);
  declareProbe(program);
  program.hook('preAction', (_, command) => awaitPipes(inputsOf(command)));
}

/** The files that a command is asked to read. Those in folders are not among them. */
function inputsOf(command: Command): readonly string[] {
  const { model, from, config } = command.opts();
  if (command.name() === 'completion') return [];
  // Only pictures come from standard input by this name.
  const takesDash = command.name() === 'predict' || command.name() === 'visualize';
  return [...command.processedArgs, model, from, config]
    .flat()
    .filter((name): name is string => typeof name === 'string' && (name !== '-' || takesDash));
}

function declareEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('evaluate a saved model on the test images: accuracy, confusion matrix, precision and recall')
    .argument(
      '<model...>',
      'runs, model files that train saved, or those of other programs; of several, which images all misclassify',
      (file: string, before: readonly string[] = []) => [...before, pathName(file)],
    )
    .addOption(dataOption())
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .addOption(wideVectorsOption())
    .addOption(narrowVectorsOption())
    .addOption(
      new Option('--split <name>', 'the part of the data').choices(['test', 'train', 'validation']).default('test'),
    )
    .addOption(
      new Option('--misclassified [count]', 'draw misclassified images, the most confident first')
        .preset('12')
        .argParser(pictureCount),
    )
    .addOption(moduleOption())
    .addOption(metricOption())
    .option('--json', 'print one line of JSON');
  addImageOptions(command);
  addForeignFileOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  longhand evaluate runs/lenet-documented/last.safetensors
  longhand evaluate runs/lenet-documented/last.safetensors --misclassified
  longhand evaluate runs/fashion/last.safetensors --data fashion-mnist --misclassified 30 --json
  longhand evaluate from-pytorch.onnx
  longhand evaluate runs/lenet-documented runs/fashion --misclassified 20`,
    )
    .action(async (models, options) =>
      (await begun(import('./evaluate/evaluate-command'))).evaluateCommand(models, options),
    );
}

/** A count, which may be absent: what follows the option is parsed as one, and most often that is the model. */
function pictureCount(text: string): number {
  try {
    return wholeNumber(1, 10_000)(text);
  } catch (error) {
    throw error instanceof InvalidArgumentError
      ? new InvalidArgumentError(`${error.message} Put the model before it.`)
      : error;
  }
}

function declareData(program: Command): void {
  const command = program
    .command('data')
    .description(
      'show what images are: classes, layout, samples, duplicates, suspicious labels; or write them otherwise',
    )
    .argument('[path]', 'what train takes as --data (default: MNIST, which came with the install)', pathName);
  addImageOptions(command)
    .option('--model <file>', 'a trained model: list the labels that it disagrees with most', pathName)
    .addOption(moduleOption())
    .option('--output <path>', 'write the images there: IDX files in a folder, or a .npz', pathName)
    .addOption(
      new Option('--format <name>', 'how to write them (default: by the ending)').choices(['idx', 'npz', 'folders']),
    )
    .option('--html <file>', 'write all of this as a page', pathName)
    .option('--force', 'overwrite existing files')
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .addOption(wideVectorsOption())
    .addOption(narrowVectorsOption())
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand data
  longhand data fashion-mnist --html fashion.html
  longhand data EMNIST/raw/emnist-letters --output letters.npz
  longhand data photos --image-size 28 --output idx
  longhand data kaggle --model runs/kaggle/last.safetensors`,
    )
    .action(async (path, options) => (await begun(import('./data/data-command'))).dataCommand(path, options));
}

function declareRuns(program: Command): void {
  program
    .command('runs')
    .description('list all runs, or compare some of them')
    .argument('[runs...]', 'names or folders of runs to compare')
    .addOption(
      new Option(
        '--sort <by>',
        'the order: names from A, dates from the newest, accuracies from the highest, losses and times from the lowest (default: name; of runs that are named, as they are)',
      ).choices(runOrders),
    )
    .option('--html <file>', 'write a page with the curves of the runs', pathName)
    .option('--force', 'overwrite this file')
    .option('--json', 'one line of JSON for each run')
    .addHelpText(
      'after',
      `
Examples:
  longhand runs
  longhand runs --sort accuracy
  longhand runs lenet5 lenet5-2
  longhand runs lenet5 lenet5-2 --html curves.html`,
    )
    .action(async (runs, options) => (await begun(import('./run/runs-command'))).runsCommand(runs, options));
}

function declareCheck(program: Command): void {
  program
    .command('check')
    .description('check the gradients of a network against numerical gradients (central differences)')
    .addOption(networkOption())
    .addOption(modelOption())
    .addOption(lossOption('a random projection of the output'))
    .option('--samples <count>', 'the number of entries to check of each parameter', wholeNumber(1, 1_000_000), 10)
    .option('--seed <number>', 'the random seed of weights, images and the choice of entries', wholeNumber(0), 1)
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand check --network lenet5
  longhand check --model mine.json --loss ./hinge.mjs#hinge --samples 100`,
    )
    .action(async (options) => (await begun(import('./check/check-command'))).checkCommand(options));
}

function declareBench(program: Command): void {
  program
    .command('bench')
    .description('measure the speed of training and inference, and of each kernel against the machine’s peak')
    .addOption(networkOption())
    .addOption(modelOption())
    .option('--batch-size <count>', 'the number of images in a step', wholeNumber(1, mostImages), 64)
    .addOption(
      new Option('--panel', 'measure the presets and seven other networks, in one table').conflicts([
        'network',
        'model',
        'apart',
      ]),
    )
    .option(
      '--seconds <number>',
      'the time to measure training, and inference (default: 3; of --panel 1)',
      positiveNumber,
    )
    .addOption(threadsOption())
    .addOption(kernelsOption())
    .addOption(wideVectorsOption())
    .addOption(narrowVectorsOption())
    .option('--apart', 'time every layer alone, without fusing layers')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  longhand bench
  longhand bench --model mine.json
  longhand bench --panel --threads 1
  longhand bench --network wide --threads 1 --kernels fused --no-wide-vectors --json`,
    )
    .action(async (options) => (await begun(import('./bench/bench-command'))).benchCommand(options));
}

function declareServe(program: Command): void {
  const command = program
    .command('serve')
    .description(
      'serve the playground: a page for this machine that trains in the browser, reads drawings and shows how',
    )
    .option(
      '--port <number>',
      'the port to begin with; if it is taken, the next free one',
      wholeNumber(1, 65_535),
      8400,
    )
    .addOption(dataOption());
  addImageOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  longhand serve
  longhand serve --data fashion-mnist --port 9000

Nothing leaves this machine. MNIST comes from the install; finished runs of this folder can be opened in the page.`,
    )
    .action(async (options) => (await begun(import('./serve/serve-command'))).serveCommand(options));
}

/** Of no use to people; see wide-vectors-proof.ts. */
function declareProbe(program: Command): void {
  program
    .command(probeCommandName, { hidden: true })
    .argument('<work>')
    .action(async (work) => (await import('./command/wide-vectors-probe')).probeWideVectors(work));
}

function declareCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  longhand completion bash >> ~/.bashrc
  longhand completion zsh > ~/.zfunc/_longhand       with ~/.zfunc in $fpath
  longhand completion fish > ~/.config/fish/completions/longhand.fish`,
    )
    .action(async (shell) =>
      (await begun(import('./completion/completion-command'))).completionCommand(program, shell),
    );
}
