/** Files that are written: what can be wrong with a name is found before the work, and a file is there whole or not at all. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { CommandError, exitCodes, refusal } from './failure';

/**
 * Makes sure that a file can be written there. Its folder is made.
 *
 * @param example a name that would do, for messages: `model.onnx`
 * @param option the option that names the file
 * @throws CommandError when the file is there already and may not be replaced, is no file, or cannot be written
 */
export function checkNewFile(
  file: string,
  { force, example, option = '--output' }: { force?: boolean; example: string; option?: string },
): void {
  // What would be standard output elsewhere is no good name for a file.
  if (file === '' || file === '-' || file.endsWith('/') || file.endsWith(sep)) {
    const better = file === '-' ? example : join(file, example);
    throw refusal(`option '${option}' expects the name of a file, got '${file}'; try ${better}`);
  }
  try {
    // A name that is too long, or leads through a file, is found here.
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw refusal(`${file}: expected a new file, but it is a folder; try ${join(file, example)}`);
    }
    if (there !== undefined && !there.isFile()) {
      throw refusal(`${file}: expected a new file, but it is no ordinary file; use another name`);
    }
    if (there !== undefined && !force) {
      throw refusal(`${file}: expected a new file, but it exists; use --force to overwrite it, or another ${option}`);
    }
    makeWritableFolder(dirname(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refusal(`${file}: nothing can be written there: ${(error as Error).message}; use another ${option}`);
  }
}

/** The name of a file until it is whole: short, so that it is not too long where the file's own is not. */
function unfinishedBeside(file: string): string {
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

/**
 * Makes a folder where there is none, and finds out whether files can be written there.
 *
 * @throws the system's error when they cannot
 */
export function makeWritableFolder(folder: string): void {
  makeFolder(resolve(folder));
  tryWriting(unfinishedBeside(join(folder, 'any')));
}

/**
 * Makes a folder and those that it lies in, one by one from the first that is missing. (Node's own way of making them all
 * at once never comes back from places where the system denies that a folder exists, but will not make it either.)
 */
function makeFolder(folder: string): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there?.isDirectory()) return;
  if (there !== undefined || folder === dirname(folder)) throw new Error(`${folder} is no folder`);
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Opens a file that is not there, and takes it away again: whether that goes is not to be read from permissions. */
function tryWriting(file: string): void {
  // What a killed process of the same number left behind.
  rmSync(file, { force: true });
  closeSync(openSync(file, 'wx'));
  rmSync(file);
}
