/**
 * Every call by which commands change what is on the disk. They are gathered so that tests can put faults between them: a disk
 * that is full, an error of the device, a process that is killed before the n-th call.
 */
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** The calls, with the arguments of `node:fs`. Tests replace some of them for a while. */
export const disk = { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync };

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
      disk.fsyncSync(descriptor);
    } finally {
      disk.closeSync(descriptor);
    }
  } catch (error) {
    if (!notForFolders.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}
