/**
 * Files that are written: what can be wrong with a name is found before the work, and a file is there whole or not at all.
 *
 * The atomic write is our own. `write-file-atomic` 7 makes one write call without looking at how much of it was written, so
 * that a disk that is nearly full leaves a truncated file under the final name; its temporary name is longer than the file's,
 * which may be too long; and it never tells whether a folder can be written before there is something to write.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { disk, flush, syncFolder } from './disk';
import { CommandError, exitCodes, refusal } from './failure';
import { destinationOf } from './output-destination';
import { isOther } from './processes';

/**
 * Makes sure that a file can be written there. Its folder is made. Devices and pipes are taken as they are.
 *
 * @param example a name that would do, for messages: `model.onnx`
 * @param option the option that names the file
 * @throws CommandError when the file is there already and may not be replaced, is a folder, or cannot be written
 */
export function checkNewFile(
  file: string,
  { force, example, option = '--output' }: { force?: boolean; example: string; option?: string },
): void {
  // `-` is standard output elsewhere, and no good name for a file.
  if (file === '' || file === '-' || file.endsWith('/') || file.endsWith(sep)) {
    const better = file === '-' ? example : join(file, example);
    throw refusal(`option '${option}' expects the name of a file, got '${file}'; try ${better}`);
  }
  try {
    // A name that is too long, or leads through a file, is found here.
    const destination = destinationOf(file);
    if (destination.kind !== 'file') return;
    const { path } = destination;
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) {
      throw refusal(`${file}: expected a new file, but it is a folder; try ${join(file, example)}`);
    }
    if (there !== undefined && !force) {
      throw refusal(`${file}: expected a new file, but it exists; use --force to overwrite it, or another ${option}`);
    }
    makeWritableFolder(dirname(path), path);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refusal(`${file}: nothing can be written there: ${(error as Error).message}; use another ${option}`);
  }
}

/** The name of a file while it is written: short, so that it is never too long where the file's own is not. */
export function temporaryName(file: string): string {
  return join(dirname(file), `.${digestOf(file)}-${process.pid}.part`);
}

const digests = new Map<string, string>();

/** What stands for a file's own name in that of what becomes it. */
function digestOf(file: string): string {
  const name = basename(file);
  const digest = digests.get(name) ?? createHash('sha256').update(name).digest('hex').slice(0, 8);
  digests.set(name, digest);
  return digest;
}

/** Whose file it is that was being written, by its name: the id of the process. Undefined for other files. */
export function writerOf(name: string): number | undefined {
  // Longhand 0.1.0 wrote the id alone.
  const match = /^\.(?:[0-9a-f]{8}-)?(\d+)\.part$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** Removes what killed processes have left of a file or folder while they wrote it. */
export function removeUnfinished(file: string): void {
  const folder = dirname(file);
  try {
    for (const name of readdirSync(folder)) {
      const writer = name.startsWith(`.${digestOf(file)}-`) ? writerOf(name) : undefined;
      if (writer !== undefined && !isOther(writer)) disk.rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch {
    // A folder that can be written but not listed, or from which nothing can be removed.
  }
}

/**
 * Writes a file atomically: under another name, flushed to the disk (fsync) where that is allowed, then renamed, and its folder
 * flushed.
 *
 * @throws CommandError when it cannot be written; a file that existed before is unchanged then
 */
export function writeAtomically(file: string, bytes: Uint8Array): void {
  const temporary = temporaryName(file);
  try {
    writeFlushed(temporary, bytes);
    disk.renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    removeIfPossible(temporary);
    throw new CommandError(exitCodes.runFailed, `${file}: it could not be saved: ${(error as Error).message}`);
  }
}

/**
 * Writes an output of a command to where its name leads: a file atomically, a device or a pipe as it is.
 *
 * @throws CommandError when it cannot be written
 */
export function writeOutput(file: string, bytes: Uint8Array): void {
  const destination = destinationOf(file);
  if (destination.kind === 'file') {
    writeAtomically(destination.path, bytes);
    removeUnfinished(destination.path);
    return;
  }
  try {
    const isOpen = destination.kind === 'open';
    const descriptor = isOpen ? destination.descriptor : disk.openSync(destination.path, 'w');
    try {
      writeWhole(descriptor, bytes);
    } finally {
      if (!isOpen) disk.closeSync(descriptor);
    }
  } catch (error) {
    throw new CommandError(exitCodes.runFailed, `${file}: it could not be written: ${(error as Error).message}`);
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += disk.writeSync(descriptor, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      // The reader of a pipe is slower.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/**
 * Writes a file and flushes it to the disk (fsync).
 *
 * @throws the system's error; the file is removed then
 */
export function writeFlushed(file: string, bytes: Uint8Array): void {
  writeFile(file, bytes, true);
}

/** Writes a file that {@link flushFile} flushes later: a power cut may lose it until then. */
export function writeWithoutFlush(file: string, bytes: Uint8Array): void {
  writeFile(file, bytes, false);
}

/** Flushes a file to the disk. */
export function flushFile(file: string): void {
  const descriptor = disk.openSync(file, 'r+');
  try {
    flush(descriptor);
  } finally {
    disk.closeSync(descriptor);
  }
}

function writeFile(file: string, bytes: Uint8Array, isFlushed: boolean): void {
  try {
    const descriptor = disk.openSync(file, 'w');
    try {
      writeWhole(descriptor, bytes);
      if (isFlushed) flush(descriptor);
    } finally {
      disk.closeSync(descriptor);
    }
  } catch (error) {
    removeIfPossible(file);
    throw error;
  }
}

/** The reason why writing failed matters more than a failed cleanup. */
function removeIfPossible(file: string): void {
  try {
    disk.rmSync(file, { force: true });
  } catch {}
}

/**
 * Makes a folder unless it exists, and checks that files can be written in it.
 *
 * @param file one that is to be written there. Default: any.
 * @throws the system's error when they cannot
 */
export function makeWritableFolder(folder: string, file: string = join(folder, 'any')): void {
  makeFolder(resolve(folder));
  tryWriting(temporaryName(file));
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
  disk.mkdirSync(folder);
  syncFolder(dirname(folder));
}

/** Creates a file and removes it again: permissions alone do not say whether that works. */
function tryWriting(file: string): void {
  // A killed process of the same id may have left one behind.
  disk.rmSync(file, { force: true });
  disk.closeSync(disk.openSync(file, 'wx'));
  disk.rmSync(file);
}

/**
 * The first name that is not taken: `stem`, `stem-2`, `stem-3`, …
 *
 * @param separator what stands between stem and number. Default: "-".
 */
export function uniqueName(stem: string, isTaken: (name: string) => boolean, separator = '-'): string {
  let name = stem;
  for (let number = 2; isTaken(name); number++) name = `${stem}${separator}${number}`;
  return name;
}
