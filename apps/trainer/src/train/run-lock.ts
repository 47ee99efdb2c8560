/**
 * Who is training a run: its process leaves its number in the run's folder, so that no second one writes there. A process
 * that was killed leaves it behind; then nobody of that number lives, and the next takes over.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { refusal } from '../command/failure';

/**
 * Takes the folder for this process.
 *
 * @param file where the number lies
 * @throws CommandError when another process trains there, or the system's error when the file cannot be written
 */
export function takeLock(file: string, run: string): void {
  const owner = lockOwner(file);
  if (owner !== undefined) {
    throw refusal(
      `${run}: expected a run that nobody is training, but process ${owner} is; wait for it, use another --name, or remove ${file} if that is no longhand`,
    );
  }
  rmSync(file, { force: true });
  // Of two that come here at once, one finds the file there.
  writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
}

/** Lets the folder go, if it is this process that has it. */
export function releaseLock(file: string): void {
  if (numberIn(file) === process.pid) rmSync(file, { force: true });
}

/** The process that trains there, other than this one, if it is alive. */
export function lockOwner(file: string): number | undefined {
  const owner = numberIn(file);
  return owner !== undefined && owner !== process.pid && isAlive(owner) ? owner : undefined;
}

function numberIn(file: string): number | undefined {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(owner: number): boolean {
  try {
    return process.kill(owner, 0);
  } catch (error) {
    // It may be somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
