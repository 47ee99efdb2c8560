#!/usr/bin/env node
/**
 * The command `longhand-replay`: plays hand derivations step by step. Whatever is derived and presented comes from
 * `@longhand/worked-examples`.
 */
import { runReplay } from './program';

// A reader that has seen enough (`longhand-replay … | head`) is no failure; a disk that is full is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: the derivation cannot be written: ${error.message}\n`);
  process.exit(1);
});
process.stderr.on('error', () => {});

process.exitCode = await runReplay(process.argv.slice(2));
