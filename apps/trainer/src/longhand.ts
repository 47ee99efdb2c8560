#!/usr/bin/env node
/**
 * The command `longhand`. A folder for each command: its options are read here, and what it does is imported when it is
 * run, so that help comes at once.
 */
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { declareBench } from './bench/bench-options';
import { declareCheck } from './check/check-options';
import { exitCodeOf, exitCodes, messageOf } from './command/failure';
import { watchStreams } from './command/streams';
import { declareCompletion } from './completion/completion-options';
import { declareEvaluate } from './evaluate/evaluate-options';
import { declareExport } from './export/export-options';
import { declareImport } from './import/import-options';
import { declareInspect } from './inspect/inspect-options';
import { declarePredict } from './predict/predict-options';
import { declareRuns } from './runs/runs-options';
import { declareTrain } from './train/train-options';
import { declareVisualize } from './visualize/visualize-options';

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
  longhand evaluate runs/lenet-documented/last.safetensors
  longhand export runs/lenet-documented/last.safetensors --output digits.html

Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 data or model cannot be used, 130 interrupted`,
  );

declareTrain(program);
declareRuns(program);
declareEvaluate(program);
declarePredict(program);
declareVisualize(program);
declareInspect(program);
declareCheck(program);
declareExport(program);
declareImport(program);
declareBench(program);
declareCompletion(program);

watchStreams();

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
    process.exitCode = exitCodeOf(error);
    // Who interrupts gets what was asked for.
    const kind = process.exitCode === exitCodes.interrupted ? '' : 'error: ';
    process.stderr.write(oneLine(`${kind}${messageOf(error)}\n`));
  }
}

/** Commander puts its suggestion on a line of its own; one line is easier to read and to search for. */
function oneLine(text: string): string {
  return text.startsWith('error: unexpected failure') ? text : `${text.trim().replaceAll('\n', ' ')}\n`;
}
