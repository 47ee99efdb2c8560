/** Files that are there whole or not at all. */
import {
  accessSync,
  closeSync,
  constants,
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
import { dirname, join } from 'node:path';
import { CommandError, exitCodes } from './failure';

/**
 * The file that a model will be saved to, found before training begins: a taken or an unwritable one should not cost
 * a run. Its folder is made.
 *
 * @throws CommandError when the file is there already, or cannot be written
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
  if (existsSync(file) && !force) {
    throw new CommandError(
      exitCodes.usage,
      `${file}: expected a new file to save the model to, but it exists; use --force to overwrite it`,
    );
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
    if (existsSync(file) && !statSync(file).isFile()) throw new Error('it is no file');
  } catch (error) {
    throw new CommandError(
      exitCodes.usage,
      `${file}: cannot save a model there: ${(error as Error).message}; use --output`,
    );
  }
  return file;
}

/** `name.safetensors`, or `name-2.safetensors`, `name-3.safetensors`, … if that is taken. */
function firstFree(stem: string): string {
  let file = `${stem}.safetensors`;
  for (let number = 2; existsSync(file); number++) file = `${stem}-${number}.safetensors`;
  return file;
}

/**
 * Writes a file under another name, waits until it is on the disk, and only then gives it its name.
 *
 * @throws CommandError when it cannot be written; a file that was there before is still there then
 */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const unfinished = `${file}.${process.pid}.part`;
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
    rmSync(unfinished, { force: true });
    throw new CommandError(exitCodes.runFailed, `${file}: the model could not be saved: ${(error as Error).message}`);
  }
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
