/**
 * The lock of a run: a file with the id of the process that trains it, and when that process began.
 *
 * To look at the lock and to replace it are two calls, between which another process may do the same. So a process first stands at
 * the door: it makes a file with a name that only it can have, and then looks who else stands there. Of two, each sees the other,
 * or one of them was there before the other came. The one with the lower id stays and the other steps back. Who stands there
 * alone looks at the lock, and takes it by renaming the door's file to it.
 *
 * A killed process leaves its files behind. No process has its id then, or one that began at another time; the next one
 * replaces the lock, and removes the file at the door.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBounded } from '@longhand/datasets/node';
import { disk } from '../command/disk';
import { refusal } from '../command/failure';
import { isAlive, isThis, type Process, thisProcess } from '../command/processes';

/** How long a process waits for others at the door, and between two looks, in milliseconds. */
const [patience, pause] = [5000, 5];

/**
 * Acquires the lock of a run for this process.
 *
 * @param file the lock's file
 * @throws CommandError when another process has the lock, or the system's error when the file cannot be written
 */
export function acquireLock(file: string): void {
  const run = dirname(file);
  const door = doorOf(run, thisProcess());
  standAt(door);
  try {
    for (let waited = 0; ; waited += pause) {
      const [other] = othersAtTheDoor(run);
      if (other === undefined) break;
      if (waited >= patience) throw refusedFor(other, file);
      if (isBefore(other, thisProcess())) disk.rmSync(door, { force: true });
      sleep(pause);
      standAt(door);
    }
    const owner = lockOwner(file);
    if (owner !== undefined) throw refusedFor(owner, file);
    disk.renameSync(door, file);
  } catch (error) {
    disk.rmSync(door, { force: true });
    throw error;
  }
}

/** Releases the lock, if this process has it. */
export function releaseLock(file: string): void {
  const owner = processIn(file);
  if (owner !== undefined && isThis(owner)) disk.rmSync(file, { force: true });
}

/** The process that has the lock, if it is alive and not this one. */
export function lockOwner(file: string): Process | undefined {
  const owner = processIn(file);
  return owner !== undefined && !isThis(owner) && isAlive(owner) ? owner : undefined;
}

/** Whether there is a lock of a process that is no more. */
export function isAbandoned(file: string): boolean {
  const owner = processIn(file);
  return owner === undefined ? existsSync(file) : !isThis(owner) && !isAlive(owner);
}

/** Whether a name in a run's folder is that of a file at the door of a process that is no more. */
export function isAbandonedDoor(name: string): boolean {
  const owner = processAt(name);
  return owner !== undefined && !isThis(owner) && !isAlive(owner);
}

/** Whether a name in a run's folder is that of a file at the door. */
export function isDoor(name: string): boolean {
  return processAt(name) !== undefined;
}

function refusedFor({ id }: Process, file: string): Error {
  return refusal(
    `${dirname(file)}: expected a run that nobody is training, but process ${id} is; wait for it, use another --name, or remove ${file} if that is no longhand`,
  );
}

function doorOf(run: string, { id, began }: Process): string {
  return join(run, `.${id}-${began}.door`);
}

function processAt(door: string): Process | undefined {
  return processOf(/^\.(\d+)-(\d+)\.door$/.exec(door));
}

/** Makes the file of this process at the door; its content is that of the lock that it may become. */
function standAt(door: string): void {
  const { id, began } = thisProcess();
  const descriptor = disk.openSync(door, 'w');
  try {
    disk.writeSync(descriptor, new TextEncoder().encode(`${id} ${began}\n`));
  } finally {
    disk.closeSync(descriptor);
  }
}

/** The living processes at the door besides this one. The files of dead ones are removed. */
function othersAtTheDoor(run: string): Process[] {
  return readdirSync(run).flatMap((name) => {
    const other = processAt(name);
    if (other === undefined || isThis(other)) return [];
    if (isAlive(other)) return [other];
    disk.rmSync(join(run, basename(name)), { force: true });
    return [];
  });
}

function processIn(file: string): Process | undefined {
  try {
    // Longhand 0.1.0 wrote the id alone.
    const bytes = readBounded(file, { budget: { bytes: 100 }, error: (message) => new Error(message) });
    return processOf(/^(\d+)(?:\s+(\d+))?\s*$/.exec(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function processOf(match: RegExpExecArray | null): Process | undefined {
  if (match === null) return undefined;
  const [id, began] = [Number(match[1]), Number(match[2] ?? 0)];
  return Number.isSafeInteger(id) && id > 0 && Number.isSafeInteger(began) ? { id, began } : undefined;
}

function isBefore(one: Process, other: Process): boolean {
  return one.id < other.id || (one.id === other.id && one.began < other.began);
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
