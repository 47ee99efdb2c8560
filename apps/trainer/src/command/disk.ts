/**
 * Every call by which commands change what is on the disk. They are gathered so that tests can put faults between them: a disk
 * that is full, an error of the device, a process that is killed before the n-th call.
 */
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** The calls, with the arguments of `node:fs`. Tests replace some of them for a while. */
export const disk = {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
};

let saidWithoutFlush = false;

/** Waits until the disk has the file or folder. Node's permission model allows that to nobody, whatever the rights: once, this is said aloud. */
export function flush(descriptor: number): void {
  try {
    disk.fsyncSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') throw error;
    if (!saidWithoutFlush) {
      process.stderr.write(
        "note: Node's permission model refuses fsync; files are saved without it, and a power cut may lose the last one\n",
      );
    }
    saidWithoutFlush = true;
  }
}

/** Systems and file systems that cannot open or flush a folder say one of these. */
const notForFolders: readonly unknown[] = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF', 'ENOTSUP', 'ENOSYS'];

/**
 * Flushes a folder, so that the names in it outlast a power cut. Where the system has no such thing, nothing is done.
 *
 * @throws the system's error when the disk fails
 */
export function syncFolder(folder: string): void {
  try {
    const descriptor = disk.openSync(folder, 'r');
    try {
      flush(descriptor);
    } finally {
      disk.closeSync(descriptor);
    }
  } catch (error) {
    if (!notForFolders.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}
