/** Files that are there whole or not at all. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, exitCodes } from './failure';

/** The name of a file until it is whole: short, so that it is not too long where the file's own is not. */
export function unfinishedBeside(file: string): string {
  return join(dirname(file), `.${process.pid}.part`);
}

/**
 * Writes a file under another name, waits until it is on the disk, and only then gives it its name.
 *
 * @throws CommandError when it cannot be written; a file that was there before is still there then
 */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const unfinished = unfinishedBeside(file);
  try {
    const descriptor = openSync(unfinished, 'w');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
  } catch (error) {
    removeIfPossible(unfinished);
    throw new CommandError(exitCodes.runFailed, `${file}: it could not be saved: ${(error as Error).message}`);
  }
}

/** Why writing failed matters more than that cleaning up fails too. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}
