/** The command `longhand-replay` but for its process: its options, what they mean together, and how it ends. */
import { numberTyped } from '@longhand/worked-examples';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import {
  deriveAsked,
  digitExamples,
  isExample,
  listText,
  printDerivation,
  type ReplayOptions,
  UsageError,
} from './replay';

/** Runs the command on the words that are typed behind its name. Gives its exit code. */
export async function runReplay(words: readonly string[]): Promise<number> {
  const program = replayProgram();
  let code = 0;
  program.action(async (name: string, options: ReplayOptions) => {
    code = await replay(program, name, options);
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { name, message } = error as Error;
    process.stderr.write(oneLine(`error: ${message}`));
    return name === 'UsageError' || name === 'OptionError' ? 2 : name === 'WriteError' ? 1 : 3;
  }
}

function replayProgram(): Command {
  return new Command('longhand-replay')
    .description('Plays hand derivations of backpropagation, step by step, with every formula and every number.')
    .version(packageJson.version)
    .argument('[example]', 'which derivation, a JSON file of one’s own, or list', 'list')
    .addOption(
      new Option('--order <order>', 'when weights change (default: as the source has it)').choices([
        'standard',
        'update-then-propagate',
      ]),
    )
    .addOption(
      new Option(
        '--digits <digits>',
        'round every named quantity to 3 decimals, or nothing: exact, of which six digits are shown (--json has all; default: as the source has it)',
      ).choices(['3', 'exact']),
    )
    .option('--variant <name>', 'a variant, of examples that have some')
    .addOption(
      new Option('--convolution <kind>', 'how kernels are laid on (default: as the source has it)').choices([
        'cross-correlation',
        'true-convolution',
      ]),
    )
    .option('--set <values>', 'other values of what is given, by name, with commas: i11=0.3,α=0.1', otherGivens)
    .option('--step <number>', 'one step only, by its number', wholeNumber)
    .option(
      '--only <names>',
      'some quantities only, by name as printed or plain, with commas: w1,k11⁺,∂L/∂w11 or dL/dw11',
    )
    .option('--check', 'exit 1 if a printed figure does not agree, in the source’s own order and digits')
    .addOption(
      new Option(
        '--quiz',
        'ask for each value before showing it, twice if need be, and name the usual error',
      ).conflicts(['html', 'markdown', 'json', 'check']),
    )
    .option('--json', 'print the derivation as JSON')
    .option('--markdown [file]', 'print it as Markdown with LaTeX formulas, or write that to a file')
    .option('--html [file]', 'print it as one page to read or to print, with typeset formulas, or write that to a file')
    .option('--force', 'overwrite the file of --markdown or --html')
    .option('--width <columns>', 'how wide lines are (default: as the terminal is, in a file 100)', columns)
    .option('--digit <digit>', 'lenet-step, network-step: which digit of the test set, 0 to 9', wholeNumber, 7)
    .option(
      '--quantity <name>',
      'lenet-step, network-step: what to derive, such as k2.5.3.1.2, C1.2.3.7 or o7; block1.body.conv1.weight.5.3.1.2 or bn.y.2.3.7',
    )
    .option(
      '--model <file>',
      'lenet-step, network-step: a trained model (default: the weights that training starts from)',
    )
    .option('--activation <name>', 'lenet-step: relu, sigmoid, tanh …, where no model is given (default: relu)')
    .addOption(
      new Option(
        '--pooling <kind>',
        'lenet-step: what a window becomes, where no model is given (default: max)',
      ).choices(['max', 'mean']),
    )
    .addOption(
      new Option(
        '--network <name>',
        'network-step: the network, where no model is given (default: resnet-small)',
      ).choices(['lenet-documented', 'sprint', 'lenet5', 'wide', 'pytorch-mnist', 'resnet-small']),
    )
    .addOption(
      new Option('--mode <mode>', 'network-step: how batch normalization and dropout work (default: train)').choices([
        'train',
        'evaluate',
      ]),
    )
    .addHelpText(
      'after',
      `
Examples:
  longhand-replay list
  longhand-replay conv1d-step
  longhand-replay conv1d-step --order standard --digits exact --only coef_c1,coef_c2
  longhand-replay conv-mse --quiz
  longhand-replay conv1d-step --set i11=0.3,α=0.1
  longhand-replay my-example.json --quiz
  longhand-replay conv1d-step --convolution cross-correlation --step 1
  longhand-replay lenet-step --digit 7 --quantity k2.5.3.1.2
  longhand-replay lenet-step --activation sigmoid --pooling mean --quantity P1.3.4.5
  longhand-replay network-step --network resnet-small --quantity block1.body.bn1.y.5.3.7
  longhand-replay mazur-2-2-2 --html mazur.html

Exit codes: 0 done, 1 a printed figure does not agree (--check) or nothing can be written, 2 wrong usage, 3 data or model cannot
be used`,
    )
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .showSuggestionAfterError();
}

async function replay(program: Command, name: string, typed: ReplayOptions): Promise<number> {
  const [example, options] = exampleLast(program, name, typed);
  if (example === 'list') {
    const file = [options.markdown, options.html].find((value) => typeof value === 'string');
    if (file !== undefined)
      throw new UsageError(`expected an example to write to ${file}; longhand-replay list shows all`);
    process.stdout.write(listText());
    return 0;
  }
  refuseMeaninglessOptions(program, example);
  return printDerivation(await deriveAsked(example, options), options);
}

/** Options that have no meaning for an example are not passed over. */
function refuseMeaninglessOptions(program: Command, example: string): void {
  const [ofNetworkStep, ofLenetStep] = [
    ['network', 'mode'],
    ['activation', 'pooling'],
  ];
  const meaningless = digitExamples.includes(example)
    ? [
        'order',
        'digits',
        'variant',
        'convolution',
        'set',
        ...(example === 'network-step' ? ofLenetStep : ofNetworkStep),
      ]
    : ['digit', 'quantity', 'model', ...ofLenetStep, ...ofNetworkStep];
  const given = meaningless.find((option) => program.getOptionValueSource(option) === 'cli');
  if (given !== undefined) throw new UsageError(`--${given} has no meaning for ${example}; leave it out`);
}

/** With the example last, `--html conv-mse`, the option has taken it for its file. */
function exampleLast(
  program: Command,
  name: string,
  options: ReplayOptions,
): [example: string, options: ReplayOptions] {
  const taken = (['markdown', 'html'] as const).find((form) => isExample(options[form]));
  if (program.args.length > 0 || taken === undefined) return [name, options];
  return [options[taken] as string, { ...options, [taken]: true }];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('Expected a whole number.');
  }
  return value;
}

function columns(text: string): number {
  const value = wholeNumber(text);
  if (value < 40) throw new InvalidArgumentError('Expected 40 columns or more.');
  return value;
}

/** `i11=0.3,α=0.1` by the names. A comma within braces is one of LaTeX. */
function otherGivens(text: string): Readonly<Record<string, number>> {
  const entries = text.split(/,(?![^{]*\})/).map((part) => {
    const [, name, typed = ''] = /^\s*(\S.*?)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const value = numberTyped(typed);
    if (name === undefined || Number.isNaN(value)) {
      throw new InvalidArgumentError(`Expected names with numbers, such as i11=0.3,α=0.1; got '${part}'.`);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}

function oneLine(text: string): string {
  return `${text.trim().replaceAll('\n', ' ')}\n`;
}
