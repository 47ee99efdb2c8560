/** The program `longhand` without its process: the parser of command lines, and what is said of a failure. */
import { Command, CommanderError, type HelpContext } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { calledAs, exitCodeOf, exitCodes, lineOf, messageOf, sayLine } from './command/failure';
import { withSuggestion } from './command/suggestions';
import { declareCommands } from './commands';

/** The parser's help on a command that there is not would be that of the whole program, without a word why. */
class Program extends Command {
  readonly #words: readonly string[];

  constructor(name: string, words: readonly string[]) {
    super(name);
    this.#words = words;
  }

  override help(context?: HelpContext | ((text: string) => string)): never {
    const [first, asked] = this.#words;
    const isFailure = typeof context === 'object' && context.error;
    if (isFailure && first === 'help' && asked !== undefined) {
      this.error(`error: unknown command '${asked}'`, { code: 'commander.unknownCommand' });
    }
    return super.help(context as HelpContext);
  }
}

/** The parser, with all commands. @param options the words of the command line, for suggestions */
export function programFor(options: readonly string[]): Command {
  const program = new Program('longhand', options)
    .description('Trains small convolutional digit classifiers, evaluates them, and shows what they learned.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(asTypedHere(text)),
      writeErr: (text) => process.stderr.write(asTypedHere(text)),
      outputError: (text, write) => write(lineOf(withSuggestion(text, program, options))),
    })
    .showSuggestionAfterError(false)
    .addHelpText(
      'after',
      `
Examples:
  longhand train                                  train lenet-documented, the small network of the documentation, on MNIST
  longhand train --network lenet5 --epochs 5      a larger network, longer
  longhand evaluate runs/lenet-documented/last.safetensors
  longhand export runs/lenet-documented/last.safetensors --output digits.html

Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 data or model cannot be used, 130 interrupted`,
    );
  declareCommands(program);
  return program;
}

/** A help whose lines work when they are typed: in a copy of the repository, `npm start --` stands for the command. */
function asTypedHere(help: string): string {
  return help.replace(/^(Usage: | {2})longhand(?= )/gm, `$1${calledAs()}`);
}

/** Says why a command ended early, in one line, and gives the exit code. */
export function sayFailure(error: unknown): number {
  // The parser has said it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const code = exitCodeOf(error);
  // An interruption is no error: it was asked for.
  const text = `${code === exitCodes.interrupted ? '' : 'error: '}${messageOf(error)}`;
  // An unexpected error keeps its stack.
  if (text.startsWith('error: unexpected failure')) process.stderr.write(`${text}\n`);
  else sayLine(text);
  return code;
}
