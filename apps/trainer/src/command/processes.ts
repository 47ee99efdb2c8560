/** Processes by their ids and their beginnings: ids are given anew when a process has ended. */
import { readFileSync } from 'node:fs';

/** A process: its id, and when it began, in the system's clock ticks; 0 where the system does not say. */
export interface Process {
  readonly id: number;
  readonly began: number;
}

/** Whether a process of the id lives, other than this one. */
export function isOther(id: number): boolean {
  return id !== process.pid && isAlive({ id, began: 0 });
}

let self: Process | undefined;

/** This process. */
export function thisProcess(): Process {
  self ??= { id: process.pid, began: seen(process.pid)?.began ?? 0 };
  return self;
}

/** Whether a process is this one. */
export function isThis({ id, began }: Process): boolean {
  return id === process.pid && (began === 0 || began === thisProcess().began);
}

/** Whether a process lives. Where the system says when it began, one of another time with its id is none. */
export function isAlive({ id, began }: Process): boolean {
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
