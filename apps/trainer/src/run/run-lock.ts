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
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { disk } from '../command/disk';
import { refusal } from '../command/failure';

/** A process: its id, and when it began, in the system's clock ticks; 0 where the system does not say. */
interface Process {
  readonly id: number;
  readonly began: number;
}

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

/** Whether a process of the id lives, other than this one. */
export function isOther(id: number): boolean {
  return id !== process.pid && isAlive({ id, began: 0 });
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
    return processOf(/^(\d+)(?:\s+(\d+))?\s*$/.exec(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function processOf(match: RegExpExecArray | null): Process | undefined {
  if (match === null) return undefined;
  const [id, began] = [Number(match[1]), Number(match[2] ?? 0)];
  return Number.isSafeInteger(id) && id > 0 && Number.isSafeInteger(began) ? { id, began } : undefined;
}

let self: Process | undefined;

function thisProcess(): Process {
  self ??= { id: process.pid, began: seen(process.pid)?.began ?? 0 };
  return self;
}

function isThis({ id, began }: Process): boolean {
  return id === process.pid && (began === 0 || began === thisProcess().began);
}

function isBefore(one: Process, other: Process): boolean {
  return one.id < other.id || (one.id === other.id && one.began < other.began);
}

function isAlive({ id, began }: Process): boolean {
  try {
    process.kill(id, 0);
  } catch (error) {
    // It may belong to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const found = seen(id);
  return found === undefined || (!found.hasEnded && (began === 0 || began === found.began));
}

/** What Linux says of a process; undefined elsewhere. */
function seen(id: number): { readonly began: number; readonly hasEnded: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    // The name of the program stands in parentheses and may hold anything. Behind it are the state and, 19 fields on, the start.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const began = Number(fields[19]);
    return Number.isSafeInteger(began) ? { began, hasEnded: fields[0] === 'Z' || fields[0] === 'X' } : undefined;
  } catch {
    return undefined;
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
