/**
 * Ctrl-C and SIGTERM before a command has begun: while its code is loaded, and while a pipe that it reads has nothing yet. The
 * process ends with the exit code for interruptions, as it does later.
 *
 * It is the first import of the program, so that it listens before anything else is loaded. A signal is heard between two turns of
 * the event loop only; a command that computes in this thread would not hear it, so from its beginning on the system itself ends the process.
 */
import { exitCodes, sayLine } from './failure';

const signals = ['SIGINT', 'SIGTERM'] as const;

function interrupt(): void {
  sayLine('interrupted before anything had begun');
  process.exit(exitCodes.interrupted);
}

for (const signal of signals) process.on(signal, interrupt);

/**
 * Waits until the code of a command is loaded. The command begins.
 *
 * @example (await begun(import('./check/check-command'))).checkCommand(options)
 */
export async function begun<Module>(loading: Promise<Module>): Promise<Module> {
  const module = await loading;
  // A signal that has come by now is heard.
  await new Promise(setImmediate);
  for (const signal of signals) process.off(signal, interrupt);
  return module;
}
