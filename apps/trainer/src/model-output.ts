/** Files that are there whole or not at all. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { CommandError, exitCodes } from './failure';

/**
 * The file that a model will be saved to, found before training begins: a taken or an unwritable one should not cost
 * a run. Its folder is made.
 *
 * @throws CommandError when the file is there already, is no file, or cannot be written
 */
export function chooseOutput({
  output,
  force,
  network,
}: {
  output?: string;
  force?: boolean;
  network: string;
}): string {
  const file = output ?? firstFree(join('models', network));
  if (file === '' || file.endsWith('/') || file.endsWith(sep)) {
    throw refusal(
      `option '--output' expects the name of a file, got '${file}'; try ${join(file, `${network}.safetensors`)}`,
    );
  }
  try {
    // A name that is too long, or leads through a file, is found here.
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw refusal(
        `${file}: expected a new file to save the model to, but it is a folder; try ${join(file, `${network}.safetensors`)}`,
      );
    }
    if (there !== undefined && !there.isFile()) {
      throw refusal(`${file}: expected a new file to save the model to, but it is no ordinary file; use another name`);
    }
    if (there !== undefined && !force) {
      throw refusal(`${file}: expected a new file to save the model to, but it exists; use --force to overwrite it`);
    }
    makeFolder(resolve(dirname(file)));
    tryWriting(unfinishedBeside(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refusal(`${file}: cannot save a model there: ${(error as Error).message}; use --output`);
  }
  return file;
}

function refusal(message: string): CommandError {
  return new CommandError(exitCodes.usage, message);
}

/** `name.safetensors`, or `name-2.safetensors`, `name-3.safetensors`, … if that is taken. */
function firstFree(stem: string): string {
  let file = `${stem}.safetensors`;
  for (let number = 2; existsSync(file); number++) file = `${stem}-${number}.safetensors`;
  return file;
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
    throw new CommandError(exitCodes.runFailed, `${file}: the model could not be saved: ${(error as Error).message}`);
  }
}

/** Why writing failed matters more than that cleaning up fails too. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** @throws CommandError when there is no such file */
export function readModelFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new CommandError(exitCodes.data, `${file}: expected a model file, but ${reason}`);
  }
}
