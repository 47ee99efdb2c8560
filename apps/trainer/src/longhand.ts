#!/usr/bin/env node
/** The program `longhand`: parses the command line, runs the command, and turns every failure into one line and an exit code. */
import './command/first-signals';
import { exitCodes, watchStreams } from './command/failure';
import { currentSpelling } from './command/options';
import { programFor, sayFailure } from './program';

const program = programFor(process.argv.slice(2));

watchStreams();

try {
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = exitCodes.usage;
  } else {
    await program.parseAsync(process.argv.map(currentSpelling));
  }
} catch (error) {
  process.exitCode = sayFailure(error);
}
