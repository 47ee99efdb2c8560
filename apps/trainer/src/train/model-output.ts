/** Where a trained model goes. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { CommandError, exitCodes } from '../command/failure';
import { unfinishedBeside } from '../command/whole-file';

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
