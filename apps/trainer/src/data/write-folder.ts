/** A folder of many files, which takes seconds to write: it is there whole or not at all. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { disk } from '../command/disk';
import { CommandError, exitCodes } from '../command/failure';
import { removeUnfinished, temporaryName } from '../command/output-files';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Writes a folder: a new one under another name, which is given its own at the end. In a folder that has files, as with --force, they are
 * written one by one.
 *
 * @param write writes the files into the folder that it is given; between its steps a signal is heard
 * @throws CommandError when it is interrupted or cannot be written; of a new folder nothing is left then
 */
export async function writeFolder(output: string, write: (folder: string) => Iterable<unknown>): Promise<void> {
  const before = existsSync(output) ? readdirSync(output).length : undefined;
  const folder = before === undefined ? temporaryName(resolve(output)) : output;
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    disk.mkdirSync(folder, { recursive: true });
    for (const _ of write(folder)) {
      await new Promise(setImmediate);
      if (isInterrupted) throw new CommandError(exitCodes.interrupted, 'interrupted');
    }
    if (before !== undefined) return;
    disk.renameSync(folder, output);
    removeUnfinished(resolve(output));
  } catch (error) {
    if (before === undefined) disk.rmSync(folder, { recursive: true, force: true });
    if (before === 0) for (const name of readdirSync(output)) disk.rmSync(join(output, name), { recursive: true });
    if (!(error instanceof CommandError)) {
      throw new CommandError(exitCodes.runFailed, `${output}: it could not be written: ${(error as Error).message}`);
    }
    if (error.exitCode !== exitCodes.interrupted) throw error;
    const left = before ? `a part of the files is in ${output}` : 'nothing is saved';
    throw new CommandError(exitCodes.interrupted, `interrupted; ${left}`);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
