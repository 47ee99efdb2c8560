#!/usr/bin/env node
/** The program `longhand`: parses the command line, runs the command, and turns every failure into one line and an exit code. */
import './command/first-signals';
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { exitCodeOf, exitCodes, lineOf, messageOf, sayLine, watchStreams } from './command/failure';
import { currentSpelling } from './command/options';
import { withSuggestion } from './command/suggestions';
import { declareCommands } from './commands';

const program = new Command('longhand')
  .description('Trains small convolutional digit classifiers, evaluates them, and shows what they learned.')
  .version(packageJson.version)
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(lineOf(withSuggestion(text, program, process.argv.slice(2)))),
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

watchStreams();

try {
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = exitCodes.usage;
  } else {
    await program.parseAsync(process.argv.map(currentSpelling));
  }
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  } else {
    process.exitCode = exitCodeOf(error);
    // An interruption is no error: it was asked for.
    const kind = process.exitCode === exitCodes.interrupted ? '' : 'error: ';
    const text = `${kind}${messageOf(error)}`;
    // An unexpected error keeps its stack.
    if (text.startsWith('error: unexpected failure')) process.stderr.write(`${text}\n`);
    else sayLine(text);
  }
}
